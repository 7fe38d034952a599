/** `InstancePool`: a database per tenant, of which some are awake at a time. */
import { EventEmitter } from 'node:events'
import { Database } from '../database'
import {
  done,
  openTenants,
  tenantDatabase,
  tenantName,
  type NativeTenant,
  type NativeTenantEvent,
  type NativeTenants,
} from '../native'
import { TenantInstance, type Closable, type InstanceStats } from './instance'
import { checkPoolOptions, nativeOptions, POOL_CHECKS, type InstancePoolOptions } from './options'

/** What the whole pool tells. */
export interface InstancePoolStats {
  /** Databases that are open, awake or not. */
  totalInstances: number
  /** How many may be awake. */
  maxInstances: number
  instances: InstanceStats[]
  /** How many are awake. */
  awakeInstances: number
  /** Resident bytes of the process, where the system tells. */
  memory?: number
}

/** Events of the native side, and those of the pool for them. */
const EVENTS: Record<string, string> = {
  created: 'database-created',
  opened: 'instance-created',
  hibernated: 'instance-hibernated',
  woken: 'instance-woken',
  closed: 'instance-closed',
  dropped: 'database-dropped',
}

/**
 * A database per tenant, in a directory each.
 *
 * Databases are opened, or made, when they are asked for. As many as `maxInstances` are awake; when
 * another one is needed, the one that has been idle for the longest falls asleep, which its users do
 * not notice but by some 50 ms at their next query.
 *
 * @example
 * await using pool = new InstancePool({ baseDir: './tenants', maxInstances: 20 })
 * const { db } = await pool.getOrCreate('acme')
 * await db.query('create table if not exists notes (body text)')
 */
export class InstancePool extends EventEmitter {
  readonly #options: InstancePoolOptions
  readonly #instances = new Map<string, Promise<TenantInstance>>()
  readonly #open = new Map<string, TenantInstance>()
  #tenants: NativeTenants | undefined
  #closing: Promise<void> | undefined

  /** Takes the options; nothing is opened or made before the first database is asked for. */
  constructor(options: InstancePoolOptions = {}) {
    checkPoolOptions(options, POOL_CHECKS, 'instance pool')
    super()
    this.#options = { ...options }
    this.setMaxListeners(0)
  }

