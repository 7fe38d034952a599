// Row level security under load: no user ever meets what is another's, whatever runs beside.
import { beforeAll, expect, test } from 'vitest'
import { openWorld, returned, send, type Answer, type World } from './support'

const USERS = Array.from(
  { length: 50 },
  (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
)
const REQUESTS = 1000

const SCHEMA = `
  create table notes (
    id int generated always as identity primary key,
    owner uuid not null default auth.uid(),
    body text not null default auth.uid()::text
  );
  alter table notes enable row level security;
  create policy own on notes to authenticated
    using (owner = auth.uid()) with check (owner = auth.uid());
  insert into notes (owner, body)
    select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
           '00000000-0000-4000-8000-' || lpad(n::text, 12, '0')
    from generate_series(0, 49) n;
  create function my_notes() returns setof notes language sql stable as 'select * from notes';
  create function add_note() returns notes language sql as
    'insert into notes default values returning *';
  create function session() returns json language sql stable as $$
    select json_build_object('role', current_user, 'session', session_user, 'uid', auth.uid(),
      'claims', current_setting('request.jwt.claims', true)::json) $$;`

interface Note {
  id: number
  owner: string
  body: string
}

let world: World
beforeAll(async () => void (world = await openWorld(SCHEMA)))

/** One kind of request: how it is made as a user, and whether the answer is that user's alone. */
type Deed = (me: string, other: string) => Promise<void>

const ofMine = (me: string) => ({ id: expect.any(Number) as number, owner: me, body: me })

function expectMine({ status, body }: Answer, me: string, expected: number): void {
  const notes = body as Note[]
  expect({
    status,
    strangers: notes.filter((note) => note.owner !== me || note.body !== me),
  }).toEqual({ status: expected, strangers: [] })
  expect(notes.length).toBeGreaterThan(0)
}

const as = (sub: string) => ({ sub })
const representation = { Prefer: 'return=representation' }

const deeds: Deed[] = [
  async (me) => expectMine(await world.send('GET', '/notes', { as: as(me) }), me, 200),
  async (me) => expectMine(await world.send('GET', '/rpc/my_notes', { as: as(me) }), me, 200),
  async (me) => {
    const call = { as: as(me), body: {}, headers: representation }
    expectMine(await world.send('POST', '/notes', call), me, 201)
  },
  async (me) => {
    const call = { as: as(me), body: { body: me }, headers: representation }
    expectMine(await world.send('PATCH', '/notes?id=gt.0', call), me, 200)
  },
  async (me) => {
    const answer = await world.send('POST', '/rpc/add_note', { as: as(me), body: {} })
    expect(answer).toEqual(returned(ofMine(me)))
  },
  async (me) => {
    const { body } = await world.send('GET', '/rpc/session', { as: as(me) })
    const claims = expect.objectContaining({ sub: me, role: 'authenticated' }) as unknown
    expect(body).toEqual({ role: 'authenticated', session: 'authenticator', uid: me, claims })
  },
  async (me, other) => {
    const { status, body } = await world.send('POST', '/notes', {
      as: as(me),
      body: { owner: other, body: 'forged' },
    })
    expect([status, body]).toMatchObject([403, { code: '42501' }])
  },
  async (me, other) => {
    const call = { as: as(me), body: { body: 'changed' }, headers: representation }
    const answer = await world.send('PATCH', `/notes?owner=eq.${other}`, call)
    expect([answer.status, answer.body]).toEqual([200, []])
  },
  async (me, other) => {
    const call = { as: as(me), headers: representation }
    const answer = await world.send('DELETE', `/notes?owner=eq.${other}`, call)
    expect([answer.status, answer.body]).toEqual([200, []])
  },
  async () => {
    const answer = await world.send('GET', '/notes')
    expect([answer.status, answer.body]).toEqual([200, []])
  },
]

test(`${REQUESTS} concurrent requests of ${USERS.length} users never meet another's rows`, async () => {
  const before = (await world.rows('select id from notes')).length
  await Promise.all(
    Array.from({ length: REQUESTS }, (_, index) => {
      const me = USERS[index % USERS.length] as string
      const other = USERS[(index * 7 + 3) % USERS.length] as string
      const deed = deeds[Math.floor(index / USERS.length) % deeds.length] as Deed
      return deed(me, other === me ? (USERS[(index + 1) % USERS.length] as string) : other)
    })
  )
  const rows = (await world.rows('select owner, body from notes')) as Note[]
  expect(rows.filter((note) => note.owner !== note.body)).toEqual([])
  // Two of the ten kinds insert.
  expect(rows.length).toBe(before + (REQUESTS / deeds.length) * 2)
})

test('after the storm, no session has a role or claims left', async () => {
  const claims = { role: 'anon' }
  const clean = returned({ role: 'anon', session: 'authenticator', uid: null, claims })
  const next = Array.from({ length: 20 }, () => world.send('GET', '/rpc/session'))
  for (const answer of await Promise.all(next)) expect(answer).toEqual(clean)
  const client = await world.connect()
  const { rows } = await client.query(`select current_user, session_user,
    nullif(current_setting('request.jwt.claims', true), '') as claims,
    nullif(current_setting('request.method', true), '') as method`)
  expect(rows).toEqual([
    { current_user: 'postgres', session_user: 'postgres', claims: null, method: null },
  ])
})

test('a fetch of its own for each user keeps them apart, too', async () => {
  const fetches = USERS.slice(0, 5).map((sub) => ({ sub, fetch: world.open({ db: { pool: 2 } }) }))
  const rounds = Array.from({ length: 10 }, () => fetches).flat()
  await Promise.all(
    rounds.map(async ({ sub, fetch }) =>
      expectMine(await send(fetch, 'GET', '/notes', { as: as(sub) }), sub, 200)
    )
  )
})
