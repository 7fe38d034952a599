/**
 * Reads where the columns of a view come from.
 * In: the text of a rule's action, as `pg_rewrite.ev_action` has it. Out: for each column the table and
 * the column that it is taken from. Columns that are computed have no origin and are left out.
 */

/** A column of a view that is a column of something else. */
export interface Origin {
  /** Its number in the view. */
  number: number
  table: number
  column: number
}

/** Brackets, and words, in which a backslash takes the meaning from what follows it. */
const TOKEN = /[{}()]|(?:\\[\s\S]|[^\s{}()\\])+/g
/** `({QUERY` … */
const QUERY_DEPTH = 1
/** … `:targetList ({TARGETENTRY`. */
const ENTRY_DEPTH = 2
/** The fields of a target entry that are read. `:resname` is a name, which may look like a field. */
const FIELDS = new Set([':resno', ':resname', ':resorigtbl', ':resorigcol'])

/** The origins of the columns in the first query's own target list, without those of its subqueries. */
export function parseOrigins(tree: string): Origin[] {
  const origins: Origin[] = []
  const tokens = tree.matchAll(TOKEN)
  const next = (): string => (tokens.next().value as RegExpMatchArray | undefined)?.[0] ?? ''
  let depth = 0
  let inList = false
  let fields = new Map<string, string>()
  for (let token = next(); token !== ''; token = next()) {
    if (token === '{') {
      depth += 1
      if (depth === ENTRY_DEPTH) fields = new Map()
    } else if (token === '}') {
      if (depth === QUERY_DEPTH) break
      if (depth === ENTRY_DEPTH && inList) origins.push(...origin(fields))
      depth -= 1
    } else if (depth === QUERY_DEPTH && token.startsWith(':')) {
      inList = token === ':targetList'
    } else if (depth === ENTRY_DEPTH && FIELDS.has(token)) {
      fields.set(token, next())
    }
  }
  return origins
}

function origin(fields: ReadonlyMap<string, string>): Origin[] {
  const number = Number(fields.get(':resno'))
  const table = Number(fields.get(':resorigtbl'))
  const column = Number(fields.get(':resorigcol'))
  return table > 0 && column > 0 ? [{ number, table, column }] : []
}
