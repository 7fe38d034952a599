// What is known of the schema follows it: on a notification anywhere, and with the embedded database
// after any change that is made through it.
import { beforeAll, describe, expect, test } from 'vitest'
import { openWorld, remote, returned, send, SERVICE, type Answer, type World } from './support'

let world: World
beforeAll(
  async () =>
    void (world = await openWorld(`create table authors (id int primary key, name text);
      insert into authors values (1, 'Ada');
      create procedure add_table(name text) language plpgsql as $$
        begin execute format('create table %I (id int primary key)', name); end $$;
      create function add_column(name text) returns void language plpgsql as $$
        begin execute format('alter table authors add column %I int', name); end $$;`))
)

const get = (path: string) => world.send('GET', path, { as: SERVICE })
const RELOAD = `notify pgrst, 'reload schema'`

/** The next answers until one is as it should be: a server's notification comes when it comes. */
async function eventually(path: string, status: number, code?: string) {
  const isMeant = ({ status: found, body }: Answer) =>
    found === status && (code === undefined || (body as { code: string }).code === code)
  let answer = await get(path)
  while (remote && !isMeant(answer)) answer = await get(path)
  expect(isMeant(answer)).toBe(true)
  return answer.body
}

describe('after a notification', () => {
  test.each([
    ['reload schema', RELOAD],
    ['with nothing in it', 'notify pgrst'],
    ['from a function', `select pg_notify('pgrst', 'reload schema')`],
  ])('%s, a table and its columns are known', async (how, notify) => {
    const name = `n_${how.length}`
    await world.rows(`create table ${name} (id int); insert into ${name} values (1)`)
    await world.rows(notify)
    expect(await eventually(`/${name}?select=id`, 200)).toEqual([{ id: 1 }])
    await world.rows(`drop table ${name}`)
    await world.rows(notify)
    await eventually(`/${name}`, 404, 'PGRST205')
  })

  test('of a transaction that commits', async () => {
    const client = await world.connect()
    await client.query(`begin; create table committed (id int); ${RELOAD}; commit`)
    expect(await eventually('/committed', 200)).toEqual([])
    await client.end()
  })

  test('a relationship is known', async () => {
    await world.rows(`create table books (id int primary key, author int references authors);
      insert into books values (1, 1)`)
    await world.rows(RELOAD)
    expect(await eventually('/books?select=id,authors(name)', 200)).toEqual([
      { id: 1, authors: { name: 'Ada' } },
    ])
  })

  test('concurrent requests all know it', async () => {
    await world.rows('create table crowded (id int)')
    await world.rows(RELOAD)
    await eventually('/crowded', 200)
    const answers = await Promise.all(Array.from({ length: 40 }, () => get('/crowded')))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  })
})

test('a channel that is not listened to changes nothing', async () => {
  const own = world.open({ db: { channel: 'elsewhere' } })
  expect((await send(own, 'GET', '/authors?select=name', { as: SERVICE })).status).toBe(200)
  await world.rows(`notify elsewhere, 'reload config'`)
  expect((await send(own, 'GET', '/authors?select=name', { as: SERVICE })).status).toBe(200)
})

