// supabase-js in a process that joined another one.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { open, temporaryDirectory } from '../support/embedded'
import { openPeer, startPeer } from './peer'

const SCHEMA = `
  create table notes (id int primary key, text text, owner uuid default auth.uid());
  alter table notes enable row level security;
  create policy own on notes for all to authenticated using (owner = auth.uid());
  grant all on notes to anon, authenticated;`
const OWNER = '8f1f2a3c-0000-4000-8000-000000000001'

test('requests of a process that joined are answered with its roles and policies', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const database = await open({ dataDir, supabase: true })
  await database.exec(SCHEMA)
  await database.query(`insert into notes values (1, 'theirs', $1)`, [OWNER])
  const peer = startPeer(dataDir)
  const read = await peer.run(`
    const supabase = oxbase.createLocalSupabaseClient(options)
    kept.supabase = supabase
    const anonymous = await supabase.from('notes').select('id')
    const fetch = oxbase.createFetch(options)
    const token = oxbase.signJwt({ role: 'authenticated', sub: '${OWNER}' })
    const answer = await fetch('http://localhost/rest/v1/notes?select=id,text', {
      headers: { authorization: 'Bearer ' + token },
    })
    const written = await fetch('http://localhost/rest/v1/notes', {
      method: 'POST',
      headers: { authorization: 'Bearer ' + token, 'content-type': 'application/json', prefer: 'return=representation' },
      body: JSON.stringify({ id: 2, text: 'mine' }),
    })
    const rows = [anonymous.data, await answer.json(), written.status, (await written.json())[0].owner]
    await fetch.close?.()
    await supabase.close()
    return rows`)
  expect(read).toEqual([[], [{ id: 1, text: 'theirs' }], 201, OWNER])
  const { rows } = await database.query('select id from notes order by id')
  expect(rows).toEqual([{ id: 1 }, { id: 2 }])
  expect(await peer.end()).toBe(0)
})

test('requests go on when the process that had the directory is gone', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const first = await openPeer(dataDir)
  await first.run(`
    kept.supabase = oxbase.createLocalSupabaseClient({ ...options, schema: 'create table t (n int primary key); grant all on t to anon' })
    await kept.supabase.db.query('select 1')`)
  const second = startPeer(dataDir)
  await second.run(`
    kept.supabase = oxbase.createLocalSupabaseClient(options)
    const { error } = await kept.supabase.from('t').insert({ n: 1 })
    if (error) throw new Error(error.message)`)
  await first.kill()
  const read = await second.run(`
    const again = await kept.supabase.from('t').select('n')
    const { data, error } = again.error ? await kept.supabase.from('t').select('n') : again
    return error ?? data`)
  expect(read).toEqual([{ n: 1 }])
  await second.run('await kept.supabase.close()')
  expect(await second.end()).toBe(0)
})
