// The database itself, and the server of the newline protocol, in a runtime that may not be Node.
import { Client, Database, PGlitePooler, PGliteServer, Pool, QueryPriority } from 'oxbase'
import { connect } from 'oxbase/socket'

const memory = { dataDir: 'memory://', name: 'runtime' }
const db = await Database.open(memory)
await db.exec('create table t (n int primary key, note text)')
await db.transaction(async (tx) => {
  await tx.query('insert into t values ($1, $2), (2, null)', [1, 'one'])
})
const rolledBack = await db
  .transaction(async (tx) => {
    await tx.query('delete from t')
    throw new Error('changed my mind')
  })
  .catch((error) => error.message)
const duplicate = await db.query('insert into t values (1)').catch((error) => error)

const notified = new Promise((resolve) => {
  void db.listen('news', resolve).then(() => db.query("select pg_notify('news', 'hello')"))
})
const payload = await notified

const client = new Client(memory)
await client.connect()
const byClient = (await client.query('select count(*)::int as n from t')).rows
await client.end()
const pool = new Pool(memory)
const byPool = (await pool.query('select $1::text as text', ['pool'])).rows
await pool.end()

const stopped = new AbortController()
const sleeping = db.query('select pg_sleep(30)', [], { signal: stopped.signal })
setTimeout(() => stopped.abort(new Error('enough')), 50)
const aborted = await sleeping.catch((error) => error.message)

const pooler = new PGlitePooler(db)
const server = new PGliteServer({ port: 0, pooler })
await server.start()
const socket = connect(`127.0.0.1:${server.port}`, { allowHalfOpen: true })
const writer = socket.writable.getWriter()
await writer.write(new TextEncoder().encode('select note from t where n = 1\nselect 1/0'))
await writer.close()
let answer = ''
for await (const chunk of socket.readable) answer += new TextDecoder().decode(chunk)
const critical = (await pooler.query('select 1 as one', [], QueryPriority.CRITICAL)).rows
await server.stop()

const rows = db.querySync('select n, note from t order by n').rows
await db.close()
console.log(
  JSON.stringify({
    rows,
    rolledBack,
    duplicate: { code: duplicate.code, constraint: duplicate.constraint },
    payload,
    byClient,
    byPool,
    aborted,
    critical,
    answers: answer
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).rows ?? JSON.parse(line).code),
  })
)
