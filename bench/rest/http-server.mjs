// createFetch behind node:http: node http-server.mjs. Sends its port to its parent, and ends with it.

import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { rowsText, schemaText } from './schema.mjs'

const { createFetch } = createRequire(import.meta.url)('../../dist/index.js')
const fetch = createFetch({ schema: schemaText, seed: rowsText })

async function bodyOf(request) {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return chunks.length === 0 ? undefined : Buffer.concat(chunks)
}

const server = createServer(async (request, response) => {
  const { method, url, headers } = request
  const init = { method, headers, body: await bodyOf(request) }
  const answer = await fetch(`http://${headers.host}${url}`, init)
  const body = Buffer.from(await answer.arrayBuffer())
  response.writeHead(answer.status, [...answer.headers].flat())
  response.end(body)
})

server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.send(server.address().port)

process.once('disconnect', async () => {
  await fetch.close()
  process.exit()
})
