// One table of values for the type tests: each goes through text, through parameters and back.
import { expect, test } from 'vitest'
import { connect, query } from './provider'

/** An SQL expression, and the JavaScript value that `pg` answers for it. */
export type ValueCase = [sql: string, value: unknown]

/** Reads every expression with a plain query and with the extended protocol. */
export function readsAs(cases: ValueCase[]): void {
  test.each(cases)('%s is read as %j', async (sql, value) => {
    const simple = await query(`select ${sql} as v`)
    const extended = await query(`select ${sql} as v where $1::int = 1`, [1])
    expect(simple.rows).toEqual([{ v: value }])
    expect(extended.rows).toEqual([{ v: value }])
    expect(simple.fields[0]?.dataTypeID).toBe(extended.fields[0]?.dataTypeID)
  })
}

/** A JavaScript value, the type it is sent as, and the text the server made of it. */
export type ParameterCase = [value: unknown, type: string, text: string | null]

/** Sends every value as a parameter and reads what the server understood. */
export function isSentAs(cases: ParameterCase[]): void {
  test.each(cases)('%o is sent as %s %s', async (value, type, text) => {
    const { rows } = await query(`select $1::${type}::text as v`, [value])
    expect(rows).toEqual([{ v: text }])
  })
}

/** Stores the values in a column of the type and reads them back as they were. */
export function survivesStorage(type: string, values: unknown[]): void {
  test(`a column of type ${type} gives back what was stored`, async () => {
    const client = await connect()
    const table = client.escapeIdentifier(`stored ${type}`)
    await client.query(`create table ${table} (i int, v ${type})`)
    for (const [i, value] of values.entries())
      await client.query(`insert into ${table} values ($1, $2)`, [i, value])
    const { rows } = await client.query(`select v from ${table} order by i`)
    expect(rows).toEqual(values.map((value) => ({ v: value })))
  })
}
