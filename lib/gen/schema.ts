/** One schema in TypeScript: its tables, views, functions, enums and composite types. */
import type { Catalog, PgType } from './catalog'
import { compareNames } from './collation'
import { isTable, relationMember } from './relations'
import { Resolver } from './resolver'
import { Routines } from './routines'
import { key, literal, nullable, object, union, UNKNOWN, type Member } from './syntax'

/** What stands in a group that has nothing. */
const NOTHING: Member = { key: '[_ in never]', type: { kind: 'plain', text: 'never' } }

/** The schemas of a catalog, each with its five groups. */
export function schemaMembers(catalog: Catalog, detectOneToOneRelationships: boolean): Member[] {
  const resolver = new Resolver(catalog)
  const routines = new Routines(resolver, catalog.relations)
  return catalog.schemas.map((schema) => {
    const relations = catalog.relations.filter((relation) => relation.schema === schema)
    const callable = catalog.routines.filter(
      (routine) => routine.schema === schema && routines.isCallable(routine)
    )
    callable.sort((a, b) => compareNames(a.name, b.name))
    const context = { resolver, routines, callable, detectOneToOneRelationships }
    const tables = relations.filter(isTable)
    const views = relations.filter((relation) => !isTable(relation))
    const groups: [string, Member[]][] = [
      ['Tables', tables.map((table) => relationMember(table, context))],
      ['Views', views.map((view) => relationMember(view, context))],
      ['Functions', routines.members(callable)],
      ['Enums', enumsOf(catalog, schema).map(enumMember)],
      [
        'CompositeTypes',
        compositesOf(catalog, schema).map((type) => compositeMember(type, resolver)),
      ],
    ]
    return { key: key(schema), type: object(groups.map(groupMember)) }
  })
}

function groupMember([name, members]: [string, Member[]]): Member {
  return { key: name, type: object(members.length > 0 ? members : [NOTHING]) }
}

/** The enums of a schema. */
export const enumsOf = ({ types }: Catalog, schema: string): PgType[] =>
  types.filter((type) => type.schema === schema && type.labels.length > 0)

const compositesOf = ({ types }: Catalog, schema: string): PgType[] =>
  types.filter((type) => type.schema === schema && type.attributes.length > 0)

const enumMember = ({ name, labels }: PgType): Member => ({
  key: key(name),
  type: union(labels.map((label) => literal(label))),
})

function compositeMember({ name, attributes }: PgType, resolver: Resolver): Member {
  const members = attributes.map((attribute) => ({
    key: key(attribute.name),
    type: resolver.get(attribute.type) ? nullable(resolver.byId(attribute.type)) : UNKNOWN,
  }))
  return { key: key(name), type: object(members) }
}
