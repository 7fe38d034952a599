// The report as text for people.

import { table } from '../support/report.mjs'
import { figure } from '../support/stats.mjs'

/** About so many figures of the memory series are shown. */
const FIGURES = 20

function kindsTable(kinds) {
  const rows = kinds.map(({ kind, steps, errors, unexpected, p50, p99, max }) => [
    kind,
    ...[steps, errors, unexpected].map(String),
    ...[p50, p99, max].map(figure),
  ])
  const header = ['actors', 'steps', 'expected errors', 'unexpected', 'p50 ms', 'p99 ms', 'max ms']
  return table(header, rows)
}

function memoryLine(samples) {
  const every = Math.max(1, Math.floor(samples.length / FIGURES))
  const shown = samples.filter((_, at) => (at + 1) % every === 0)
  const figures = shown.map(([, , mib]) => mib.toFixed(0)).join(' ')
  return `Resident memory in MiB, every ${every} s of load: ${figures}`
}

function named(counts) {
  const parts = Object.entries(counts ?? {}).map(([name, count]) => `${name} ${count}`)
  return parts.join(', ') || 'none'
}

function verdictLines(verdicts) {
  const width = Math.max(...verdicts.map(({ name }) => name.length))
  const line = ({ name, ok, says }) => `${name.padEnd(width)}  ${ok ? 'pass' : 'FAIL'}  ${says}`
  return verdicts.map(line)
}

/** All that a soak found, the verdicts last. */
export function reportText(report) {
  if (report.kinds === undefined) return verdictLines(report.verdicts).join('\n')
  const { seed, minutes, clients, dataDir, without, errors, restarts, openings, kills } = report
  const what = `${minutes} min, ${clients} clients, ${dataDir}, seed ${seed}`
  return [
    `Soak: ${what}${without.length > 0 ? `, without ${without.join(', ')}` : ''}`,
    '',
    kindsTable(report.kinds),
    '',
    `Expected errors by code: ${named(errors)}`,
    `Backend restarts: ${restarts}; rounds, each on a fresh opening: ${openings}; processes killed: ${kills.length}`,
    `Threads at the start: ${named(report.holdings.bare?.threads)}`,
    `Threads with the runtime's pool: ${named(report.holdings.before?.threads)}`,
    `Threads at the end: ${named(report.holdings.after?.threads)}`,
    memoryLine(report.memory),
    '',
    ...verdictLines(report.verdicts),
  ].join('\n')
}
