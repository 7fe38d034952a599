import { expect, test } from 'vitest'
import { parseOrigins } from '../../../dist/gen/node-tree.js'

const entry = (
  number: number,
  name: string,
  table: number,
  column: number,
  expression = '{VAR :varno 1}'
) =>
  `{TARGETENTRY :expr ${expression} :resno ${number} :resname ${name} :ressortgroupref 0 :resorigtbl ${table} :resorigcol ${column} :resjunk false}`
const query = (list: string) =>
  `({QUERY :commandType 1 :rtable ({RANGETBLENTRY :alias <>}) :targetList (${list}) :override 0 :jointree {FROMEXPR :fromlist <>}})`

test('columns of tables have an origin, and computed ones have none', () => {
  expect(parseOrigins(query(`${entry(1, 'id', 500, 2)} ${entry(2, 'sum', 0, 0)}`))).toEqual([
    { number: 1, table: 500, column: 2 },
  ])
})

test('a target list inside an expression or a subquery is not read', () => {
  const inner = `{SUBLINK :subselect {QUERY :targetList (${entry(1, 'x', 7, 7)})}}`
  const outer = query(entry(1, 'id', 500, 1, inner)).replace(
    ':alias <>',
    `:subquery {QUERY :targetList (${entry(1, 'y', 8, 8)})}`
  )
  expect(parseOrigins(outer)).toEqual([{ number: 1, table: 500, column: 1 }])
})

test('names may hold anything', () => {
  const names = ['\\{', '\\}', ':resorigtbl', 'a\\ b', '\\(\\)', '\\\\', ':targetList']
  const list = names.map((name, index) => entry(index + 1, name, 500, index + 1)).join(' ')
  const origins = names.map((_, index) => ({ number: index + 1, table: 500, column: index + 1 }))
  expect(parseOrigins(query(list))).toEqual(origins)
})

test('only the first query of a rule is read, and a rule may do nothing', () => {
  expect(parseOrigins(query(entry(1, 'a', 1, 1)) + query(entry(1, 'b', 2, 2)))).toEqual([
    { number: 1, table: 1, column: 1 },
  ])
  expect(parseOrigins('<>')).toEqual([])
  expect(parseOrigins('')).toEqual([])
})
