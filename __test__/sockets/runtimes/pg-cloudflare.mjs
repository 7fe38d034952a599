// node-postgres over the sockets of Cloudflare Workers, for which `oxbase/socket` stands in: the stream
// of the package pg-cloudflare, as it is, with and without TLS.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as sockets from 'oxbase/socket'

const [plainPort, securePort, caFile] = process.argv.slice(2)
const require = createRequire(import.meta.url)

/** The class of pg-cloudflare; what it imports from Cloudflare is ours. */
function cloudflareSocket() {
  // Under the name of the package there is nothing for any other runtime.
  const file = join(dirname(require.resolve('pg-cloudflare')), 'index.js')
  const text = readFileSync(file, 'utf8').replace("import('cloudflare:sockets')", 'sockets')
  const exports = {}
  new Function('exports', 'require', 'sockets', text)(exports, require, sockets)
  return exports.CloudflareSocket
}

// By this pg knows that it has to begin TLS in Cloudflare's way.
const value = { userAgent: 'Cloudflare-Workers' }
Object.defineProperty(globalThis, 'navigator', { value, configurable: true })
const CloudflareSocket = cloudflareSocket()
const { Client } = require('pg')

async function run(port, ssl) {
  const options = { host: '127.0.0.1', port: Number(port), user: 'postgres', ssl }
  const client = new Client({ ...options, stream: () => new CloudflareSocket(ssl !== undefined) })
  await client.connect()
  const text = 'select sum(n)::int as sum from generate_series(1, $1::int) n'
  const { rows } = await client.query(text, [1000])
  const large = await client.query("select repeat('x', 1000000) as text")
  const error = await client.query('select 1 / 0').catch((cause) => cause)
  const ended = once(client, 'end')
  await client.end()
  await ended
  return { rows, length: large.rows[0].text.length, code: error.code }
}

const ca = readFileSync(caFile, 'utf8')
const plain = await run(plainPort)
const secure = await run(securePort, { ca, expectedServerHostname: 'localhost' })
console.log(JSON.stringify({ plain, secure }))
