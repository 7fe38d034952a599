// The results of the wire server's bench as tables, one for each section.

import { table } from '../support/report.mjs'
import { figure } from '../support/stats.mjs'
import { ratio } from './targets.mjs'

const MOST_NAMES = 4
const BESIDE = ['native', 'pglite-socket']
const count = (value) => (value >= 100 ? value.toFixed(0) : figure(value))

/** The median, and the 99th percentile where there are enough times to have one. */
function cell(figures, unit) {
  if (!figures) return ''
  if (figures.unsupported) return 'n/a'
  if (figures.error) return 'failed'
  const { median, p99, samples } = figures
  return unit === 'ms' && samples > 20 ? `${count(median)} (${count(p99)})` : count(median)
}

const times = (value) => (value === undefined ? '' : figure(value))

function sectionTable(section, works, results, names) {
  const measured = works.filter((work) => work.section === section)
  const columns = names.filter((name) =>
    measured.some((work) => {
      const figures = results[work.name][name]
      return figures && !figures.unsupported
    })
  )
  const beside = BESIDE.filter((name) => columns.includes(name) && columns.includes('oxbase'))
  const rows = measured.map((work) => {
    const row = results[work.name]
    const cells = columns.map((name) => cell(row[name], work.unit))
    return [work.title, work.unit, ...cells, ...beside.map((name) => times(ratio(row, name)))]
  })
  const header = [section, 'unit', ...columns, ...beside.map((name) => `oxbase / ${name}`)]
  return table(header, rows)
}

/** What each peer did: medians, and 99th percentiles of times. */
export function resultsTables(works, results, names) {
  const measured = works.filter(({ name }) => results[name])
  const sections = [...new Set(measured.map(({ section }) => section))]
  return sections.map((section) => sectionTable(section, measured, results, names))
}

/** One line for each target, met or missed. */
export function targetsTable(works, judged) {
  const rows = judged.map(({ work: name, against, atLeast, atMost, value, met }) => {
    const { title, unit } = works.find((work) => work.name === name)
    return [
      title,
      against === undefined ? unit : `× ${against}`,
      atLeast === undefined ? `<= ${atMost}` : `>= ${atLeast}`,
      value === undefined ? 'failed' : figure(value),
      met ? 'pass' : 'MISS',
    ]
  })
  return table(['target', 'of', 'limit', 'value', ''], rows)
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
  return [...works].map(([reason, names]) => `  ${reason}: ${listed(names)}`)
}

/** Some names, and how many there are beyond. */
function listed(names) {
  const rest = names.length - MOST_NAMES
  if (rest <= 0) return names.join(', ')
  return `${names.slice(0, MOST_NAMES).join(', ')} and ${rest} more`
}
