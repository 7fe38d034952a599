/**
 * The relationships between tables and views: the foreign keys of the tables, and for each those that
 * views have instead of the table on either side.
 */
import type { Relationship } from './catalog'
import { compareAll } from './collation'
import type { ForeignKeyRow } from './queries/foreign-keys'
import type { ViewKey } from './view-keys'

/** All relationships, in the order of a generated file. */
export function relationships(
  keys: readonly ForeignKeyRow[],
  views: readonly ViewKey[]
): Relationship[] {
  const all: Relationship[] = [...keys, ...keys.flatMap((key) => ofViews(key, views))]
  return all.sort((a, b) => compareAll(order(a), order(b)))
}

function order({ name, referencedRelation, referencedColumns }: Relationship): string[] {
  return [name, referencedRelation, JSON.stringify(referencedColumns)]
}

/** What becomes of a foreign key in views: view to table, table to view, view to view. */
function ofViews(key: ForeignKeyRow, views: readonly ViewKey[]): Relationship[] {
  const here = views.filter(({ side, key: name, table }) => {
    return side === 'referencing' && name === key.name && table === key.table
  })
  const there = views.filter(({ side, key: name, table }) => {
    return side === 'referenced' && name === key.name && table === key.referencedTable
  })
  const from = here.flatMap((view) =>
    combinations(view.columns).map((columns) => ({
      schema: view.schema,
      relation: view.view,
      columns,
    }))
  )
  const to = there.flatMap((view) =>
    combinations(view.columns).map((referencedColumns) => ({
      referencedSchema: view.schema,
      referencedRelation: view.view,
      referencedColumns,
    }))
  )
  return [
    ...from.map((each) => ({ ...key, ...each })),
    ...to.map((each) => ({ ...key, ...each })),
    ...from.flatMap((one) => to.map((other) => ({ ...key, ...one, ...other }))),
  ]
}

/** Every way of taking one of each list. */
function combinations(lists: readonly string[][]): string[][] {
  return lists.reduce<string[][]>(
    (taken, list) => taken.flatMap((some) => list.map((one) => [...some, one])),
    [[]]
  )
}
