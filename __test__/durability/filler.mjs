// Writes to DATA_DIR until something fails or LIMIT inserts are done, and says what it was told.
import { writeSync } from 'node:fs'
import { Client } from 'oxbase'

const say = (word, value) => writeSync(1, `${JSON.stringify([word, value])}\n`)
const plain = ({ code, message }) => ({
  code,
  message: message.replaceAll(process.env.DATA_DIR, 'DIR'),
})
const HUNDRED_ROWS =
  'insert into filled select repeat(md5(n::text), 32) from generate_series(1, 100) n'

const client = new Client({ dataDir: process.env.DATA_DIR })
client.on('error', () => {})
try {
  await client.connect()
  await client.query('create table if not exists filled (t text)')
} catch (error) {
  say('refused', plain(error))
  process.exit(0)
}
let kept = 0
try {
  for (; kept < Number(process.env.LIMIT); kept++) await client.query(HUNDRED_ROWS)
} catch (error) {
  say('failed', plain(error))
}
say('kept', kept * 100)
// The session and its reads go on, or say why they cannot.
await client.query('select count(*)::int as n from filled').then(
  ({ rows }) => say('read', rows[0].n),
  (error) => say('not read', plain(error))
)
await client.end()
say('ended', true)
