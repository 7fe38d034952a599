// What currval tells of the time before anybody asked: nothing rather than another session's value.
import { expect, test } from 'vitest'
import { refusal } from '../support/answers'
import { connect, privateDatabase, value } from '../support/embedded'

test('a value that was displaced before the first question is refused, and later ones are told', async () => {
  const options = privateDatabase()
  const [one, other] = [await connect(options), await connect(options)]
  await one.query('create sequence s')
  for (const client of [one, other]) await client.query("select nextval('s')")
  expect(await refusal(one.query("select currval('s')"))).toEqual({
    name: 'error',
    severity: 'ERROR',
    code: '0A000',
    message:
      'currval and lastval cannot tell what this session had from a sequence before another session ran; use INSERT ... RETURNING, or ask in the transaction that had it',
  })
  await one.query("select nextval('s')")
  await other.query("select nextval('s')")
  expect(await value(one, "select currval('s')::int")).toBe(3)
  expect(await value(other, "select currval('s')::int")).toBe(4)
})

test('values are gone with the backend', async () => {
  const options = privateDatabase()
  const [one, other] = [await connect(options), await connect(options)]
  await one.query('create sequence s')
  await one.query("select nextval('s'), currval('s')")
  await other.query('create extension citext')
  expect(await refusal(one.query("select currval('s')"))).toMatchObject({ code: '0A000' })
  await one.query("select nextval('s')")
  expect(await value(one, "select currval('s') > 1")).toBe(true)
})