  /** The native side, for a server. */
  get native(): NativeTenants {
    if (this.#closing !== undefined) throw new Error('oxbase: the instance pool is closed')
    this.#tenants ??= openTenants(nativeOptions(this.#options), (event) => this.#hear(event))
    return this.#tenants
  }

  /** The database of that name, opened or made when it is not there. */
  async getOrCreate(dbName: string): Promise<TenantInstance> {
    const name = checkName(dbName)
    const { native } = this
    for (;;) {
      const known = this.#instances.get(name)
      const making = known ?? this.#make(native, name)
      const instance = await making
      if (!instance.db.closed && instance.db.native.alive) return instance
      // It was closed meanwhile, by a statement or by `closeInstance`.
      if (this.#instances.get(name) === making) await this.#forget(name)
    }
  }

  /**
   * As `getOrCreate`, and resolves when the database is awake, after `timeout` milliseconds at most.
   * Others may use it at the same time. It counts as in use until the socket closes, or `unlock`.
   */
  async acquire(dbName: string, socket?: Closable, timeout = 30_000): Promise<TenantInstance> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      const error = new Error(`Timeout waiting for database ${dbName}`)
      timer = setTimeout(() => reject(error), timeout)
    })
    try {
      const awake = this.getOrCreate(dbName).then(async (instance) => {
        await instance.db.query('select 1')
        return instance
      })
      const instance = await Promise.race([awake, late])
      this.emit('instance-locked', instance.dbName, socket)
      socket?.once('close', () => instance.unlock())
      return instance
    } finally {
      clearTimeout(timer)
    }
  }

  /** The database of that name, if `getOrCreate` has opened it. */
  get(dbName: string): TenantInstance | undefined {
    return this.#open.get(checkName(dbName))
  }

  /** The databases that are open, awake or not. */
  list(): InstanceStats[] {
    return this.#tenants?.list().map(instanceStats) ?? []
  }

  /** The names of all databases there are, open or not. */
  async listDatabases(): Promise<string[]> {
    return this.native.databases()
  }

  /** Makes a database; as a copy of `template`, which nobody may be connected to. */
  async createDatabase(dbName: string, options: { template?: string } = {}): Promise<void> {
    await done(this.native.createDatabase(checkName(dbName), options.template))
  }

  /** Removes a database; with `force` even if somebody is connected to it. */
  async dropDatabase(dbName: string, options: { force?: boolean } = {}): Promise<void> {
    const name = checkName(dbName)
    const { native } = this
    await this.#forget(name)
    await done(native.dropDatabase(name, options.force ?? false))
  }

  /** Closes one database. Its users see their connections end; who asks for it again opens it again. */
  async closeInstance(dbName: string): Promise<void> {
    const name = checkName(dbName)
    const tenants = this.#tenants
    if (tenants === undefined) return
    await this.#forget(name)
    await done(tenants.closeInstance(name))
  }

  /** Closes all of them, and the pool. Idempotent. */
  closeAll(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Totals, and what `list` gives. */
  getStats(): InstancePoolStats {
    const stats = this.#tenants?.stats()
    const memory = stats?.memoryBytes
    return {
      totalInstances: stats?.open ?? 0,
      maxInstances: stats?.maxInstances ?? this.#options.maxInstances ?? 100,
      instances: this.list(),
      awakeInstances: stats?.awake ?? 0,
      ...(memory === undefined ? {} : { memory }),
    }
  }

  /** Closes the pool at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.closeAll()
  }

  #make(native: NativeTenants, dbName: string): Promise<TenantInstance> {
    const making = this.#openInstance(native, dbName)
    this.#instances.set(dbName, making)
    making.catch(() => {
      if (this.#instances.get(dbName) === making) this.#instances.delete(dbName)
    })
    return making
  }

  async #openInstance(native: NativeTenants, dbName: string): Promise<TenantInstance> {
    const { queueTimeout, deadlockTimeout, statementTimeout } = this.#options
    const limits = { queueTimeout, deadlockTimeout, statementTimeout }
    const db = Database.from(() => tenantDatabase(native, dbName), limits)
    await db.opened()
    const instance = new TenantInstance(dbName, db, () => this.emit('instance-unlocked', dbName))
    this.#open.set(dbName, instance)
    return instance
  }

  /** Closes this side's handle of a database. */
  async #forget(dbName: string): Promise<void> {
    const making = this.#instances.get(dbName)
    this.#instances.delete(dbName)
    this.#open.delete(dbName)
    const instance = await making?.catch(() => undefined)
    await instance?.db.close()
  }

  async #close(): Promise<void> {
    const tenants = this.#tenants
    await Promise.all([...this.#instances.keys()].map((dbName) => this.#forget(dbName)))
    if (tenants !== undefined) await done(tenants.closeAll())
  }

  #hear({ kind, name }: NativeTenantEvent): void {
    const event = EVENTS[kind]
    if (event !== undefined) this.emit(event, name)
  }
}

/** The name as it is kept; a `TypeError` for what is no text, and `42602` for what is no name. */
function checkName(dbName: unknown): string {
  if (typeof dbName === 'string') return tenantName(dbName)
  throw new TypeError(`oxbase: the name of a database must be a string, got ${typeof dbName}`)
}

function instanceStats(tenant: NativeTenant): InstanceStats {
  const { diskBytes } = tenant
  return {
    dbName: tenant.name,
    locked: tenant.locked,
    queueLength: tenant.queueLength,
    uptime: tenant.uptimeMs,
    lastAccess: tenant.lastAccessMs,
    awake: tenant.awake,
    connections: tenant.connections,
    ...(diskBytes === undefined ? {} : { disk: diskBytes }),
  }
}
