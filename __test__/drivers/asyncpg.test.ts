// asyncpg, which speaks the protocol itself, in binary. The rules are coroutines of
// python/asyncpg_rules.py, by the names given here.
import { expect, test } from 'vitest'
import { pythonScript } from '../support/python-rules'
import { address } from '../support/server'

const run = pythonScript('asyncpg_rules.py', 'asyncpg==0.32.0')
const me = `${address.user}@${address.database}`

test.each([
  ['a client connects by a URL, by variables and by Unix socket', 'connects', [me, me, me]],
  [
    'the server tells what it is, and takes settings from the startup packet',
    'facts',
    { version: 18, encoding: 'UTF8', application_name: 'drivers', work_mem: '7MB', pid: true },
  ],
  [
    'a prepared statement knows its parameters and columns, and runs again',
    'prepared',
    {
      parameters: ['int4', 'text'],
      columns: [
        ['n', 'int4'],
        ['t', 'text'],
      ],
      found: [
        [2, 'é'],
        [42, 'é'],
      ],
    },
  ],
  ['without a cache nothing stays prepared', 'statement_cache', [[0, 1, 2], 0]],
  ['values come back as they were sent', 'values', { tried: 22, wrong: [] }],
  [
    'network addresses come back from binary as they were sent',
    'addresses',
    ['192.168.0.1', '2001:db8::/32'],
  ],
  [
    'types of the database itself are looked up and decoded',
    'own_types',
    ['fine', ['low'], { n: 1, m: 'low' }],
  ],
  ['a codec of its own is used', 'codecs', { a: [1, null] }],
  ['a transaction commits, a nested one goes back to its savepoint', 'transactions', [1]],
  [
    'an error has its class, SQLSTATE and constraint, and the connection goes on',
    'errors',
    [
      [
        'CheckViolationError',
        '23514',
        'new row for relation "a_strict" violates check constraint "positive"',
        'positive',
      ],
      0,
    ],
  ],
  ['a notice is told with its severity', 'notices', [['NOTICE', 'so 1']]],
  ['a notification reaches an idle listener', 'notifications', [true, 'a_news', 'payload']],
  [
    'a statement that takes too long or is cancelled leaves a connection that works',
    'cancels',
    [1, 2],
  ],
  [
    'COPY loads records and lines, and gives them back',
    'copies',
    ['COPY 3', 'COPY 1', 'COPY 4', '1\tone\n2\tt\\two\n3\t\\N\n4\tfour\n'],
  ],
  ['COPY of rows that do not fit fails, and loads none', 'copy_fails', ['22P02', 0]],
  ['cursors read in portions, side by side', 'cursors', [[1, 2], 3, 6, 325]],
  ['many parameter sets take effect together, or none of them', 'many', ['22012', 50]],
  ['a pool answers many at once', 'pools', [true, 4]],
  ['a pooled connection is reset when it is released', 'pool_resets', ['4MB', 0]],
  [
    'a connection that has ended takes its open transaction with it',
    'ends',
    [0, 'connection is closed'],
  ],
])('%s', async (_, name, expected) => {
  expect(await run(name)).toEqual(expected)
})
