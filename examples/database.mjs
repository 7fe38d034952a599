// A database without clients: statements, a transaction, synchronous calls, and its figures.
import { Database } from 'oxbase'

const db = await Database.open({ dataDir: 'memory://' })

await db.exec(`
  create table notes (id int primary key, body text not null);
  insert into notes values (1, 'first'), (2, 'second')`)

const { rows } = await db.query('select body from notes where id = $1', [2])
console.log(rows[0].body) // second

await db
  .transaction(async (tx) => {
    await tx.query('delete from notes')
    throw new Error('changed my mind')
  })
  .catch((error) => console.log(error.message)) // changed my mind

console.log(db.querySync('select count(*)::int as notes from notes').rows[0].notes) // 2
console.log(db.stats().batches > 0) // true

await db.close()
