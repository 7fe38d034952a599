import { expect, test } from 'vitest'
import { answers, failure, refusal } from '../support/answers'
import { connect } from '../support/provider'

const ONE = [{ one: 1 }]

test.each([
  ['a simple query', 'select 1 / 0', undefined],
  ['a parameterized query', 'select 1 / $1::int', [0]],
  ['a parameter of the wrong type', 'select $1::int', ['x']],
  ['a syntax error', 'selec', undefined],
  ['a parameter too many', 'select 1', [1]],
  ['a parameter too few', 'select $1::int, $2::int', [1]],
])('after %s that fails the client goes on', async (_, text, values) => {
  const client = await connect()
  await failure(client.query(text, values))
  expect((await client.query('select 1 as one')).rows).toEqual(ONE)
  expect((await client.query('select $1::int as one', [1])).rows).toEqual(ONE)
})

test('of several statements the ones after the error do not run', async () => {
  const client = await connect()
  await client.query('create table after_error (n int)')
  await failure(client.query('select 1 / 0; insert into after_error values (1)'))
  expect((await client.query('select * from after_error')).rows).toEqual([])
  expect(answers(await client.query('select 1 as a; select 2 as a')).map((r) => r.rows)).toEqual([
    [{ a: 1 }],
    [{ a: 2 }],
  ])
})

test('a number of parameters that does not fit is told with both numbers', async () => {
  const client = await connect()
  expect(await refusal(client.query('select $1::int, $2::int', [1]))).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '08P01',
    message: 'bind message supplies 1 parameters, but prepared statement "" requires 2',
  })
})

test('errors in a row of queued queries reject their own query only', async () => {
  const client = await connect()
  const outcomes = await Promise.allSettled(
    [1, 0, 2, 0, 4].map((n) => client.query('select 4 / $1::int as q', [n]))
  )
  expect(outcomes.map((o) => (o.status === 'fulfilled' ? o.value.rows[0] : 'failed'))).toEqual([
    { q: 4 },
    'failed',
    { q: 2 },
    'failed',
    { q: 1 },
  ])
})

test('a text with a NUL byte as a parameter is refused, and the client goes on', async () => {
  const client = await connect()
  expect(await refusal(client.query('select $1::text', ['a\0b']))).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '22021',
    message: 'invalid byte sequence for encoding "UTF8": 0x00',
    where: 'unnamed portal parameter $1',
  })
  expect((await client.query('select 1 as one')).rows).toEqual(ONE)
})

test('bytes that are not UTF-8 are refused as text', async () => {
  const client = await connect()
  expect(await refusal(client.query("select convert_from('\\xff'::bytea, 'UTF8')"))).toMatchObject({
    code: '22021',
    message: 'invalid byte sequence for encoding "UTF8": 0xff',
  })
})

test('rows that came before the error are not answered', async () => {
  const client = await connect()
  await expect(
    client.query('select 1 / (1000 - n) from generate_series(1, 2000) n')
  ).rejects.toMatchObject({ code: '22012' })
})

test('an error that is thrown in a callback does not keep the next query from running', async () => {
  const client = await connect()
  const thrown = new Promise<Error>((resolve) => {
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.once('uncaughtException', (error) => {
      for (const listener of others) process.on('uncaughtException', listener)
      resolve(error)
    })
  })
  client.query('select 1', () => {
    throw new Error('from the callback')
  })
  const next = client.query('select 1 as one')
  expect((await thrown).message).toBe('from the callback')
  expect((await next).rows).toEqual(ONE)
})
