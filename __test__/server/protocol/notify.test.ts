// LISTEN and NOTIFY: what a connection hears while it says nothing.
import { expect, test } from 'vitest'
import { connect } from '../../support/wire-provider'

test('a notification comes to a listener that is idle', async () => {
  const [listener, other] = [await connect(), await connect()]
  await listener.run('listen news')
  await other.run("notify news, 'first'")
  expect(await listener.line()).toBe('Notification news first')
})

test('a notification comes to each of fifty listeners, and to nobody else', async () => {
  const listeners = await Promise.all(Array.from({ length: 50 }, () => connect()))
  const [deaf, other] = [await connect(), await connect()]
  await Promise.all(listeners.map((listener) => listener.run('listen all_of_you')))
  await other.run("select pg_notify('all_of_you', 'x')")
  expect(await Promise.all(listeners.map((listener) => listener.line()))).toEqual(
    listeners.map(() => 'Notification all_of_you x')
  )
  expect(await deaf.run('select 1 as v')).toEqual([
    'RowDescription v',
    'DataRow 1',
    'CommandComplete SELECT 1',
    'ReadyForQuery I',
  ])
})

test('a notification waits for the end of the transaction it was made in', async () => {
  const [listener, other] = [await connect(), await connect()]
  await listener.run('listen later')
  await other.run('begin')
  await other.run("notify later, 'kept back'")
  await other.run('rollback')
  await other.run("notify later, 'told'")
  expect(await listener.line()).toBe('Notification later told')
})

test('a listener hears what it notifies itself, before it is ready', async () => {
  const wire = await connect()
  await wire.run('listen own')
  expect(await wire.run("notify own, 'self'")).toEqual([
    'CommandComplete NOTIFY',
    'Notification own self',
    'ReadyForQuery I',
  ])
})

test('who does not listen any more hears nothing', async () => {
  const [listener, other] = [await connect(), await connect()]
  await listener.run('listen quiet')
  await listener.run('unlisten quiet')
  await other.run("notify quiet, 'unheard'")
  expect(await listener.run('select 1')).toEqual([
    'RowDescription ?column?',
    'DataRow 1',
    'CommandComplete SELECT 1',
    'ReadyForQuery I',
  ])
})
