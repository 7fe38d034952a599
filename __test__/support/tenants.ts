// For the tests of tenants: pools that are closed with the test, and clients of a tenant's database.
import type * as Oxbase from 'oxbase'
import { onTestFinished } from 'vitest'
import { load } from './oxbase'

export const { InstancePool } = load()
export type InstancePool = Oxbase.InstancePool
type PoolOptions = NonNullable<ConstructorParameters<typeof InstancePool>[0]>

/** A pool, in memory unless the options say otherwise. */
export function createInstancePool(options: PoolOptions = {}): InstancePool {
  const pool = new InstancePool({ baseDir: null, ...options })
  onTestFinished(() => pool.closeAll())
  return pool
}

/** Resolves when the pool tells this of a tenant; fails after ten seconds. */
export function told(pool: InstancePool, event: string, dbName: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      pool.off(event, hear)
      reject(new Error(`${event} was not told of ${dbName}`))
    }, 10_000)
    function hear(name: string): void {
      if (name !== dbName) return
      clearTimeout(late)
      pool.off(event, hear)
      resolve()
    }
    pool.on(event, hear)
  })
}

/** Makes a tenant fall asleep: with one room, another one that wakes takes it. */
export async function putToSleep(pool: InstancePool, dbName: string): Promise<void> {
  const asleep = told(pool, 'instance-hibernated', dbName)
  const other = await pool.getOrCreate('another')
  await other.db.query('select 1')
  await asleep
}
