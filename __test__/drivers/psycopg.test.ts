// psycopg 3, which is libpq underneath, from its binary wheel. The rules are functions of
// python/psycopg_rules.py, by the names given here.
import { expect, test } from 'vitest'
import { pythonScript } from '../support/python-rules'
import { address } from '../support/server'

const run = pythonScript(
  'psycopg_rules.py',
  'psycopg==3.3.9',
  'psycopg-binary==3.3.9',
  'typing_extensions==4.16.0'
)
const me = `${address.user}@${address.database}`

test.each([
  ['a client connects by a URL, by variables and by Unix socket', 'connects', [me, me, me]],
  [
    'the server tells what it is, and takes settings from the startup packet',
    'facts',
    {
      version: 18,
      encoding: 'utf-8',
      timezone_known: true,
      application_name: 'drivers',
      work_mem: '7MB',
      status: 'IDLE',
    },
  ],
  ['a prepared statement is prepared once', 'prepared', [[2, 4, 42], 1]],
  ['values come back from text as they were sent', 'values_as_text', { tried: 20, wrong: [] }],
  ['values come back from binary as they were sent', 'values_as_binary', { tried: 20, wrong: [] }],
  [
    'network addresses come back from binary as they were sent',
    'addresses',
    ['192.168.0.1', '2001:db8::/32'],
  ],
  ['a transaction commits, a nested or forced one is rolled back', 'transactions', [1]],
  [
    'a transaction that began by itself is undone by rollback',
    'implicit_transaction',
    ['INTRANS', 'IDLE', null],
  ],
  [
    'an error has its class, SQLSTATE and constraint, and the connection goes on',
    'errors',
    [
      [
        'CheckViolation',
        '23514',
        'new row for relation "py_strict" violates check constraint "positive"',
        'positive',
      ],
      0,
    ],
  ],
  ['a notice is told with its severity', 'notices', [['NOTICE', 'so 1']]],
  ['a notification reaches an idle listener', 'notifications', [['py_news', 'payload']]],
  [
    'a running statement is cancelled, and the connection goes on',
    'cancels',
    [['QueryCanceled', '57014', 'canceling statement due to user request', null], 1],
  ],
  [
    'COPY loads rows as text and binary, and gives them back',
    'copies',
    [
      3,
      [
        [1, 'one'],
        [2, 't\two'],
        [3, null],
        [4, 'four'],
      ],
    ],
  ],
  ['COPY of rows that do not fit fails, and loads none', 'copy_fails', ['22P02', 0]],
  [
    'a pipeline answers in order; an error undoes what was sent since the last sync',
    'pipelines',
    [[0, 1, 2, 3, 4], '22012', [1]],
  ],
  ['many parameter sets of one statement take effect', 'many', [50, 1225]],
  ['a named cursor reads in portions', 'cursors', [[{ n: 1 }, { n: 2 }], 322]],
  ['a client cursor puts its parameters into the text', 'client_cursors', ["it's", 1]],
  ['rows are streamed one by one', 'streams', 5050],
  [
    'several asynchronous connections are answered at once',
    'several_at_once',
    Array.from({ length: 20 }, (_, i) => i),
  ],
  ['a transaction of two phases is prepared and committed', 'two_phases', 1],
  [
    'a connection that has ended takes its open transaction with it',
    'ends',
    [0, 'the connection is closed'],
  ],
])('%s', async (_, name, expected) => {
  expect(await run(name)).toEqual(expected)
})
