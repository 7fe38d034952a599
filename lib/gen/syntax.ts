/** The TypeScript types that a generated file is made of, and how they are put together. */

/** A TypeScript type. */
export type Type =
  | { kind: 'plain'; text: string }
  | { kind: 'array'; element: Type }
  | { kind: 'union'; members: Type[] }
  | { kind: 'intersection'; members: Type[] }
  | { kind: 'tuple'; elements: Type[] }
  | { kind: 'object'; members: Member[]; isOpen: boolean }

/** A member of an object type. */
export interface Member {
  /** As it is printed. */
  key: string
  isOptional?: boolean
  type: Type
  /** Lines of comment before it. */
  comment?: string[]
}

const IDENTIFIER = /^[$_\p{ID_Start}][$\u200c\u200d\p{ID_Continue}]*$/u

/** A keyword, or the name of a type. */
export const plain = (text: string): Type => ({ kind: 'plain', text })

/** A type that is not known, and may be null. */
export const UNKNOWN = plain('unknown')

/** The generated type of JSON, which may be null. */
export const JSON_TYPE = plain('Json')

const NULL = plain('null')

/** A text as a literal: in double quotes unless single ones need fewer backslashes. */
export function quote(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1)
  const double = text.split('"').length
  const single = text.split("'").length
  if (double <= single) return `"${escaped}"`
  return `'${escaped.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/** The type of one text. */
export const literal = (text: string): Type => plain(quote(text))

/** A key, quoted where it has to be. */
export const key = (name: string): string => (IDENTIFIER.test(name) ? name : quote(name))

/** What a path of keys leads to in the type `Database`. */
export const inDatabase = (...keys: string[]): Type =>
  plain(`Database${keys.map((each) => `[${quote(each)}]`).join('')}`)

/** One of the types; just the one if there is only one. */
export function union(types: Type[]): Type {
  const members = types.flatMap((type) => (type.kind === 'union' ? type.members : [type]))
  const [first] = members
  return members.length === 1 && first !== undefined ? first : { kind: 'union', members }
}

/** An array of a type. */
export const array = (element: Type): Type => ({ kind: 'array', element })

/**
 * A type with `[]` written after it and no parentheses: of a union or an intersection only the last
 * member becomes an array, as in the files of Supabase's command.
 */
export function appendBrackets(type: Type): Type {
  if (type.kind !== 'union' && type.kind !== 'intersection') return array(type)
  const last = type.members.at(-1)
  return { ...type, members: [...type.members.slice(0, -1), ...(last ? [array(last)] : [])] }
}

/** An object type. An open one has each member on a line of its own, whatever the width. */
export const object = (members: Member[], isOpen = true): Type => ({
  kind: 'object',
  members,
  isOpen,
})

/** A tuple of texts. */
export const literals = (texts: readonly string[]): Type => ({
  kind: 'tuple',
  elements: texts.map(literal),
})

const isPlain = (type: Type, text: string): boolean => type.kind === 'plain' && type.text === text

/** A type that may be null. */
export const nullable = (type: Type): Type =>
  isPlain(type, 'unknown') ? type : union([type, NULL])

/** A type as a column has it: null as the column allows it, which JSON by itself does. */
export function columnType(type: Type, isNullable: boolean): Type {
  if (isNullable) return nullable(type)
  return isPlain(type, 'Json') ? plain('NonNullable<Json>') : type
}
