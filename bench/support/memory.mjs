// Memory of other processes, from /proc: proportional set size, so that pages that the processes of
// a server share are counted once.

import { readFileSync, readdirSync } from 'node:fs'

function proportional(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)[1]) / 1024
}

function parent(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

/** MiB of a process and its children; 0 where there is no /proc. */
export function treeMemory(root) {
  if (process.platform !== 'linux') return 0
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  const members = pids.filter((pid) => {
    try {
      return pid === root || parent(pid) === root
    } catch {
      return false // it ended in between
    }
  })
  return members.reduce((total, pid) => total + proportional(pid), 0)
}
