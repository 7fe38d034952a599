// More tenants with work than may be awake: each gets its turn, and nothing is lost.
import { expect, test } from 'vitest'
import { connect } from '../support/embedded'
import { createInstancePool } from '../support/tenants'

const [TENANTS, SESSIONS, AWAKE] = [24, 8, 4]

test('all tenants at once, with many sessions each and few rooms, get what they ask for', async () => {
  const pool = createInstancePool({ maxInstances: AWAKE })
  const names = Array.from({ length: TENANTS }, (_, number) => `tenant_${number}`)
  const answers = names.map(async (name) => {
    const { db, dataDir } = await pool.getOrCreate(name)
    await db.exec('create table hits (session int)')
    const sessions = Array.from({ length: SESSIONS }, async (_, session) => {
      const client = await connect({ dataDir })
      await client.query('insert into hits values ($1)', [session])
      const { rows } = await client.query('select current_database() as name')
      expect(rows).toEqual([{ name }])
    })
    await Promise.all(sessions)
    const { rows } = await db.query('select count(*)::int as hits from hits')
    expect([name, rows]).toEqual([name, [{ hits: SESSIONS }]])
    expect(pool.getStats().awakeInstances).toBeLessThanOrEqual(AWAKE)
  })
  await Promise.all(answers)
}, 180_000)

test('two tenants that never stop working share one room', async () => {
  const pool = createInstancePool({ maxInstances: 1 })
  const until = Date.now() + 4_000
  const work = async (name: string): Promise<number> => {
    const { db } = await pool.getOrCreate(name)
    let turns = 0
    for (; Date.now() < until; turns += 1) await db.query('select 1')
    return turns
  }
  const turns = await Promise.all([work('one'), work('two')])
  expect(Math.min(...turns)).toBeGreaterThan(Math.max(...turns) / 20)
})
