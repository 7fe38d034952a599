/**
 * Finds the TypeScript type for a type of PostgreSQL, by its name, as Supabase's command does: base types,
 * then enums, composite types and relations. What is in none of the schemas asked for, or of a kind that
 * has no counterpart (ranges, domains as arguments), is unknown.
 */
import type { Catalog, PgType, Relation } from './catalog'
import { array, inDatabase, JSON_TYPE, literal, plain, union, UNKNOWN, type Type } from './syntax'

const NUMBERS = ['int2', 'int4', 'int8', 'float4', 'float8', 'numeric']
const DATES = ['date', 'time', 'timetz', 'timestamp', 'timestamptz', 'interval']
const TEXTS = ['bytea', 'bpchar', 'varchar', 'text', 'citext', 'uuid', 'vector', ...DATES]

/** The types that need no looking up. */
const BASE = new Map<string, Type>([
  ['bool', plain('boolean')],
  ...NUMBERS.map((name): [string, Type] => [name, plain('number')]),
  ...TEXTS.map((name): [string, Type] => [name, plain('string')]),
  ['json', JSON_TYPE],
  ['jsonb', JSON_TYPE],
  ['void', plain('undefined')],
  ['record', plain('Record<string, unknown>')],
])

/** Where relations are found in the generated type. */
const GROUPS = { r: 'Tables', p: 'Tables', f: 'Tables', v: 'Views', m: 'Views' } as const
/** Which kind comes first where a name alone decides. */
const RANKS = { r: 0, p: 0, f: 1, v: 2, m: 3 } as const

/** Types by name and by number. */
export class Resolver {
  readonly #schemas: ReadonlySet<string>
  readonly #types: ReadonlyMap<number, PgType>
  readonly #enums: ReadonlyMap<string, PgType[]>
  readonly #composites: ReadonlyMap<string, PgType[]>
  readonly #relations: ReadonlyMap<string, Relation[]>

  /** Prepares for the types of a catalog. */
  constructor({ schemas, types, relations }: Catalog) {
    this.#schemas = new Set(schemas)
    this.#types = new Map(types.map((type) => [type.id, type]))
    this.#enums = byName(types.filter(({ labels }) => labels.length > 0))
    this.#composites = byName(types.filter(({ attributes }) => attributes.length > 0))
    this.#relations = byName([...relations].sort((a, b) => RANKS[a.kind] - RANKS[b.kind]))
  }

  /** The type of PostgreSQL with that number. */
  get(id: number): PgType | undefined {
    return this.#types.get(id)
  }

  /** The row type with that number, of a relation or a composite type. */
  rowType(id: number): PgType | undefined {
    const type = this.#types.get(id)
    return type?.relation === null ? undefined : type
  }

  /** The TypeScript type for a number. */
  byId(id: number): Type {
    const type = this.#types.get(id)
    return type === undefined ? UNKNOWN : this.byName(type.name, type.schema)
  }

  /** The TypeScript type for a name. If the schema has none of that name, another schema's is taken. */
  byName(name: string, schema: string): Type {
    const base = BASE.get(name)
    if (base) return base
    if (name.startsWith('_')) return array(this.byName(name.slice(1), schema))
    const choose = <T extends { schema: string }>(all: readonly T[] = []): T | undefined =>
      all.find((each) => each.schema === schema) ?? all[0]
    const labelled = choose(this.#enums.get(name))
    if (labelled) return this.#enumeration(labelled)
    const composite = choose(this.#composites.get(name))
    if (composite) return this.#visible(composite, 'CompositeTypes')
    const relation = choose(this.#relations.get(name))
    return relation ? this.#visible(relation, GROUPS[relation.kind], 'Row') : UNKNOWN
  }

  /** An enum by reference, or by its labels when its schema is not told. */
  #enumeration({ schema, name, labels }: PgType): Type {
    return this.#schemas.has(schema)
      ? inDatabase(schema, 'Enums', name)
      : union(labels.map((label) => literal(label)))
  }

  #visible(
    { schema, name }: { schema: string; name: string },
    ...path: [string, ...string[]]
  ): Type {
    const [group, ...rest] = path
    return this.#schemas.has(schema) ? inDatabase(schema, group, name, ...rest) : UNKNOWN
  }
}

function byName<T extends { name: string }>(all: readonly T[]): Map<string, T[]> {
  const found = new Map<string, T[]>()
  for (const one of all) found.set(one.name, [...(found.get(one.name) ?? []), one])
  return found
}
