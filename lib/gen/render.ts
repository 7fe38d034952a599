/** The text of a generated file. In: a catalog. Out: TypeScript, formatted. */
import type { Catalog } from './catalog'
import { constantsDocument } from './constants'
import { layOut, type Document } from './document'
import { HEADING, SHORTHANDS } from './frame'
import { schemaMembers } from './schema'
import { literal, object, type Member } from './syntax'
import { typeDocument } from './type-document'

/** What is told beside the catalog. */
export interface RenderOptions {
  postgrestVersion: string | undefined
  detectOneToOneRelationships: boolean
}

const WIDTH = 80

/** Renders the types of a catalog. */
export function renderTypes(catalog: Catalog, options: RenderOptions): string {
  const members = schemaMembers(catalog, options.detectOneToOneRelationships)
  if (options.postgrestVersion) members.unshift(versionMember(options.postgrestVersion))
  const database: Document = ['export type Database = ', typeDocument(object(members))]
  const constants = constantsDocument(catalog)
  const parts = [HEADING, layOut(database, WIDTH), SHORTHANDS, layOut(constants, WIDTH)]
  return `${parts.join('\n\n')}\n`
}

/** By this `createClient` knows what its types may rely on. */
function versionMember(version: string): Member {
  return {
    key: '__InternalSupabase',
    type: object([{ key: 'PostgrestVersion', type: literal(version) }]),
    comment: [
      '// Allows to automatically instantiate createClient with right options',
      "// instead of createClient<Database, { PostgrestVersion: 'XX' }>(URL, KEY)",
    ],
  }
}
