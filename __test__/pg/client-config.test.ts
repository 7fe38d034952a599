import { expect, test } from 'vitest'
import { refusal } from '../support/answers'
import { connect, config } from '../support/provider'

const show = async (client: { query(text: string): Promise<{ rows: unknown[] }> }, name: string) =>
  Object.values((await client.query(`show ${name}`)).rows[0] as object)[0] as unknown

test('application_name names the session', async () => {
  const client = await connect({ application_name: 'my app' })
  expect(await show(client, 'application_name')).toBe('my app')
})

test('fallback_application_name counts where no other is given', async () => {
  const client = await connect({ fallback_application_name: 'spare' } as never)
  expect(await show(client, 'application_name')).toBe('spare')
})

test('options set settings for the session', async () => {
  const client = await connect({
    options: '-c timezone=Asia/Tokyo -c search_path=pg_catalog --work-mem=2MB',
  })
  expect([
    await show(client, 'timezone'),
    await show(client, 'search_path'),
    await show(client, 'work_mem'),
  ]).toEqual(['Asia/Tokyo', 'pg_catalog', '2MB'])
})

test('a space in options is escaped with a backslash', async () => {
  const client = await connect({ options: '-c search_path=a,\\ b' })
  expect(await show(client, 'search_path')).toBe('a, b')
})

test('what options set is what reset goes back to', async () => {
  const client = await connect({ options: '-c timezone=UTC -c datestyle=german' })
  await client.query("set datestyle = 'iso'")
  await client.query('reset datestyle')
  expect(await show(client, 'datestyle')).toBe('German, DMY')
})

test('options of one client do not reach another', async () => {
  await connect({ options: '-c work_mem=3MB' })
  const other = await connect()
  expect(await show(other, 'work_mem')).toBe('4MB')
})

test('a setting that options cannot set is refused when connecting', async () => {
  expect(await refusal(connect({ options: '-c no_such_setting=1' }))).toMatchObject({
    severity: 'FATAL',
    code: '42704',
    message: 'unrecognized configuration parameter "no_such_setting"',
  })
})

test('the timeouts of the config are settings of the session', async () => {
  const timeouts = {
    statement_timeout: 70000,
    lock_timeout: 50000,
    idle_in_transaction_session_timeout: 60000,
  }
  const client = await connect(timeouts)
  expect([
    await show(client, 'statement_timeout'),
    await show(client, 'lock_timeout'),
    await show(client, 'idle_in_transaction_session_timeout'),
  ]).toEqual(['70s', '50s', '1min'])
})

test('the client tells what it was configured with', async () => {
  const client = await connect({ user: 'postgres', password: 'secret' })
  expect(client.user).toBe('postgres')
  expect(client.password).toBe('secret')
  expect(Object.keys(client)).not.toContain('password')
  expect(JSON.stringify({ ...config, user: client.user })).not.toContain('secret')
})

test('a password may be a function', async () => {
  const client = await connect({ password: () => 'computed' })
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})
