// supabase-js with a fetch that has its answers ready: what of a request is supabase-js, the floor.

import { supabase } from '../client.mjs'
import { categoryOf, nameOf } from '../schema.mjs'

const PAGE = 100
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }

const item = (id) => ({ id, name: nameOf(id), score: id / 8 })
const withCategory = (id) => {
  const category = categoryOf(id)
  return { ...item(id), categories: { id: category, name: `category ${category}` } }
}

const json = (status, body) => new Response(body, { status, headers: JSON_TYPE })
const pages = new Map()
let changed

/** A page as text, made once. */
function page(first) {
  let text = pages.get(first)
  if (text === undefined) {
    text = JSON.stringify(Array.from({ length: PAGE }, (_, n) => withCategory(first + n)))
    pages.set(first, text)
  }
  return text
}

async function answer(input, { method, body }) {
  if (method === 'PATCH') {
    changed = body
    return new Response(null, { status: 204 })
  }
  if (input.includes('select=balance')) return json(200, `[${changed}]`)
  if (input.includes('/rpc/')) return json(200, JSON.stringify(nameOf(JSON.parse(body).item)))
  if (method === 'POST') {
    return input.includes('select=') ? json(201, `[{"id":1,${body.slice(1)}]`) : json(201, null)
  }
  const [, kind, id] = /id=(eq|gte)\.(\d+)/.exec(input)
  return json(200, kind === 'eq' ? JSON.stringify([item(Number(id))]) : page(Number(id)))
}

export async function open() {
  return { client: supabase((input, init) => answer(String(input), init)), close() {} }
}
