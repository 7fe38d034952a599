// The process that is killed: opens DATA_DIR, says what it finds there, then writes until it is killed, through
// several clients. It tells of each transaction only what has happened: `begun` before its first statement is sent,
// `kept` after its COMMIT was answered, `undone` after its ROLLBACK was. Each line is in the pipe when it goes on.
import { writeSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Client } from 'oxbase'
import copyStreams from 'pg-copy-streams'
import { pick, randomFrom } from './random.mjs'
import { FOUND, SCHEMA } from './schema.mjs'

const { DATA_DIR, ROUND, SEED, RELAXED, TRANSACTIONS } = process.env
const random = randomFrom(Number(SEED))
const tell = (...words) => writeSync(1, `${words.join(' ')}\n`)

let last = Number(ROUND) * 100_000
const rows = (table, tx, here, there, filler = 8) =>
  `insert into ${table} select ${tx}, part, ${here}, ${there}, repeat('x', ${filler}) from generate_series(1, ${here}) part`

/** What a transaction may be. Each takes a client and its number, and resolves when the database has answered. */
const KINDS = {
  async single(client, tx) {
    await client.query('insert into left_rows values ($1, 1, 1, 0, $2)', [tx, 'single'])
  },
  async across(client, tx) {
    await client.query('begin')
    await client.query(rows('left_rows', tx, 3, 2))
    await client.query(rows('right_rows', tx, 2, 3))
    await client.query('commit')
  },
  async large(client, tx) {
    const [here, there] = [100 + random(400), 50 + random(50)]
    await client.query('begin')
    await client.query(rows('left_rows', tx, here, there, 200))
    await client.query('savepoint s')
    await client.query(rows('right_rows', tx, 7, 7))
    await client.query('rollback to s')
    await client.query(rows('right_rows', tx, there, here, 200))
    await client.query('commit')
  },
  async undone(client, tx) {
    await client.query('begin')
    await client.query(rows('left_rows', tx, 5, 5))
    await client.query(rows('right_rows', tx, 5, 5))
    await client.query('rollback')
  },
  async definition(client, tx) {
    tell('now', 'definition')
    await client.query('begin')
    await client.query(
      `create table defined_${tx} as select n, repeat('y', 100) from generate_series(1, 300) n`
    )
    await client.query(`create index on defined_${tx} (n)`)
    await client.query(`drop table if exists defined_${client.previous ?? 0}`)
    await client.query(rows('left_rows', tx, 2, 1))
    await client.query(rows('right_rows', tx, 1, 2))
    await client.query('commit')
    client.previous = tx
  },
  async copy(client, tx) {
    const lines = Array.from(
      { length: 1500 },
      (_, n) => `${tx}\t${n}\t1500\t0\t${'z'.repeat(60)}\n`
    )
    tell('now', 'copy')
    await pipeline(
      Readable.from(lines),
      client.query(copyStreams.from('copy left_rows from stdin'))
    )
  },
}
const OFTEN = ['single', 'single', 'single', 'across', 'across', 'across', 'large', 'undone']
const SELDOM = ['definition', 'copy']

async function count(client, writer, expected) {
  await client.query('begin')
  await client.query('update left_count set value = value + 1 where writer = $1', [writer])
  await client.query('update right_count set value = value + 1 where writer = $1', [writer])
  await client.query('commit')
  tell('counted', writer, expected)
}

async function write(client, writer, counter) {
  for (let n = 0; last % 100_000 < Number(TRANSACTIONS ?? Infinity); n++) {
    const kind = pick(random, random(12) === 0 ? SELDOM : OFTEN)
    const tx = (last += 1)
    tell('begun', tx)
    await KINDS[kind](client, tx)
    tell(kind === 'undone' ? 'undone' : 'kept', tx)
    if (random(3) === 0) await count(client, writer, (counter += 1))
    if (random(40) === 0) {
      tell('now', 'checkpoint')
      await client.query('checkpoint')
    }
  }
}

const connected = async () => {
  const client = new Client({ dataDir: DATA_DIR, relaxedDurability: RELAXED === '1' })
  await client.connect()
  return client
}
tell('now', 'opening')
const clients = [await connected(), await connected(), await connected()]
await clients[0].query(SCHEMA)
const { whole, half, counters } = (await clients[0].query(FOUND)).rows[0]
tell('found', JSON.stringify({ whole, half, counters }))
const values = new Map(counters.split(',').map((text) => text.split('=')))
for (const writer of clients.keys()) {
  if (values.has(String(writer))) continue
  await clients[0].query(
    `begin; insert into left_count values (${writer}, 0); insert into right_count values (${writer}, 0); commit`
  )
}
tell('now', 'writing')
await Promise.all(
  clients.map((client, writer) =>
    write(client, writer, parseInt(values.get(String(writer)) ?? '0'))
  )
)
for (const client of clients) await client.end()
tell('now', 'closed')
