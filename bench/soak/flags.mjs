// What a soak is told: the flags of `npm run soak`, their defaults, and what a wrong one is answered.

import { randomInt } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { kinds } from './actors/index.mjs'

/** What `--without` can leave out: the kinds of actors, and the processes that are killed. */
const PARTS = [...kinds.map(({ name }) => name), 'kills']

function positive(name, text) {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0, got "${text}"`)
  return value
}

function leftOut(text) {
  const names = text.split(',').filter((name) => name !== '')
  const unknown = names.find((name) => !PARTS.includes(name))
  if (unknown) throw new Error(`--without: unknown "${unknown}", known: ${PARTS.join(', ')}`)
  return names
}

/** A directory that has something in it is not written into. */
function directory(path) {
  if (path === undefined || path.startsWith('memory://')) return path
  if (existsSync(path) && readdirSync(path).length > 0) {
    throw new Error(`--data-dir: ${path} is not empty`)
  }
  return path
}

/** The flags as an object; throws on a wrong one. */
export function parseFlags(args) {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '10' },
      clients: { type: 'string', default: '100' },
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
      'data-dir': { type: 'string' },
      without: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
    },
  })
  return {
    minutes: positive('minutes', values.minutes),
    clients: Math.ceil(positive('clients', values.clients)),
    seed: values.seed,
    dataDir: directory(values['data-dir']),
    without: leftOut(values.without),
    json: values.json,
  }
}
