import { expect, test } from 'vitest'
import { failure } from '../support/answers'
import { Client, Database, Pool } from '../support/embedded'

const WRONG: [options: object, message: string][] = [
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
  [{ agingThresholdMs: null }, 'oxbase: option "agingThresholdMs" must be a number, got null'],
  [{ extensions: 'vector' }, 'oxbase: option "extensions" must be an array of strings, got string'],
  [
    { settings: ['a'] },
    'oxbase: option "settings" must be an object of strings, numbers and booleans, got array',
  ],
  [
    { scheduling: 'fair' },
    'oxbase: option "scheduling" must be "priority" or "weighted", got fair',
  ],
]

test.each(WRONG)('%o is refused by database, client and pool', async (options, message) => {
  const error = await failure(Database.open(options))
  expect([error.constructor, error.message]).toEqual([TypeError, message])
  expect(() => new Client(options)).toThrow(new TypeError(message))
  expect(() => new Pool(options)).toThrow(new TypeError(message))
})

test.each([
  ['datadir', 'dataDir'],
  ['dataDirectory', 'dataDir'],
  ['relaxeddurability', 'relaxedDurability'],
  ['extension', 'extensions'],
  ['setings', 'settings'],
])('%s is refused, for %s is meant', async (wrong, meant) => {
  const error = await failure(Database.open({ [wrong]: 'x' } as never))
  expect([error.constructor, error.message]).toEqual([
    TypeError,
    `oxbase: unknown database option "${wrong}"; did you mean "${meant}"?`,
  ])
  expect(() => new Client({ [wrong]: 'x' })).toThrow(TypeError)
})

test('an option that is like none is refused with the names there are', async () => {
  const error = await failure(Database.open({ completelyDifferent: 1 } as never))
  expect(error.message).toMatch(/^oxbase: unknown database option "completelyDifferent".*dataDir/)
})

test.each([5, 'memory://', null, []])(
  '%j in the place of the options is refused',
  async (options) => {
    expect(await failure(Database.open(options as never))).toBeInstanceOf(TypeError)
  }
)

test('what pg would not know is not refused in a pg config', () => {
  expect(new Client({ anything: 1, ssl: false, max: 3 } as never)).toBeInstanceOf(Client)
})

test('the size of a pool must be a number', () => {
  expect(() => new Pool({ max: 'many' as never })).toThrow(
    new TypeError('oxbase: option "max" must be a number, got string')
  )
})

test('a priority must be one of the four', () => {
  for (const priority of [4, -1, 0.5, 'HIGH'])
    expect(() => new Client({ priority } as never)).toThrow(TypeError)
})