describe.skipIf(remote)('after a change through the embedded database', () => {
  const database = () => {
    const { database: found } = world.fetch
    if (found === undefined) throw new Error('there is no embedded database')
    return found
  }

  test('with its handle, a table is known, and is not when it is dropped', async () => {
    await database().query('create table by_handle (id int)')
    expect((await get('/by_handle')).status).toBe(200)
    await database().query('drop table by_handle')
    expect((await get('/by_handle')).body).toMatchObject({ code: 'PGRST205' })
  })

  test('with exec and several statements', async () => {
    await database().exec('create table first (id int); create table second (id int)')
    expect([(await get('/first')).status, (await get('/second')).status]).toEqual([200, 200])
  })

  test('with a client, a column is known', async () => {
    await world.rows('alter table authors add column born int')
    expect((await get('/authors?select=born')).body).toEqual([{ born: null }])
    await world.rows('alter table authors rename column born to birth')
    expect((await get('/authors?select=birth')).body).toEqual([{ birth: null }])
    expect((await get('/authors?select=born')).body).toMatchObject({ code: '42703' })
  })

  test('with a client, a function is known, and its new parameters', async () => {
    await world.rows(`create function f() returns int language sql immutable as 'select 1'`)
    expect(await get('/rpc/f')).toEqual(returned(1))
    await world.rows('drop function f()')
    await world.rows(`create function f(a int) returns int language sql immutable as 'select a'`)
    expect(await get('/rpc/f?a=2')).toEqual(returned(2))
    expect((await get('/rpc/f')).body).toMatchObject({ code: 'PGRST202' })
  })

  test('with a client, a relationship is known, and is not when it is dropped', async () => {
    await world.rows(`create table poems (id int primary key, author int);
      insert into poems values (1, 1)`)
    expect((await get('/poems?select=authors(name)')).body).toMatchObject({ code: 'PGRST200' })
    await world.rows(`alter table poems
      add constraint of_author foreign key (author) references authors`)
    expect((await get('/poems?select=authors(name)')).body).toEqual([{ authors: { name: 'Ada' } }])
    await world.rows('alter table poems drop constraint of_author')
    expect((await get('/poems?select=authors(name)')).body).toMatchObject({ code: 'PGRST200' })
  })

  test('a comment, a view and a type are known', async () => {
    await world.rows(`create view names as select name from authors`)
    expect((await get('/names')).body).toEqual([{ name: 'Ada' }])
    await world.rows(`comment on table authors is 'Who writes'`)
    const document = (await get('/')).body as { definitions: Record<string, unknown> }
    expect(document.definitions['authors']).toMatchObject({ description: 'Who writes' })
  })

  test('in a transaction, it is known when that commits, and not before', async () => {
    const client = await world.connect()
    await client.query('begin; create table pending (id int)')
    const asked = get('/pending')
    await client.query('commit')
    await asked
    expect((await get('/pending')).status).toBe(200)
    await client.end()
  })

  test('in a transaction that is rolled back, nothing changes', async () => {
    const client = await world.connect()
    await client.query('begin; create table undone (id int); rollback')
    expect((await get('/undone')).body).toMatchObject({ code: 'PGRST205' })
    await client.query('begin; create table undone (id int); savepoint s')
    await client.query('create table half (id int); rollback to s; commit')
    expect((await get('/undone')).status).toBe(200)
    expect((await get('/half')).body).toMatchObject({ code: 'PGRST205' })
    await client.end()
  })

  test('in a DO block, a procedure and a function', async () => {
    await world.rows('do $$ begin create table in_block (id int); end $$')
    expect((await get('/in_block')).status).toBe(200)
    await world.rows(`call add_table('in_procedure')`)
    expect((await get('/in_procedure')).status).toBe(200)
    await world.rows(`select add_column('in_function')`)
    expect((await get('/authors?select=in_function')).body).toEqual([{ in_function: null }])
  })

  test('in a function that a request calls', async () => {
    await world.rows(`create function make() returns void language sql security definer as
      'create table made_by_request (id int)'`)
    await world.rows('alter function make() owner to postgres')
    expect((await world.send('POST', '/rpc/make', { as: SERVICE, body: {} })).status).toBe(204)
    expect((await get('/made_by_request')).status).toBe(200)
  })

  test('of another fetch on the same database', async () => {
    const own = world.open()
    expect((await send(own, 'GET', '/late', { as: SERVICE })).status).toBe(404)
    await database().query('create table late (id int)')
    expect((await send(own, 'GET', '/late', { as: SERVICE })).status).toBe(200)
  })

  test('concurrent requests wait for it', async () => {
    for (const round of [1, 2, 3]) {
      await database().query(`create table wave_${round} (id int)`)
      const answers = await Promise.all(Array.from({ length: 30 }, () => get(`/wave_${round}`)))
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    }
  })
})
