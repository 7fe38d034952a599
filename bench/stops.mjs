// How long after its limit a statement of each kind is answered, how long the database takes until it
// answers the next query, and the same for a query that is aborted. Prints medians over the rounds.
//
//   node bench/stops.mjs [rounds]

import { createRequire } from 'node:module'

const { Client } = createRequire(import.meta.url)('../dist/index.js')
const ROUNDS = Number(process.argv[2] ?? 9)
const LIMIT_MS = 100

const KINDS = {
  'cross join': 'select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b',
  'recursive query':
    'with recursive r(n) as (select 1 union all select (n + 1) % 1000 from r) select count(*) from r',
  'PL/pgSQL loop': 'do $$ begin loop end loop; end $$',
  'loop with handler':
    'do $$ begin loop begin perform 1 / 0; exception when others then null; end; end loop; end $$',
  sort: "select md5(n::text) from generate_series(1, 30000000) n order by md5(n::text || 'x') limit 1",
  pg_sleep: 'select pg_sleep(3600)',
  'insert select': 'insert into filled select n from generate_series(1, 2000000000) n',
  'insert select, directory': 'insert into filled select n from generate_series(1, 2000000000) n',
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]

/** Runs what is stopped after the limit. Returns how much later it was answered, and the next query. */
async function measure(client, query) {
  const started = performance.now()
  await client.query(query).then(
    () => Promise.reject(new Error('was not stopped')),
    () => undefined
  )
  const answered = performance.now()
  await client.query('select 1')
  return { late: answered - started - LIMIT_MS, next: performance.now() - answered }
}

async function measureKind(name, text) {
  const { mkdtempSync, rmSync } = await import('node:fs')
  const inDirectory = name.endsWith('directory')
  const directory = inDirectory ? mkdtempSync('/tmp/oxstops-') : undefined
  const options = { dataDir: directory ? `${directory}/data` : 'memory://', name: `stops ${name}` }
  const client = new Client(options)
  await client.connect()
  await client.query('create table if not exists filled (n int)')
  const limited = []
  const aborted = []
  for (let round = 0; round < ROUNDS; round += 1) {
    await client.query(`set statement_timeout = ${LIMIT_MS}`)
    limited.push(await measure(client, text))
    await client.query('set statement_timeout = 0')
    aborted.push(await measure(client, { text, signal: AbortSignal.timeout(LIMIT_MS) }))
  }
  await client.end()
  if (directory) rmSync(directory, { recursive: true })
  const figures = [
    median(limited.map(({ late }) => late)),
    median(limited.map(({ next }) => next)),
    median(aborted.map(({ late }) => late)),
    median(aborted.map(({ next }) => next)),
  ]
  console.log(`${name.padEnd(26)}${figures.map((ms) => ms.toFixed(1).padStart(14)).join('')}`)
}

console.log(
  `medians of ${ROUNDS} rounds, ms\n${''.padEnd(26)}${['limit→error', '→next query', 'abort→error', '→next query'].map((head) => head.padStart(14)).join('')}`
)
for (const [name, text] of Object.entries(KINDS)) await measureKind(name, text)
