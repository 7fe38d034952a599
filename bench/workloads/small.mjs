// Small statements, one at a time: each waits for the one before.

import { microsecondsEach } from './clock.mjs'
import { expectRow, ids } from './seed.mjs'

const LOOKUP = 'select id, name, score from items where id = $1'
const INSERT = 'insert into events (body) values ($1)'
const TABLE =
  'create table if not exists events (id bigint generated always as identity, body text)'

const statements = ({ quick }) => (quick ? 200 : 1000)
const inserts = ({ quick }) => (quick ? 50 : 200)

export const select1 = {
  name: 'select1',
  title: 'select 1',
  unit: 'µs',
  round: (db, _, options) =>
    microsecondsEach(ids(statements(options)), () => db.query('select 1 as one')),
}

export const lookup = {
  name: 'lookup',
  title: 'primary-key lookup, $1',
  unit: 'µs',
  round: (db, _, options) =>
    microsecondsEach(ids(statements(options)), async (id) =>
      expectRow(await db.query(LOOKUP, [id]), id)
    ),
}

export const prepared = {
  name: 'prepared',
  title: 'the same, named prepared statement',
  unit: 'µs',
  round: (db, _, options) =>
    microsecondsEach(ids(statements(options)), async (id) =>
      expectRow(await db.prepared('lookup', LOOKUP, [id]), id)
    ),
}

export const insertDurable = {
  name: 'insert-durable',
  title: 'autocommit insert, directory, fsync',
  unit: 'µs',
  async setup(db) {
    const durable = await db.durable()
    await durable.query(TABLE)
    return durable
  },
  round: (_, durable, options) =>
    microsecondsEach(ids(inserts(options)), (id) => durable.query(INSERT, [`event ${id}`])),
}

export const insertMemory = {
  name: 'insert-memory',
  title: 'autocommit insert, no waiting for a disk',
  unit: 'µs',
  setup: (db) => db.relaxed(),
  round: (_, relaxed, options) =>
    microsecondsEach(ids(statements(options)), (id) => relaxed.query(INSERT, [`event ${id}`])),
}
