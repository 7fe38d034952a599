import { expect, test } from 'vitest'
import { connect, open, privateDatabase, temporaryDirectory, value } from '../../support/embedded'
import { failure } from '../../support/answers'

const supabase = { supabase: true }

async function list(on: Parameters<typeof value>[0], sql: string): Promise<unknown[]> {
  const text = await value(
    on,
    `select coalesce(json_agg(row_to_json(t)), '[]')::text from (${sql}) t`
  )
  return JSON.parse(text as string) as unknown[]
}

test('a database has the roles of a project, with their attributes and settings', async () => {
  const database = await open(supabase)
  const roles = await list(
    database,
    `select rolname as name, rolcanlogin as login, rolinherit as inherit, rolbypassrls as bypass
     from pg_roles where rolname in ('anon', 'authenticated', 'service_role', 'authenticator') order by 1`
  )
  expect(roles).toEqual([
    { name: 'anon', login: false, inherit: false, bypass: false },
    { name: 'authenticated', login: false, inherit: false, bypass: false },
    { name: 'authenticator', login: true, inherit: false, bypass: false },
    { name: 'service_role', login: false, inherit: false, bypass: true },
  ])
  const settings = await list(
    database,
    `select r.rolname as role, s.setconfig as settings from pg_db_role_setting s
     join pg_roles r on r.oid = s.setrole where r.rolname in ('anon', 'authenticated', 'postgres') order by 1`
  )
  expect(settings).toEqual([
    { role: 'anon', settings: ['statement_timeout=3s'] },
    { role: 'authenticated', settings: ['statement_timeout=8s'] },
    { role: 'postgres', settings: ['search_path="$user", public, extensions'] },
  ])
  const admins = await list(
    database,
    `select rolname from pg_roles where rolname ~ '^supabase_|^dashboard|^pgbouncer' order by 1`
  )
  expect(admins.map((each) => (each as { rolname: string }).rolname)).toEqual([
    'dashboard_user',
    'pgbouncer',
    'supabase_admin',
    'supabase_auth_admin',
    'supabase_etl_admin',
    'supabase_functions_admin',
    'supabase_read_only_user',
    'supabase_realtime_admin',
    'supabase_replication_admin',
    'supabase_storage_admin',
  ])
})

test('authenticator may become each of the API roles', async () => {
  const database = await open(supabase)
  const members = await list(
    database,
    `select r.rolname as role from pg_auth_members m join pg_roles r on r.oid = m.roleid
     where m.member = 'authenticator'::regrole order by 1`
  )
  expect(members).toEqual([
    { role: 'anon' },
    { role: 'authenticated' },
    { role: 'service_role' },
    { role: 'supabase_admin' },
  ])
})

