/** The module `pg`, on the embedded engine: every name that `require('pg')` has. */
import pg from 'pg'
import { Client } from './client'
import { Pool } from './pool'

/** What `pg` exports without naming it in its types. */
interface Unlisted {
  utils: object
}

export type { ClientConfig, QueryOptions } from './client'
export type { PoolClient, PoolConfig } from './pool'
export type {
  ClientBase,
  ConnectionConfig,
  CustomTypesConfig,
  Defaults,
  FieldDef,
  Notification,
  PoolOptions,
  QueryArrayConfig,
  QueryArrayResult,
  QueryConfig,
  QueryConfigValues,
  QueryResult,
  QueryResultBase,
  QueryResultRow,
  ResultBuilder,
  Submittable,
  TransactionStatus,
} from 'pg'

export { Client, Pool }
/** The class of queries that are passed to `client.query` as objects. */
export const Query = pg.Query
/** The protocol's connection, for code that drives it itself. */
export const Connection = pg.Connection
/** The class of results. */
export const Result = pg.Result
/** Parsers by type; the same object that `pg` and everything on it use. */
export const types = pg.types
/** The class of errors that the server reports. */
export const DatabaseError = pg.DatabaseError
/** Parsers by type for one client. */
export const TypeOverrides = pg.TypeOverrides
/** Defaults of clients and pools; the same object that `pg` uses. */
export const defaults = pg.defaults
/** Quotes a name. */
export const escapeIdentifier = pg.escapeIdentifier
/** Quotes a text value. */
export const escapeLiteral = pg.escapeLiteral
/** Helpers that some libraries take from `pg`. */
export const utils = (pg as unknown as Unlisted).utils
/** Kept because `pg` has it; nothing is ever in it. */
export const _pools: readonly never[] = []

/** `pg.native` is where an application finds the faster engine: here it is the same one. */
export const native = {
  Client,
  Connection,
  DatabaseError,
  Pool,
  Query,
  Result,
  TypeOverrides,
  _pools,
  defaults,
  escapeIdentifier,
  escapeLiteral,
  types,
  utils,
}
