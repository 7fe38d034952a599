// The golden files are what postgres-meta generates; postgres-meta.test.ts makes sure of it.
import { describe, expect, test } from 'vitest'
import { generateTypes } from '../../dist/gen/generate-types.js'
import { open } from '../support/embedded'
import { name as provider } from '../support/provider'
import { cases, golden, optionsOf, schemaOf, type Case } from './cases'
import { createDatabase } from './database'

describe('the generated types equal those of postgres-meta', () => {
  test.each(cases)('$name', async (each) => {
    const { client, query } = await createDatabase(schemaOf(each))
    if (each.role) await client.query(`set role ${each.role}`)
    expect(await generateTypes(query, optionsOf(each))).toBe(golden(each))
  })
})

test.runIf(provider === 'oxbase')('a Database generates the same types as a client', async () => {
  const each = cases.find(({ name }) => name === 'views') as Case
  const database = await open()
  await database.exec(schemaOf(each))
  const query = async (sql: string) => (await database.query(sql)).rows
  expect(await generateTypes(query, optionsOf(each))).toBe(golden(each))
})
