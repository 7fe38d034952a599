/**
 * The shapes of results, recognised by the bytes of their RowDescription, with the row readers that
 * were made for them. A statement that runs again finds its shape without parsing it.
 */
import { columnKind } from './columns'
import {
  FieldClass,
  types,
  type Bytes,
  type Field,
  type ResultInternals,
  type TypeSource,
  type ValueParser,
} from './internals'
import { compiledReader, interpretedReader, needsText, type RowReader } from './row-reader'

/** Shapes that are remembered before starting over. */
const REMEMBERED = 512
/** Readers with other parsers that one shape keeps. */
const VARIANTS = 4
/** Rows that a shape yields before a reader is compiled for it. */
const COMPILE_AFTER = 16

/** The readers of a shape for one set of parsers. */
export interface Variant {
  parsers: ValueParser[]
  needsText: boolean
  object: RowReader | undefined
  array: RowReader | undefined
  rowsRead: number
}

/** What one RowDescription describes. */
export class Shape {
  readonly binary: boolean
  readonly #fields: readonly Field[]
  readonly #names: readonly string[]
  readonly #emptyRow: object
  readonly #variants: Variant[] = []

  constructor(fields: readonly Field[]) {
    this.#fields = fields
    this.binary = fields.some(({ format }) => format === 'binary')
    this.#names = fields.map(({ name }) => name)
    const row = Object.create(null) as Record<string, null>
    for (const name of this.#names) row[name] = null
    this.#emptyRow = { ...row }
  }

  /** Column objects for one result: applications own their results and may change them. */
  copyFields(): Field[] {
    return this.#fields.map(copyField)
  }

  /** Prepares `result` as `Result.addFields` does and returns the readers for its rows. */
  describe(result: ResultInternals): Variant {
    result.fields = this.copyFields()
    const source = result._types ?? types
    const variant = this.#variantFor(source)
    if (this.#fields.length > 0) result._parsers = variant.parsers
    result._prebuiltEmptyResultObject = this.#emptyRow
    return variant
  }

  /** The function that reads rows for `variant`, which is about to read `rows` of them. */
  reader(variant: Variant, asArray: boolean, rows: number): RowReader {
    const key = asArray ? 'array' : 'object'
    const existing = variant[key]
    if (existing !== undefined) return existing
    const names = asArray ? null : this.#names
    variant.rowsRead += rows
    if (variant.rowsRead > COMPILE_AFTER) {
      variant[key] = compiledReader(names, variant.parsers)
      if (variant[key] !== undefined) return variant[key]
    }
    return interpretedReader(names, variant.parsers, this.#emptyRow)
  }

  /** Parsers may be replaced at any time, so each result asks for them. */
  #variantFor(source: TypeSource): Variant {
    const fields = this.#fields
    const known = this.#variants[0]
    if (known !== undefined) {
      let i = 0
      while (i < fields.length && parserOf(source, fields[i] as Field) === known.parsers[i]) i += 1
      if (i === fields.length) return known
    }
    const parsers = fields.map((field) => parserOf(source, field))
    const at = this.#variants.findIndex((other) => parsers.every((p, i) => p === other.parsers[i]))
    const variant = at < 0 ? newVariant(parsers) : (this.#variants.splice(at, 1)[0] as Variant)
    this.#variants.unshift(variant)
    if (this.#variants.length > VARIANTS) this.#variants.pop()
    return variant
  }
}

function parserOf(source: TypeSource, field: Field): ValueParser {
  return source.getTypeParser(field.dataTypeID, field.format || 'text')
}

function newVariant(parsers: ValueParser[]): Variant {
  const text = parsers.some((parser) => needsText(columnKind(parser)))
  return { parsers, needsText: text, object: undefined, array: undefined, rowsRead: 0 }
}

function copyField(field: Field): Field {
  return new FieldClass(
    field.name,
    field.tableID,
    field.columnID,
    field.dataTypeID,
    field.dataTypeSize,
    field.dataTypeModifier,
    field.format
  )
}

const shapes = new Map<string, Shape>()

/** The shape that the body of a RowDescription describes. */
export function shapeOf(bytes: Bytes, start: number, end: number): Shape {
  const key = bytes.latin1Slice(start, end)
  const known = shapes.get(key)
  if (known !== undefined) return known
  const shape = new Shape(parseFields(bytes, start))
  if (shapes.size >= REMEMBERED) shapes.clear()
  shapes.set(key, shape)
  return shape
}

function parseFields(bytes: Bytes, start: number): Field[] {
  const fields: Field[] = []
  const count = bytes.readInt16BE(start)
  let at = start + 2
  for (let i = 0; i < count; i += 1) {
    const end = bytes.indexOf(0, at)
    const name = bytes.utf8Slice(at, end)
    fields.push(
      new FieldClass(
        name,
        bytes.readUInt32BE(end + 1),
        bytes.readInt16BE(end + 5),
        bytes.readUInt32BE(end + 7),
        bytes.readInt16BE(end + 11),
        bytes.readInt32BE(end + 13),
        bytes.readInt16BE(end + 17) === 0 ? 'text' : 'binary'
      )
    )
    at = end + 19
  }
  return fields
}
