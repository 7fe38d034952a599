import { describe, expect, test } from 'vitest'
import {
  checkDatabaseOptions,
  checkPoolOptions,
  checkPriority,
  checkSessionOptions,
  openOptions,
} from '../../dist/options.js'

describe('an option of the wrong type is named with what it must be', () => {
  test.each([
    [{ dataDir: 5 }, 'oxbase: option "dataDir" must be a string, got number'],
    [
      { relaxedDurability: 'yes' },
      'oxbase: option "relaxedDurability" must be a boolean, got string',
    ],
    [{ maxQueueSize: '10' }, 'oxbase: option "maxQueueSize" must be a number, got string'],
    [
      { queueTimeout: -1 },
      'oxbase: option "queueTimeout" must be a whole number that is not negative, got -1',
    ],
    [
      { scheduling: 'fair' },
      'oxbase: option "scheduling" must be "priority" or "weighted", got fair',
    ],
    [
      { extensions: 'vector' },
      'oxbase: option "extensions" must be an array of strings, got string',
    ],
    [{ extensions: [1] }, 'oxbase: option "extensions" must be an array of strings, got array'],
    [
      { settings: null },
      'oxbase: option "settings" must be an object of strings, numbers and booleans, got null',
    ],
  ])('%j', (options, message) => {
    const expected = new TypeError(message)
    expect(() => checkDatabaseOptions(options)).toThrow(expected)
    expect(() => checkSessionOptions(options)).toThrow(expected)
  })
})

test.each([
  [{ datadir: '' }, 'oxbase: unknown database option "datadir"; did you mean "dataDir"?'],
  [{ quux: 1 }, /unknown database option "quux"; known are dataDir, name,/],
  ['./data', 'oxbase: database options must be an object, got string'],
  [null, 'oxbase: database options must be an object, got null'],
])('the options %j of a database are refused', (options, message) => {
  expect(() => checkDatabaseOptions(options)).toThrow(message)
})

describe('in a configuration of pg', () => {
  test.each([
    ['datadir', 'dataDir'],
    ['dataDirectory', 'dataDir'],
    ['data_dir', 'dataDir'],
    ['relaxeddurability', 'relaxedDurability'],
    ['priorty', 'priority'],
    ['setings', 'settings'],
    ['queue_timeout', 'queueTimeout'],
    ['agingThreshold', 'agingThresholdMs'],
  ])('%s is refused in favour of %s', (key, meant) => {
    const message = `oxbase: unknown option "${key}"; did you mean "${meant}"?`
    expect(() => checkSessionOptions({ [key]: 1 })).toThrow(new TypeError(message))
  })

  test('every key of pg is taken, and so are keys that nobody knows', () => {
    const config = {
      application_name: 'a',
      binary: false,
      client_encoding: 'UTF8',
      connection: {},
      connectionString: '',
      connectionTimeoutMillis: 1,
      database: 'd',
      enableChannelBinding: true,
      fallback_application_name: 'f',
      host: 'h',
      idle_in_transaction_session_timeout: 1,
      keepAlive: true,
      keepAliveInitialDelayMillis: 1,
      lock_timeout: 1,
      max: 1,
      min: 0,
      maxUses: 1,
      maxLifetimeSeconds: 1,
      idleTimeoutMillis: 1,
      log: 1,
      allowExitOnIdle: true,
      options: '-c a=b',
      password: 'p',
      pipeline: true,
      port: 1,
      Promise,
      query_timeout: 1,
      replication: 'r',
      scramMaxIterations: 1,
      ssl: true,
      sslnegotiation: 'p',
      statement_timeout: 1,
      stream: 1,
      types: {},
      user: 'u',
      verify: 1,
      onConnect: 1,
      Client: 1,
      poolSize: 1,
      tenant: 'x',
      schema: 'public',
    }
    expect(() => checkSessionOptions(config)).not.toThrow()
  })
})

test.each([0, 1, 2, 3, undefined])('the priority %s is taken', (priority) => {
  expect(() => checkPriority(priority)).not.toThrow()
})

test.each([
  [4, 'oxbase: option "priority" must be 0, 1, 2 or 3, got 4'],
  [1.5, 'oxbase: option "priority" must be 0, 1, 2 or 3, got 1.5'],
  ['1', 'oxbase: option "priority" must be a number, got string'],
  [null, 'oxbase: option "priority" must be a number, got null'],
])('the priority %j is refused', (priority, message) => {
  expect(() => checkPriority(priority)).toThrow(new TypeError(message))
})

test('the size of a pool may be written as text, but must be a number', () => {
  expect(() => checkPoolOptions({ max: '10', min: 0 })).not.toThrow()
  const message = 'oxbase: option "max" must be a number, got string'
  expect(() => checkPoolOptions({ max: 'ten' })).toThrow(new TypeError(message))
})

describe('the native side is given', () => {
  test('a name for a database in memory only', () => {
    expect(openOptions({ dataDir: 'memory://' }, 'n')).toMatchObject({ name: 'n' })
    expect(openOptions({ dataDir: './data' }, 'n')).toEqual({ dataDir: './data' })
  })

  test('settings as text', () => {
    const { settings } = openOptions({ settings: { work_mem: '4MB', jit: false, a: 1 } }, undefined)
    expect(settings).toEqual({ work_mem: '4MB', jit: 'false', a: '1' })
  })
})
