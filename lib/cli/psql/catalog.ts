/**
 * What psql's commands about the database ask, and under which titles the answers stand.
 * Mirrors psql 18: https://www.postgresql.org/docs/18/app-psql.html#APP-PSQL-META-COMMANDS
 */

/** A question with a table for its answer. */
export interface Listing {
  title: string
  sql: string
  /** What is said when there is nothing. */
  nothing?: string
}

/** Kinds of relations by the letters of `\d…`. */
const KINDS: Record<string, { relkinds: string; one: string }> = {
  t: { relkinds: 'rp', one: 'tables' },
  v: { relkinds: 'v', one: 'views' },
  m: { relkinds: 'm', one: 'materialized views' },
  i: { relkinds: 'iI', one: 'indexes' },
  s: { relkinds: 'S', one: 'sequences' },
  E: { relkinds: 'f', one: 'foreign tables' },
}

const KIND_NAMES = `case c.relkind when 'r' then 'table' when 'v' then 'view'
  when 'm' then 'materialized view' when 'i' then 'index' when 'S' then 'sequence'
  when 'f' then 'foreign table' when 'p' then 'partitioned table'
  when 'I' then 'partitioned index' end`

/** A pattern of psql as a regular expression: `*` and `?` are wild, quotes keep a name as it is. */
function expression(pattern: string): string {
  let quoted = false
  let text = ''
  for (const character of pattern) {
    if (character === '"') quoted = !quoted
    else if (quoted) text += character.replace(/[\\^$.*+?()[\]{}|]/, '\\$&')
    else if (character === '*') text += '.*'
    else if (character === '?') text += '.'
    else text += character.toLowerCase().replace(/[\\^$+()[\]{}|]/, '\\$&')
  }
  return `'^(${text.replaceAll("'", "''")})$'`
}

/** The conditions that a pattern makes: by schema and name, or by name among what is visible. */
export function conditions(
  pattern: string | undefined,
  schema: string,
  name: string,
  visible: string
): string {
  if (pattern === undefined) return `and ${visible}`
  const parts = /^((?:"[^"]*"|[^".])*)\.(.+)$/.exec(pattern)
  if (parts === null) return `and ${name} ~ ${expression(pattern)} and ${visible}`
  return `and ${schema} ~ ${expression(parts[1] as string)} and ${name} ~ ${expression(parts[2] as string)}`
}

/** `\dt`, `\dv`, `\di`, `\ds`, `\dm`, `\dE` in any mixture, and `\d` alone. */
export function relations(letters: string, pattern: string | undefined): Listing {
  const chosen = [...(letters || 'tvmsE')].map((letter) => KINDS[letter])
  const kinds = chosen.map((kind) => kind?.relkinds ?? '').join('')
  const what = chosen.length === 1 ? (chosen[0]?.one as string) : 'relations'
  const isIndex = kinds.includes('i')
  const own = `and n.nspname !~ '^pg_toast'
    and n.nspname not in ('pg_catalog', 'information_schema')`
  const where = conditions(pattern, 'n.nspname', 'c.relname', 'pg_table_is_visible(c.oid)')
  return {
    title: `List of ${what}`,
    nothing:
      pattern === undefined
        ? `Did not find any ${what}.`
        : `Did not find any ${what} named "${pattern}".`,
    sql: `select n.nspname as "Schema", c.relname as "Name", ${KIND_NAMES} as "Type",
      pg_get_userbyid(c.relowner) as "Owner"${isIndex ? ', c2.relname as "Table"' : ''}
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      left join pg_index i on i.indexrelid = c.oid left join pg_class c2 on c2.oid = i.indrelid
      where c.relkind = any(string_to_array('${[...kinds].join(',')}', ','))
      ${pattern === undefined ? own : ''} ${where} order by 1, 2`,
  }
}

const databases: Listing = {
  title: 'List of databases',
  sql: `select datname as "Name", pg_get_userbyid(datdba) as "Owner",
    pg_encoding_to_char(encoding) as "Encoding",
    case datlocprovider when 'b' then 'builtin' when 'c' then 'libc' when 'i' then 'icu' end
      as "Locale Provider",
    datcollate as "Collate", datctype as "Ctype", datlocale as "Locale",
    daticurules as "ICU Rules", array_to_string(datacl, e'\\n') as "Access privileges"
    from pg_database order by 1`,
}

const schemas = (pattern?: string): Listing => ({
  title: 'List of schemas',
  sql: `select nspname as "Name", pg_get_userbyid(nspowner) as "Owner" from pg_namespace
    where true ${
      pattern === undefined
        ? "and nspname !~ '^pg_' and nspname <> 'information_schema'"
        : `and nspname ~ ${expression(pattern)}`
    } order by 1`,
})

const functions = (pattern?: string): Listing => ({
  title: 'List of functions',
  sql: `select n.nspname as "Schema", p.proname as "Name",
    pg_get_function_result(p.oid) as "Result data type",
    pg_get_function_arguments(p.oid) as "Argument data types",
    case p.prokind when 'a' then 'agg' when 'w' then 'window' when 'p' then 'proc' else 'func' end
      as "Type"
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where true
    ${pattern === undefined ? "and n.nspname not in ('pg_catalog', 'information_schema')" : ''}
    ${conditions(pattern, 'n.nspname', 'p.proname', 'pg_function_is_visible(p.oid)')}
    order by 1, 2, 4`,
})

const roles = (pattern?: string): Listing => ({
  title: 'List of roles',
  sql: `select rolname as "Role name", concat_ws(', ',
      case when rolsuper then 'Superuser' end,
      case when not rolinherit then 'No inheritance' end,
      case when rolcreaterole then 'Create role' end,
      case when rolcreatedb then 'Create DB' end,
      case when not rolcanlogin then 'Cannot login' end,
      case when rolreplication then 'Replication' end,
      case when rolbypassrls then 'Bypass RLS' end) as "Attributes"
    from pg_roles where rolname !~ '^pg_'
    ${pattern === undefined ? '' : `and rolname ~ ${expression(pattern)}`} order by 1`,
})

const extensions = (pattern?: string): Listing => ({
  title: 'List of installed extensions',
  sql: `select e.extname as "Name", e.extversion as "Version",
    a.default_version as "Default version", n.nspname as "Schema", d.description as "Description"
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    left join pg_available_extensions() a(name, default_version, comment) on a.name = e.extname
    left join pg_description d on d.objoid = e.oid and d.classoid = 'pg_extension'::regclass
    where true ${pattern === undefined ? '' : `and e.extname ~ ${expression(pattern)}`}
    order by 1`,
})

/** The listing that a command asks for; undefined where the command is not one of these. */
export function listing(command: string, pattern: string | undefined): Listing | undefined {
  const name = command.replace(/[+S]+$/, '')
  switch (name) {
    case 'l':
      return databases
    case 'dn':
      return schemas(pattern)
    case 'df':
      return functions(pattern)
    case 'du':
    case 'dg':
      return roles(pattern)
    case 'dx':
      return extensions(pattern)
    case 'd':
      return relations('', pattern)
    default:
      return /^d[tvmisE]+$/.test(name) ? relations(name.slice(1), pattern) : undefined
  }
}
