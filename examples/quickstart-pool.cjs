// A pool, in CommonJS: many statements at once, and a transaction on one client.
const { Pool } = require('oxbase')

async function main() {
  const pool = new Pool({ max: 10 })
  await pool.query('create table accounts (name text primary key, balance int not null)')
  await pool.query(`insert into accounts values ('ada', 100), ('bob', 100)`)

  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query('update accounts set balance = balance - $1 where name = $2', [30, 'ada'])
    await client.query('update accounts set balance = balance + $1 where name = $2', [30, 'bob'])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }

  const balances = await Promise.all(
    ['ada', 'bob'].map((name) => pool.query('select balance from accounts where name = $1', [name]))
  )
  console.log(balances.map(({ rows }) => rows[0].balance).join(', ')) // 70, 130
  await pool.end()
}

main()
