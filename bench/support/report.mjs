// The results as text for people (tables) and as JSON for programs.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { figure } from './stats.mjs'

/** Lines of a table; columns are as wide as their widest cell, all but the first to the right. */
export function table(header, rows) {
  const all = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column].length)))
  const line = (row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])
      )
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '─'.repeat(width)).join('  ')
  return [line(header), rule, ...rows.map(line)].join('\n')
}

function cell(figures) {
  if (!figures) return ''
  if (figures.unsupported) return 'n/a'
  if (figures.error) return 'failed'
  return `${figure(figures.median)} (${figure(figures.p99)})`
}

function bestPeer(row) {
  const others = Object.entries(row).filter(([name, { median }]) => name !== 'oxbase' && median > 0)
  return others.sort(([, a], [, b]) => a.median - b.median)[0]
}

function ratio(row) {
  const best = bestPeer(row)
  if (!best || !row.oxbase?.median) return ''
  return `${figure(row.oxbase.median / best[1].median)} × ${best[0]}`
}

/** Median and p99 of every peer, and oxbase's median divided by the best peer's. */
export function resultsTable(workloads, results, names) {
  const rows = workloads
    .filter(({ name }) => results[name])
    .map(({ name, title, unit }) => [
      title,
      unit,
      ...names.map((peer) => cell(results[name][peer])),
      ratio(results[name]),
    ])
  return table(['median (p99)', 'unit', ...names, 'oxbase / best peer'], rows)
}

/** One line per target, met or missed. */
export function targetsTable(workloads, judged) {
  const title = (name) => workloads.find((workload) => workload.name === name).title
  const rows = judged.map(({ workload, against, limit, value, met }) => [
    title(workload),
    against ? `× ${against}` : workloads.find(({ name }) => name === workload).unit,
    `<= ${limit}`,
    figure(value),
    met ? 'pass' : 'MISS',
  ])
  return table(['target', 'of', 'limit', 'value', ''], rows)
}

/** Why cells of the table are empty. */
export function remarks(results) {
  return Object.entries(results).flatMap(([workload, row]) =>
    Object.entries(row)
      .filter(([, figures]) => figures.error ?? figures.unsupported)
      .map(
        ([peer, { error, unsupported }]) =>
          `  ${workload}, ${peer}: ${unsupported ?? error.split('\n')[0]}`
      )
  )
}

export function save(path, report) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(report, undefined, 2)}\n`)
}
