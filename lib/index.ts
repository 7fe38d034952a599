/** The package: node-postgres' classes on the embedded engine, and the database itself. */
export {
  Client,
  Connection,
  DatabaseError,
  Pool,
  Query,
  Result,
  TypeOverrides,
  defaults,
  escapeIdentifier,
  escapeLiteral,
  native,
  types,
} from './pg'
export type {
  ClientBase,
  ClientConfig,
  CustomTypesConfig,
  FieldDef,
  Notification,
  PoolClient,
  PoolConfig,
  QueryArrayConfig,
  QueryArrayResult,
  QueryConfig,
  QueryOptions,
  QueryResult,
  QueryResultRow,
  Submittable,
} from './pg'
export { Database } from './database'
export type { DatabaseQueryOptions } from './database'
export type { DatabaseOptions, Scheduling, SessionOptions } from './options'
export { PGlitePooler } from './pooler'
export type { PoolerConfig, QueueMetrics } from './pooler'
export { QueryPriority } from './priority'
export { repair } from './repair'
export type { RepairOptions, RepairProblem, RepairReport, RepairTable } from './repair'
export type { NotificationListener } from './subscriptions'
export { Transaction } from './transaction'
export type { NativeHistogram, NativeSessionInfo, NativeStats } from './native'
export { closeAll } from './native'
