// Results of many rows, decoded to JavaScript values by each peer's own defaults.

import { millisecondsEach } from './clock.mjs'
import { expectRows, ITEMS, MIXED } from './seed.mjs'

/** Reads `count` rows with `statement`, `times` times a round. */
function reading(name, title, statement, count, times) {
  return {
    name,
    title,
    unit: 'ms',
    round: (db, _, { quick }) =>
      millisecondsEach(quick ? Math.ceil(times / 5) : times, async () =>
        expectRows(await db.query(statement), count)
      ),
  }
}

const SOME = 'select id, name, score from items where id <= 1000'

export const rows1000 = reading('rows-1000', '1,000 rows × 3 columns', SOME, 1000, 100)
export const rows100000 = reading(
  'rows-100000',
  '100,000 rows × 3 columns',
  'select id, name, score from items',
  ITEMS,
  4
)
export const mixed = reading('mixed', '10,000 rows × 20 types', 'select * from mixed', MIXED, 4)
