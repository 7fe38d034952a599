/** The constants at the end of a generated file: the labels of the enums as values. */
import type { Catalog } from './catalog'
import { group, hardBreak, indent, join, type Document } from './document'
import { enumsOf } from './schema'
import { key, quote } from './syntax'
import { list } from './type-document'

/** The declaration of the constants. */
export function constantsDocument(catalog: Catalog): Document {
  const schemas = catalog.schemas.map((schema) => {
    const enums = enumsOf(catalog, schema).map(({ name, labels }) => {
      return [key(name), ': ', list(labels.map(quote))]
    })
    return [key(schema), ': ', record([['Enums: ', record(enums)]])]
  })
  return ['export const Constants = ', record(schemas), ' as const']
}

/** An object, one property a line, each with a comma. */
function record(properties: readonly Document[]): Document {
  if (properties.length === 0) return '{}'
  const inner = join(
    properties.map((property) => [property, ',']),
    hardBreak
  )
  return group(['{', indent([hardBreak, inner]), hardBreak, '}'])
}
