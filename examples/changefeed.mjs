// A changefeed: a trigger notifies, one client listens, another writes.
import { once } from 'node:events'
import { Client, Pool } from 'oxbase'

const pool = new Pool()
await pool.query(`
  create table todos (id int primary key, title text not null);
  create function todos_changed() returns trigger language plpgsql as $$
  begin
    perform pg_notify('todos', json_build_object('id', new.id, 'title', new.title)::text);
    return null;
  end $$;
  create trigger changed after insert or update on todos
    for each row execute function todos_changed()`)

const listener = new Client()
await listener.connect()
await listener.query('listen todos')

const notified = once(listener, 'notification')
await pool.query('insert into todos values (1, $1)', ['ship'])
const [{ channel, payload }] = await notified
console.log(channel, JSON.parse(payload)) // todos { id: 1, title: 'ship' }

await listener.end()
await pool.end()
