const { Client, DatabaseError, Pool } = require('oxbase')

describe('a client under jest', () => {
  const client = new Client({ dataDir: 'memory://', name: 'jest-client' })

  beforeAll(() => client.connect())
  afterAll(() => client.end())

  test('answers a query', async () => {
    const { rows } = await client.query('select $1::int as n, $2::text as t', [1, 'x'])
    expect(rows).toEqual([{ n: 1, t: 'x' }])
  })

  test('answers values of the classes that jest knows', async () => {
    const { rows } = await client.query(
      "select '2020-01-02T03:04:05Z'::timestamptz as at, '\\x01'::bytea as bytes, '{\"a\":[1]}'::jsonb as doc, '{1,2}'::int[] as list"
    )
    expect(rows).toEqual([
      {
        at: new Date('2020-01-02T03:04:05Z'),
        bytes: Buffer.from([1]),
        doc: { a: [1] },
        list: [1, 2],
      },
    ])
    expect(rows[0].at).toBeInstanceOf(Date)
  })

  test('takes dates, buffers and arrays made under jest', async () => {
    const at = new Date('2020-01-02T03:04:05Z')
    const { rows } = await client.query(
      'select $1::timestamptz as at, $2::bytea as b, $3::text[] as l',
      [at, Buffer.from('x'), ['a', 'b']]
    )
    expect(rows).toEqual([{ at, b: Buffer.from('x'), l: ['a', 'b'] }])
  })

  test('rejects with an error that is an Error', async () => {
    const error = await client.query('select 1 / 0').catch((e) => e)
    expect(error).toBeInstanceOf(DatabaseError)
    expect(error).toMatchObject({ code: '22012', message: 'division by zero' })
    await expect(client.query('select 1 / 0')).rejects.toThrow('division by zero')
  })

  test('hears notifications', async () => {
    const heard = new Promise((resolve) => client.once('notification', resolve))
    await client.query('listen news')
    await client.query("notify news, 'hello'")
    expect(await heard).toMatchObject({ channel: 'news', payload: 'hello' })
  })
})

test('a pool under jest answers many at once and ends', async () => {
  const pool = new Pool({ dataDir: 'memory://', name: 'jest-pool', max: 3 })
  const results = await Promise.all(
    [1, 2, 3, 4, 5].map((n) => pool.query('select $1::int as n', [n]))
  )
  expect(results.map(({ rows }) => rows[0].n)).toEqual([1, 2, 3, 4, 5])
  await pool.end()
})