test('auth.users has the columns of the auth service, in their order', async () => {
  const database = await open(supabase)
  const columns = await list(
    database,
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = 'auth.users'::regclass and attnum > 0 order by attnum`
  )
  expect(columns).toMatchInlineSnapshot(`
    [
      {
        "name": "instance_id",
        "type": "uuid",
      },
      {
        "name": "id",
        "type": "uuid",
      },
      {
        "name": "aud",
        "type": "character varying(255)",
      },
      {
        "name": "role",
        "type": "character varying(255)",
      },
      {
        "name": "email",
        "type": "character varying(255)",
      },
      {
        "name": "encrypted_password",
        "type": "character varying(255)",
      },
      {
        "name": "email_confirmed_at",
        "type": "timestamp with time zone",
      },
      {
        "name": "invited_at",
        "type": "timestamp with time zone",
      },
      {
        "name": "confirmation_token",
        "type": "character varying(255)",
      },
      {
        "name": "confirmation_sent_at",
        "type": "timestamp with time zone",
      },
      {
        "name": "recovery_token",
        "type": "character varying(255)",
      },
      {
        "name": "recovery_sent_at",
        "type": "timestamp with time zone",
      },
      {
        "name": "email_change_token_new",
        "type": "character varying(255)",
      },
      {
        "name": "email_change",
        "type": "character varying(255)",
      },
      {
        "name": "email_change_sent_at",
        "type": "timestamp with time zone",
      },
      {
        "name": "last_sign_in_at",
        "type": "timestamp with time zone",
      },
      {
        "name": "raw_app_meta_data",
        "type": "jsonb",
      },
      {
        "name": "raw_user_meta_data",
        "type": "jsonb",
      },
      {
        "name": "is_super_admin",
        "type": "boolean",
      },
      {
        "name": "created_at",
        "type": "timestamp with time zone",
      },
      {
        "name": "updated_at",
        "type": "timestamp with time zone",
      },
      {
        "name": "phone",
        "type": "text",
      },
      {
        "name": "phone_confirmed_at",
        "type": "timestamp with time zone",
      },
      {
        "name": "phone_change",
        "type": "text",
      },
      {
        "name": "phone_change_token",
        "type": "character varying(255)",
      },
      {
        "name": "phone_change_sent_at",
        "type": "timestamp with time zone",
      },
      {
        "name": "confirmed_at",
        "type": "timestamp with time zone",
      },
      {
        "name": "email_change_token_current",
        "type": "character varying(255)",
      },
      {
        "name": "email_change_confirm_status",
        "type": "smallint",
      },
      {
        "name": "banned_until",
        "type": "timestamp with time zone",
      },
      {
        "name": "reauthentication_token",
        "type": "character varying(255)",
      },
      {
        "name": "reauthentication_sent_at",
        "type": "timestamp with time zone",
      },
      {
        "name": "is_sso_user",
        "type": "boolean",
      },
      {
        "name": "deleted_at",
        "type": "timestamp with time zone",
      },
      {
        "name": "is_anonymous",
        "type": "boolean",
      },
    ]
  `)
})

test('the tables of the services are theirs, and have row security where they have it', async () => {
  const database = await open(supabase)
  const tables = await list(
    database,
    `select relnamespace::regnamespace::text as schema, relname as name, relowner::regrole::text as owner,
     relrowsecurity as rls from pg_class where relkind in ('r', 'p')
     and relnamespace::regnamespace::text in ('auth', 'storage', 'realtime') order by 1, 2`
  )
  expect(tables).toMatchInlineSnapshot(`
    [
      {
        "name": "audit_log_entries",
        "owner": "supabase_auth_admin",
        "rls": true,
        "schema": "auth",
      },
      {
        "name": "flow_state",
        "owner": "supabase_auth_admin",
        "rls": true,
        "schema": "auth",
      },
      {
        "name": "identities",
        "owner": "supabase_auth_admin",
        "rls": true,
        "schema": "auth",
      },
      {
        "name": "instances",
        "owner": "supabase_auth_admin",
        "rls": true,
        "schema": "auth",
      },
      {
        "name": "mfa_amr_claims",
        "owner": "supabase_auth_admin",
        "rls": true,
        "schema": "auth",
      },
      {
        "name": "mfa_challenges",
        "owner": "supabase_auth_admin",
        "rls": true,
        "schema": "auth",
      },
      {
        "name": "mfa_factors",
        "owner": "supabase_auth_admin",
        "rls": true,
        "schema": "auth",
      },
      {
        "name": "oauth_authorizations",
        "owner": "supabase_auth_admin",
        "rls": false,
        "schema": "auth",
      },
      {
        "name": "oauth_client_states",
        "owner": "supabase_auth_admin",
        "rls": false,
        "schema": "auth",
      },
      {
        "name": "oauth_clients",
        "owner": "supabase_auth_admin",
        "rls": false,
        "schema": "auth",
      },
      {
        "name": "oauth_consents",
        "owner": "supabase_auth_admin",
        "rls": false,
        "schema": "auth",
      },
      {
        "name": "one_time_tokens",
        "owner": "supabase_auth_admin",
        "rls": true,
        "schema": "auth",
      },
      {
        "name": "refresh_tokens",
        "owner": "supabase_auth_admin",
        "rls": true,
        "schema": "auth",
      },
      {
        "name": "saml_providers",
        "owner": "supabase_auth_admin",
        "rls": true,
        "schema": "auth",
      },
      {
        "name": "saml_relay_states",
        "owner": "supabase_auth_admin",
        "rls": true,
        "schema": "auth",
      },
      {
        "name": "schema_migrations",
        "owner": "supabase_auth_admin",
        "rls": true,
        "schema": "auth",
      },
      {
        "name": "sessions",
        "owner": "supabase_auth_admin",
        "rls": true,
        "schema": "auth",
      },
      {
        "name": "sso_domains",
        "owner": "supabase_auth_admin",
        "rls": true,
        "schema": "auth",
      },
      {
        "name": "sso_providers",
        "owner": "supabase_auth_admin",
        "rls": true,
        "schema": "auth",
      },
      {
        "name": "users",
        "owner": "supabase_auth_admin",
        "rls": true,
        "schema": "auth",
      },
      {
        "name": "messages",
        "owner": "supabase_realtime_admin",
        "rls": true,
        "schema": "realtime",
      },
      {
        "name": "messages_default",
        "owner": "supabase_realtime_admin",
        "rls": true,
        "schema": "realtime",
      },
      {
        "name": "buckets",
        "owner": "supabase_storage_admin",
        "rls": true,
        "schema": "storage",
      },
      {
        "name": "migrations",
        "owner": "supabase_storage_admin",
        "rls": true,
        "schema": "storage",
      },
      {
        "name": "objects",
        "owner": "supabase_storage_admin",
        "rls": true,
        "schema": "storage",
      },
      {
        "name": "s3_multipart_uploads",
        "owner": "supabase_storage_admin",
        "rls": true,
        "schema": "storage",
      },
      {
        "name": "s3_multipart_uploads_parts",
        "owner": "supabase_storage_admin",
        "rls": true,
        "schema": "storage",
      },
    ]
  `)
})

test('pgcrypto and uuid-ossp are in the schema extensions', async () => {
  const database = await open(supabase)
  const extensions = await list(
    database,
    `select extname as name, extnamespace::regnamespace::text as schema from pg_extension order by 1`
  )
  expect(extensions).toEqual([
    { name: 'pgcrypto', schema: 'extensions' },
    { name: 'plpgsql', schema: 'pg_catalog' },
    { name: 'uuid-ossp', schema: 'extensions' },
  ])
})

test('the functions of auth read the claims of the request', async () => {
  const database = await open(supabase)
  const ask =
    'select auth.uid() as uid, auth.role() as role, auth.email() as email, auth.jwt() as jwt'
  const claims = {
    sub: '7a1bd0de-4d9f-4c6c-8a2a-9d1f6a9c2f10',
    role: 'authenticated',
    email: 'a@b.c',
  }
  const answer = await database.transaction(async (tx) => {
    await tx.query(`select set_config('request.jwt.claims', $1, true)`, [JSON.stringify(claims)])
    return (await tx.query(ask)).rows
  })
  expect(answer).toEqual([{ uid: claims.sub, role: 'authenticated', email: 'a@b.c', jwt: claims }])
  expect((await database.query(ask)).rows).toEqual([
    { uid: null, role: null, email: null, jwt: null },
  ])
})

test('the functions of storage take a path apart', async () => {
  const database = await open(supabase)
  const { rows } = await database.query(
    `select storage.foldername(p) as folder, storage.filename(p) as file, storage.extension(p) as extension
     from unnest(array['a/b/c.tar.gz', 'one']) p`
  )
  expect(rows).toEqual([
    { folder: ['a', 'b'], file: 'c.tar.gz', extension: 'gz' },
    { folder: [], file: 'one', extension: 'one' },
  ])
})

test('what postgres makes in public is open to the API roles, and to nobody else', async () => {
  const database = await open(supabase)
  await database.exec('create table made (id int); create role stranger')
  const { rows } = await database.query(
    `select r, has_table_privilege(r, 'made', 'select') as reads, has_table_privilege(r, 'made', 'insert') as writes
     from unnest(array['anon', 'authenticated', 'service_role', 'stranger']) r`
  )
  expect(rows).toEqual([
    { r: 'anon', reads: true, writes: true },
    { r: 'authenticated', reads: true, writes: true },
    { r: 'service_role', reads: true, writes: true },
    { r: 'stranger', reads: false, writes: false },
  ])
})

test('the publication of realtime takes tables', async () => {
  const database = await open(supabase)
  await database.exec(
    'create table told (id int); alter publication supabase_realtime add table told'
  )
  expect(await value(database, 'select tablename from pg_publication_tables')).toBe('told')
})

test('a function of an extension works without its module being loaded at the start', async () => {
  const database = await open(supabase)
  expect(await value(database, 'select extensions.uuid_generate_v4() <> uuid_generate_v4()')).toBe(
    true
  )
  const before = database.stats().restarts
  expect(await value(database, `select encode(digest('a', 'md5'), 'hex')`)).toBe(
    '0cc175b9c0f1b6a831c399e269772661'
  )
  expect(
    await value(database, `select crypt('secret', gen_salt('bf', 4)) ~ '^\\$2a\\$04\\$'`)
  ).toBe(true)
  expect(await value(database, 'select uuid_generate_v1() is not null')).toBe(true)
  expect(database.stats().restarts).toBe(before)
})

test('a statement that misses a module is run once, with all that it does', async () => {
  const database = await open(supabase)
  await database.exec('create table log (id int generated always as identity, hash text)')
  const results = await database.exec(
    `insert into log (hash) values ('first'); insert into log (hash) values (encode(digest('a', 'md5'), 'hex'))`
  )
  expect(results.map(({ rowCount }) => rowCount)).toEqual([1, 1])
  expect(await value(database, 'select count(*)::int from log')).toBe(2)
})

test('a statement with parameters that misses a module is answered', async () => {
  const database = await open(supabase)
  const text = `select encode(digest($1::text, 'md5'), 'hex') as hash`
  const { rows } = await database.query(text, ['a'])
  expect(rows).toEqual([{ hash: '0cc175b9c0f1b6a831c399e269772661' }])
})

test('a named statement that misses a module is answered, and is there afterwards', async () => {
  const place = privateDatabase()
  await open({ ...place, ...supabase })
  const client = await connect(place)
  const named = {
    name: 'md5',
    text: `select encode(extensions.digest($1::text, 'md5'), 'hex') as hash`,
  }
  for (const value of ['a', 'a']) {
    const { rows } = await client.query({ ...named, values: [value] })
    expect(rows).toEqual([{ hash: '0cc175b9c0f1b6a831c399e269772661' }])
  }
})

test('a transaction that misses a module fails with a hint, and works when it is run again', async () => {
  const database = await open(supabase)
  const once = () =>
    database.transaction(async (tx) => {
      await tx.query('select 1')
      return (await tx.query(`select encode(digest('a', 'md5'), 'hex') as hash`)).rows
    })
  expect(await failure(once())).toMatchObject({
    code: '58P01',
    hint: expect.stringContaining('run the transaction again') as string,
  })
  expect(await once()).toEqual([{ hash: '0cc175b9c0f1b6a831c399e269772661' }])
})

test('an extension that the template has is not made again, also inside a transaction', async () => {
  const database = await open(supabase)
  const { command } = await database.transaction((tx) =>
    tx.query('create extension if not exists "uuid-ossp" with schema extensions')
  )
  expect(command).toBe('CREATE')
  expect(await failure(database.query('create extension pgcrypto'))).toMatchObject({
    code: '42710',
  })
})

test('an extension that was dropped can be created again', async () => {
  const database = await open(supabase)
  await database.query('drop extension pgcrypto')
  await database.query('create extension pgcrypto')
  expect(await value(database, `select length(gen_random_bytes(4))`)).toBe(4)
})

test('a plain database has none of it', async () => {
  const database = await open()
  expect(await value(database, `select count(*)::int from pg_roles where rolname = 'anon'`)).toBe(0)
  expect(await value(database, `select to_regnamespace('auth') is null`)).toBe(true)
  await database.query('create extension pgcrypto')
  expect(await value(database, `select encode(digest('a', 'md5'), 'hex')`)).toHaveLength(32)
})

test('a directory of a plain database becomes a project, and keeps what it has', async () => {
  const dataDir = temporaryDirectory()
  const plain = await open({ dataDir, name: undefined })
  await plain.exec('create table kept (id int); insert into kept values (1)')
  await plain.close()
  const project = await open({ dataDir, name: undefined, ...supabase })
  expect(await value(project, 'select id from kept')).toBe(1)
  expect(await value(project, `select has_table_privilege('anon', 'kept', 'select')`)).toBe(true)
  await project.query('revoke select on kept from anon')
  await project.close()
  const again = await open({ dataDir, name: undefined, ...supabase })
  expect(await value(again, `select has_table_privilege('anon', 'kept', 'select')`)).toBe(false)
  expect(await value(again, 'select uuid_generate_v4() is not null')).toBe(true)
})

test('a plain database that is open becomes a project for all who have it open', async () => {
  const place = privateDatabase()
  const plain = await open(place)
  await plain.exec('create table kept (id int)')
  const [first, second] = await Promise.all([
    open({ ...place, ...supabase }),
    open({ ...place, ...supabase }),
  ])
  expect(await value(first, `select has_table_privilege('anon', 'kept', 'select')`)).toBe(true)
  expect(await value(plain, `select to_regclass('auth.users') is not null`)).toBe(true)
  expect(await value(second, 'select auth.uid()')).toBeNull()
})
