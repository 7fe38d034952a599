/** Reads everything in an open copy: tables, catalogs, indexes. With `mend`, saves what can be saved of them. */
import type { RepairProblem, RepairTable } from '../repair'
import { Client, escapeIdentifier } from '../pg'

type Report = (problem: RepairProblem) => void

interface Relation {
  oid: number
  /** Of an index: its table. */
  table?: number
  schema: string
  name: string
  own: boolean
}

const OWN = `n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'`
const TABLES = `
  select c.oid::int8::int as oid, n.nspname as schema, c.relname as name, ${OWN} as own
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm') order by 4, 2, 3`
const INDEXES = `
  select c.oid::int8::int as oid, n.nspname as schema, c.relname as name, i.indrelid::int8::int as table
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_am a on a.oid = c.relam
    join pg_index i on i.indexrelid = c.oid
  where c.relkind = 'i' and a.amname = 'btree' and i.indisready and i.indisvalid order by 2, 3`

/** Finds and deletes the rows that cannot be read; pages that cannot be read are empty by then. */
const withoutUnreadable = (table: string) => `
  do $$
  declare row tid; begin
    for row in select ctid from only ${table} loop
      begin
        perform length(x::text) from only ${table} x where ctid = row;
      exception when others then
        delete from only ${table} where ctid = row;
        raise warning 'oxbase: row % was left out: %', row, sqlerrm;
      end;
    end loop;
  end $$`

const qualified = ({ schema, name }: { schema: string; name: string }) =>
  `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`
const messageOf = (error: unknown) => (error as Error).message

/** A session on a copy that nobody else uses. */
export class Inspection {
  readonly #client: Client
  readonly #report: Report
  readonly #warnings: string[] = []
  readonly #unreadable = new Set<number>()
  #checker = false

  private constructor(client: Client, report: Report) {
    this.#client = client
    this.#report = report
    client.on('error', () => undefined)
    client.on('notice', ({ severity, message }) => {
      if (severity === 'WARNING' && message !== undefined) this.#warnings.push(message)
    })
  }

  /** Opens the copy, which recovers it. `settings` are added to those that a closer look needs. */
  static async open(
    copy: string,
    durable: boolean,
    settings: Record<string, string>,
    report: Report
  ): Promise<Inspection> {
    const client = new Client({
      dataDir: copy,
      relaxedDurability: !durable,
      extensions: ['amcheck'],
      settings,
    })
    await client.connect()
    return new Inspection(client, report)
  }

  /** Makes amcheck available, unless the database has it. */
  async prepare(): Promise<void> {
    const { rowCount } = await this.#client.query(
      "select from pg_extension where extname = 'amcheck'"
    )
    this.#checker = rowCount === 0
    if (this.#checker) await this.#client.query('create extension amcheck schema pg_catalog')
  }

  /** Reads every row of every table, and gives those that are the user's. */
  async tables(): Promise<RepairTable[]> {
    const { rows } = await this.#client.query<Relation>(TABLES)
    const found: RepairTable[] = []
    for (const table of rows) {
      const { schema, name, own } = table
      const where = `${schema}.${name}`
      try {
        const counted = await this.#client.query<{ n: string }>(
          `select count(*) as n, sum(length(x::text)) from only ${qualified(table)} x`
        )
        const rows = Number(counted.rows[0]?.n)
        if (own) found.push({ schema, name, rows, readable: true, error: null, saved: null })
        await this.#heap(table)
      } catch (error) {
        const what = messageOf(error)
        this.#unreadable.add(table.oid)
        if (own) found.push({ schema, name, rows: null, readable: false, error: what, saved: null })
        const advice = own
          ? 'restore the table from a copy, or save what can be read of it with the option "to"'
          : 'restore the directory from a copy'
        this.#report({ severity: 'error', what, where, advice })
      }
    }
    return found
  }

  /** Checks each B-tree index, against its table where that can be read, and gives those that are damaged. */
  async indexes(): Promise<{ checked: number; damaged: string[] }> {
    const { rows } = await this.#client.query<Relation>(INDEXES)
    const damaged: string[] = []
    for (const index of rows) {
      try {
        const readable = !this.#unreadable.has(index.table ?? 0)
        await this.#client.query('select bt_index_check($1::oid, $2)', [index.oid, readable])
      } catch (error) {
        damaged.push(qualified(index))
        const advice = `REINDEX INDEX ${qualified(index)}`
        const where = `${index.schema}.${index.name}`
        this.#report({ severity: 'error', what: messageOf(error), where, advice })
      }
    }
    return { checked: rows.length, damaged }
  }

  /** Rewrites a table with the rows that can be read, and says how many these are. */
  async save(table: RepairTable): Promise<void> {
    const where = `${table.schema}.${table.name}`
    this.#warnings.length = 0
    try {
      await this.#client.query(
        "set zero_damaged_pages = on; set session_replication_role = 'replica'"
      )
      await this.#client.query(withoutUnreadable(qualified(table)))
      await this.#client.query(`vacuum (full) ${qualified(table)}`)
      const { rows } = await this.#client.query<{ n: string }>(
        `select count(*) as n from only ${qualified(table)}`
      )
      table.saved = Number(rows[0]?.n)
      const pages = new Set(this.#warnings.filter((text) => text.includes('zeroing out page'))).size
      const lost = this.#warnings.filter((text) => text.startsWith('oxbase: row')).length
      this.#report({
        severity: 'warning',
        what: `${table.saved} rows were saved; ${pages} pages and ${lost} further rows could not be read and are missing`,
        where,
        advice: 'compare with a copy, and check what refers to the missing rows',
      })
    } catch (error) {
      const advice = 'restore the table from a copy'
      this.#report({
        severity: 'error',
        what: `it was not saved: ${messageOf(error)}`,
        where,
        advice,
      })
    } finally {
      await this.#client
        .query('reset zero_damaged_pages; reset session_replication_role')
        .catch(() => undefined)
    }
  }

  /** Builds an index anew. */
  async reindex(index: string): Promise<void> {
    try {
      await this.#client.query(`reindex index ${index}`)
      const what = 'it was built anew in the saved database'
      this.#report({ severity: 'warning', what, where: index, advice: 'nothing is left to do' })
    } catch (error) {
      const what = `it could not be built anew: ${messageOf(error)}`
      const advice = 'remove what contradicts it from the table, then REINDEX'
      this.#report({ severity: 'error', what, where: index, advice })
    }
  }

  /** Takes out what was put in, and closes the copy. */
  async close(): Promise<void> {
    if (this.#checker) {
      await this.#client.query('drop extension if exists amcheck').catch(() => undefined)
    }
    await this.#client.end()
  }

  async #heap({ oid, schema, name }: Relation): Promise<void> {
    const { rows } = await this.#client.query<{ blkno: string; offnum: number; msg: string }>(
      'select blkno, offnum, msg from verify_heapam($1::oid::regclass) limit 20',
      [oid]
    )
    for (const { blkno, offnum, msg } of rows) {
      const where = `${schema}.${name} (${blkno},${offnum})`
      const advice = 'restore the table from a copy, or delete and insert the row'
      this.#report({ severity: 'error', what: msg, where, advice })
    }
  }
}
