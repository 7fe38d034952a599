// The options of startServer, and what a wrong one is told.
import { expect, test } from 'vitest'
import { open } from '../support/embedded'
import { load } from '../support/oxbase'
import { privateDatabase } from '../support/oxbase'
import type { ServerOptions } from '../support/wire-server'

const { startServer } = load()
const start = (options: Record<string, unknown>) =>
  startServer({ ...privateDatabase(), ...options } as ServerOptions)

const LARGEST = 2_147_483_647

for (const [name, wrong, expected] of [
  ['host', 5, 'an address, a name or "*"'],
  ['host', '', 'an address, a name or "*"'],
  ['port', '5432', 'a whole number up to 65535'],
  ['port', 65_536, 'a whole number up to 65535'],
  ['port', -1, 'a whole number up to 65535'],
  ['port', 1.5, 'a whole number up to 65535'],
  ['path', 5, 'the name of a file'],
  ['path', '', 'the name of a file'],
  ['auth', 'md5', '"trust" or "scram-sha-256"'],
  ['auth', true, '"trust" or "scram-sha-256"'],
  ['password', 5, 'a string'],
  ['tls', false, 'true or an object with the strings cert and key'],
  ['tls', { cert: 'x' }, 'true or an object with the strings cert and key'],
  ['trustRemote', 'yes', 'a boolean'],
  ['maxConnections', 0, `a whole number from 1 to ${LARGEST}`],
  ['maxConnections', LARGEST + 1, `a whole number from 1 to ${LARGEST}`],
  ['maxConnections', '5', `a whole number from 1 to ${LARGEST}`],
  ['idleTimeout', -1, `a whole number from 0 to ${LARGEST}`],
  ['idleTimeout', 3e9, `a whole number from 0 to ${LARGEST}`],
  ['authenticationTimeout', 0, `a whole number from 1 to ${LARGEST}`],
  ['authenticationTimeout', Infinity, `a whole number from 1 to ${LARGEST}`],
  ['inspect', 'yes', 'a boolean or a function'],
  ['database', {}, 'a Database'],
] as const) {
  test(`${name}: ${JSON.stringify(wrong)} is a TypeError that tells what it should be`, async () => {
    const error: unknown = await start({ [name]: wrong }).catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(TypeError)
    expect((error as Error).message).toContain(`option "${name}"`)
    expect((error as Error).message).toContain(expected)
  })
}

test('an option that does not exist is a TypeError that names the one that was meant', async () => {
  await expect(start({ maxConnection: 5 })).rejects.toThrow(/maxConnection.*maxConnections/)
  await expect(start({ nonsense: 5 })).rejects.toThrow(/nonsense/)
  await expect(start({ nonsense: 5 })).rejects.toBeInstanceOf(TypeError)
})

test('options that contradict each other are a TypeError', async () => {
  await expect(start({ auth: 'trust', password: 'x' })).rejects.toThrow(
    new TypeError('oxbase: option "password" means nothing with auth "trust"')
  )
  await expect(start({ password: '' })).rejects.toThrow(
    new TypeError('oxbase: option "password" must not be empty')
  )
  const database = await open()
  await expect(startServer({ database, dataDir: 'memory://' })).rejects.toThrow(
    new TypeError('oxbase: option "dataDir" means nothing beside "database"')
  )
})

test('what is no object is a TypeError', async () => {
  for (const wrong of [5, 'memory://', null])
    await expect(startServer(wrong as never)).rejects.toBeInstanceOf(TypeError)
})

test('an option that is undefined is an option that is not there', async () => {
  const server = await start({ port: 0, host: undefined, password: undefined, tls: undefined })
  expect(server.host).toBe('127.0.0.1')
  await server.stop()
})
