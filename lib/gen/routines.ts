/** Functions: which ones PostgREST can call, what they take and return, and which it cannot tell apart. */
import type { Argument, Relation, Routine } from './catalog'
import { compareNames } from './collation'
import type { Resolver } from './resolver'
import {
  appendBrackets,
  columnType,
  key,
  literal,
  object,
  plain,
  union,
  type Member,
  type Type,
} from './syntax'

/** The numbers of json, text and jsonb: what an argument without a name may be. */
const BODY_TYPES: readonly number[] = [114, 25, 3802]
const NO_ARGUMENTS = plain('Record<PropertyKey, never>')
const ADVICE =
  'Try renaming the parameters or the function itself in the database so function overloading can be resolved'

/** The functions of a catalog in TypeScript. */
export class Routines {
  readonly #resolver: Resolver
  readonly #relations: ReadonlyMap<number, Relation>

  /** Prepares for functions that take and return these relations. */
  constructor(resolver: Resolver, relations: readonly Relation[]) {
    this.#resolver = resolver
    this.#relations = new Map(relations.map((relation) => [relation.id, relation]))
  }

  /** Whether PostgREST can call it, or says that it takes a row. */
  isCallable({ inputs }: Routine): boolean {
    const unnamed = inputs.filter(({ name }) => name === '')
    if (unnamed.every(({ type, hasDefault }) => hasDefault && BODY_TYPES.includes(type)))
      return true
    const [only] = inputs
    if (only === undefined || inputs.length > 1) return false
    return BODY_TYPES.includes(only.type) || this.#resolver.rowType(only.type) !== undefined
  }

  /** Whether it is a computed field: one argument, a row of the relation. */
  isFieldOf({ inputs, argumentText }: Routine, relation: Relation): boolean {
    const [only] = inputs
    const row = inputs.length === 1 && only ? this.#resolver.rowType(only.type) : undefined
    return row ? row.relation === relation.id : argumentText === relation.name
  }

  /** The functions of one schema by name. Names that are numbers come first, as in any object. */
  members(routines: readonly Routine[]): Member[] {
    const byName = Object.create(null) as Record<string, Routine[]>
    for (const routine of routines) (byName[routine.name] ??= []).push(routine)
    return Object.entries(byName).map(([name, overloads]) => {
      overloads.sort(bySignature)
      const types = overloads.map((routine) => this.#signature(routine, overloads))
      return { key: key(name), type: union(types) }
    })
  }

  /** What one call returns, or one row of it. */
  returnType(routine: Routine): Type {
    const columns = routine.args.filter(({ mode }) => mode === 't')
    if (columns.length > 0) return object(columns.map((column) => this.#argument(column)))
    const relation = this.#relations.get(routine.returnRelation ?? 0)
    if (relation?.schema !== routine.schema) return this.#resolver.byId(routine.returnType)
    const members = relation.columns.map(({ name, type, typeSchema, isNullable }) => ({
      key: key(name),
      type: columnType(this.#resolver.byName(type, typeSchema), isNullable),
    }))
    return object(members)
  }

  #signature(routine: Routine, overloads: readonly Routine[]): Type {
    const { inputs } = routine
    const failure = this.#conflict(routine, overloads) ?? this.#lostRow(routine)
    const returned = failure === undefined ? this.returnType(routine) : failureType(failure)
    const args = inputs.map((input) => ({ ...this.#argument(input), isOptional: input.hasDefault }))
    const target = this.#target(routine)
    // One row is told without brackets only where its relation is told, too.
    const isArray = routine.returnsSet && (routine.returnsManyRows || target === undefined)
    const members: Member[] = [
      { key: 'Args', type: args.length > 0 ? object(args, false) : NO_ARGUMENTS },
      { key: 'Returns', type: isArray ? appendBrackets(returned) : returned },
    ]
    if (target !== undefined) {
      members.push({ key: 'SetofOptions', type: this.#setofOptions(routine, target) })
    }
    return object(members, false)
  }

  #argument({ name, type }: Argument): Member {
    return { key: key(name), type: this.#resolver.byId(type) }
  }

  /** The relation or composite type that is returned, by name. */
  #target({ returnRelation, returnType }: Routine): string | undefined {
    if (returnRelation === null) return undefined
    return this.#relations.get(returnRelation)?.name ?? this.#resolver.rowType(returnType)?.name
  }

  /** What a client needs to know to select from the result, or to embed it in the rows that it takes. */
  #setofOptions({ args, returnsSet, returnsManyRows }: Routine, target: string): Type {
    const [only] = args
    const row = args.length === 1 && only ? this.#resolver.rowType(only.type) : undefined
    return object([
      { key: 'from', type: literal(row?.sqlName ?? '*') },
      { key: 'to', type: literal(target) },
      { key: 'isOneToOne', type: plain(String(!returnsManyRows)) },
      { key: 'isSetofReturn', type: plain(String(returnsSet)) },
    ])
  }

  /** A function of a row that returns no row can only be selected as a field. */
  #lostRow(routine: Routine): string | undefined {
    const { schema, name, inputs } = routine
    const [only] = inputs
    if (only?.name !== '' || inputs.length > 1) return undefined
    if (!this.#resolver.rowType(only.type) || this.#target(routine) !== undefined) return undefined
    return `the function ${schema}.${name} with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache`
  }

  /** Overloads between which PostgREST cannot choose. */
  #conflict(routine: Routine, overloads: readonly Routine[]): string | undefined {
    const { schema, name, inputs } = routine
    const rivals = overloads.filter((other) => other !== routine && isRival(inputs, other.inputs))
    const [rival] = rivals
    if (rival === undefined) return undefined
    const calls = [
      `${schema}.${name}()`,
      `${schema}.${name}( => ${this.#typeName(rival.returnType)})`,
    ]
    if (inputs.length > 0) {
      const candidates = [routine, ...rivals].flatMap((each) => each.inputs)
      candidates.sort((a, b) => a.type - b.type)
      const named = candidates.map((input) => `${input.name} => ${this.#typeName(input.type)}`)
      calls.splice(0, 2, ...named.map((each) => `${schema}.${name}(${each})`))
    }
    return `Could not choose the best candidate function between: ${calls.join(', ')}. ${ADVICE}`
  }

  #typeName(id: number): string {
    return this.#resolver.get(id)?.name ?? 'unknown'
  }
}

function bySignature(a: Routine, b: Routine): number {
  return compareNames(a.argumentText, b.argumentText) || compareNames(a.resultText, b.resultText)
}

/** Nothing against one unnamed default, or one name with two types. */
function isRival(inputs: readonly Argument[], others: readonly Argument[]): boolean {
  const [own] = inputs
  const [other] = others
  if (other === undefined || others.length > 1 || inputs.length > 1) return false
  if (own === undefined) return other.name === '' && other.hasDefault
  return own.name !== '' && own.name === other.name && own.type !== other.type
}

/** A type that no value has, and that says why. */
function failureType(text: string): Type {
  const mark = object([{ key: 'error', type: plain('true') }], false)
  return { kind: 'intersection', members: [mark, literal(text)] }
}
