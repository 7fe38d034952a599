// One of several processes that write into DATA_DIR at once, some of which are killed. It tells of each transaction only
// what has happened: `begun` before its first statement is sent, `kept` after its COMMIT was answered. A transaction
// whose process went away may be there or not, and is not told of any more.
import { writeSync } from 'node:fs'
import { Database } from 'oxbase'

const { DATA_DIR, WRITER } = process.env
const tell = (...words) => writeSync(1, `${words.join(' ')}\n`)
/** What a client may hear when the process that has the directory open goes away, or its engine does. */
const EXPECTED = new Set(['57P01', '57P02', '57P03', '40003'])
const isExpected = ({ code, message }) =>
  EXPECTED.has(code) || /^Connection terminated|not queryable|after the end/.test(message)

let ends = false
process.stdin.on('end', () => (ends = true)).resume()

const database = await Database.open({ dataDir: DATA_DIR })
tell('open', database.native.joined)

/** Three lines of work: single statements, transactions over two tables, and small batches. */
const KINDS = [
  (tx) => database.query('insert into left_rows values ($1, 1, 1, 0, $2)', [tx, 'single']),
  (tx) =>
    database.transaction(async (session) => {
      await session.query(
        `insert into left_rows select ${tx}, part, 3, 2, 'x' from generate_series(1, 3) part`
      )
      await session.query(
        `insert into right_rows select ${tx}, part, 2, 3, 'x' from generate_series(1, 2) part`
      )
    }),
  (tx) =>
    database.exec(`
      insert into left_rows select ${tx}, part, 40, 1, repeat('y', 200) from generate_series(1, 40) part;
      insert into right_rows values (${tx}, 1, 1, 40, 'y')`),
]

let last = Number(WRITER) * 100_000
async function work(kind) {
  while (!ends) {
    const tx = (last += 1)
    tell('begun', tx)
    try {
      await KINDS[kind](tx)
      tell('kept', tx)
    } catch (error) {
      if (!isExpected(error)) tell('wrong', JSON.stringify(String(error)), error.code)
    }
  }
}
await Promise.all(KINDS.map((_, kind) => work(kind)))
await database.close().catch((error) => tell('wrong', JSON.stringify(String(error))))
tell('closed')
