// The results of the REST bench as tables.

import { table } from '../support/report.mjs'
import { figure } from '../support/stats.mjs'
import { fastest, ratio } from './targets.mjs'

/** The median, and the 99th percentile where each sample is one request. */
function cell(figures, unit) {
  if (!figures) return ''
  if (figures.unsupported) return 'n/a'
  if (figures.error) return 'failed'
  return unit === 'µs' ? `${count(figures.median)} (${count(figures.p99)})` : count(figures.median)
}

const count = (value) => (value >= 100 ? value.toFixed(0) : figure(value))

function fastestRatio(work, row) {
  const peer = fastest(work, row)
  const value = peer && ratio(row, peer)
  return value === undefined ? '' : `${figure(value)} × ${peer}`
}

function postgrestRatio(row) {
  const value = ratio(row, 'postgrest')
  return value === undefined ? '' : figure(value)
}

/** One table of the works with this unit. */
function tableOf(works, results, names, unit, corner) {
  const rows = works
    .filter((work) => work.unit === unit && results[work.name])
    .map((work) => {
      const row = results[work.name]
      const cells = names.map((name) => cell(row[name], unit))
      return [work.title, ...cells, fastestRatio(work, row), postgrestRatio(row)]
    })
  if (rows.length === 0) return undefined
  return table([corner, ...names, 'oxbase / fastest peer', '/ postgrest'], rows)
}

/** What each peer did, one request after the other and 50 at once. */
export function resultsTables(works, results, names) {
  return [
    tableOf(works, results, names, 'µs', 'one by one, µs: median (p99)'),
    tableOf(works, results, names, '1/s', 'requests a second'),
  ].filter((each) => each !== undefined)
}

/** One line for each target, met or missed. */
export function targetsTable(works, judged) {
  const rows = judged.map(({ work, against, peer, limit, isTime, value, met }) => [
    works.find(({ name }) => name === work).title,
    against === peer ? peer : `${against}: ${peer}`,
    `${isTime ? '<=' : '>='} ${limit}`,
    figure(value),
    met ? 'pass' : 'MISS',
  ])
  return table(['target', '×', 'limit', 'value', ''], rows)
}

/** Which peer did not do which work, and why; a line for each reason. */
export function remarks(results) {
  const works = new Map()
  for (const [work, row] of Object.entries(results)) {
    for (const [peer, { error, unsupported }] of Object.entries(row)) {
      const reason = unsupported ?? error?.split('\n')[0]
      if (reason === undefined) continue
      const key = `${peer}: ${reason}`
      works.set(key, [...(works.get(key) ?? []), work])
    }
  }
  return [...works].map(([reason, names]) => `  ${names.join(', ')} not on ${reason}`)
}
