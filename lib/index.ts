/** The package: node-postgres' classes on the embedded engine, the database itself, and supabase-js on it. */
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
export { NdjsonServer, PGliteServer, startNdjsonServer } from './ndjson'
export type {
  NdjsonLimits,
  NdjsonServerOptions,
  NdjsonServerStats,
  PGliteServerConfig,
} from './ndjson'
export { PGlitePooler } from './pooler'
export type { PoolerConfig, QueueMetrics } from './pooler'
export { QueryPriority } from './priority'
export { repair } from './repair'
export type { RepairOptions, RepairProblem, RepairReport, RepairTable } from './repair'
export { generateTypes } from './gen/generate-types'
export type { GenerateTypesOptions, RunSql } from './gen/generate-types'
export { Server, startServer } from './server'
export type { ServerConnection, ServerStats } from './server'
export type { ServerOptions, TlsOptions } from './server-options'
export { createLocalSupabaseClient } from './supabase/create-client'
export type { LocalSupabase, LocalSupabaseClient } from './supabase/create-client'
export { createFetch } from './supabase/fetch'
export type { LocalFetch } from './supabase/fetch'
export { signJwt } from './supabase/jwt'
export type { JwtClaims } from './supabase/jwt'
export type {
  DatabaseContentOptions,
  FetchOptions,
  LocalSupabaseOptions,
  RestDatabaseOptions,
  RestOptions,
} from './supabase/options'
export type { NotificationListener } from './subscriptions'
export { Transaction } from './transaction'
export type { NativeHistogram, NativeSessionInfo, NativeStats } from './native'
export { InstancePool } from './tenants/instance-pool'
export type { InstancePoolStats } from './tenants/instance-pool'
export type { InstanceStats, TenantInstance } from './tenants/instance'
export type { InstancePoolOptions, TenantLimits } from './tenants/options'
export { MultiTenantRouter, startMultiTenantServer } from './tenants/router'
export type {
  MultiTenantServerOptions,
  RouterConnection,
  RouterLogger,
  RouterStats,
} from './tenants/router'
export { closeAll } from './native'
