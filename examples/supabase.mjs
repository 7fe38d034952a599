// supabase-js on a database in this process: tables, a write, an embed, row security for one user.
import { createLocalSupabaseClient, signJwt } from 'oxbase'

const place = { dataDir: 'memory://', name: 'example' }
const schema = `
  create table owners (id uuid primary key default auth.uid(), name text not null);
  create table todos (id int primary key, title text not null, owner uuid references owners default auth.uid());
  alter table todos enable row level security;
  create policy own on todos using (owner = auth.uid());`

const service = createLocalSupabaseClient({ ...place, schema, key: 'service_role' })
const token = signJwt({ sub: '11111111-1111-4111-8111-111111111111' })
const ada = createLocalSupabaseClient({ ...place, schema, key: token })

await ada.from('owners').insert({ name: 'Ada' })
await ada.from('todos').insert([
  { id: 1, title: 'write' },
  { id: 2, title: 'ship' },
])
const { data } = await ada.from('todos').select('title, owner:owners(name)').order('id').limit(1)
console.log(JSON.stringify(data)) // [{"title":"write","owner":{"name":"Ada"}}]

const anonymous = createLocalSupabaseClient({ ...place, schema })
console.log((await anonymous.from('todos').select()).data) // []

const { error, status } = await service.from('todos').select().eq('id', 3).single()
console.log(status, error.code, error.message) // 406 PGRST116 Cannot coerce the result to a single JSON object

const { rows } = await service.db.query('select count(*)::int as todos from todos')
console.log(rows[0].todos) // 2

await Promise.all([service, ada, anonymous].map((client) => client.close()))
