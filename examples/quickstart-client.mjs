// A client of the embedded database: the API is node-postgres' own.
import { Client } from 'oxbase'

const client = new Client() // in memory; { dataDir: './data' } keeps it in a directory
await client.connect()

await client.query(
  'create table todos (id bigint generated always as identity, title text not null)'
)
await client.query('insert into todos (title) values ($1), ($2)', ['write', 'ship'])

const { rows } = await client.query('select title from todos order by id')
console.log(rows.map(({ title }) => title).join(', ')) // write, ship

await client.end()
