// What this process holds: memory, threads, open files, what keeps its event loop alive. Threads and
// files are read from /proc; where there is none, they are left out.

import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'

const hasProc = existsSync('/proc/self/task')

/** How often each name is in a list, sorted by name. */
function counted(names) {
  const counts = {}
  for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

/** Names of the threads. One that ends while they are read is left out. */
function threads() {
  return readdirSync('/proc/self/task').flatMap((id) => {
    try {
      return [readFileSync(`/proc/self/task/${id}/comm`, 'utf8').trim()]
    } catch {
      return []
    }
  })
}

function files() {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      return []
    }
  })
}

/** What kind of file a descriptor is of: sockets and pipes have a number each. */
const kindOfFile = (path) => path.replace(/:?\[.*/, '')

/** Threads, files and handles by name, each with how many there are. */
export function holdings() {
  return {
    handles: counted(process.getActiveResourcesInfo()),
    threads: hasProc ? counted(threads()) : undefined,
    files: hasProc ? counted(files().map(kindOfFile)) : undefined,
  }
}

/** What is in `after` and not in `before`, as { name: how many more }. */
export function added(before = {}, after = {}) {
  const more = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)])
  return Object.fromEntries(more.filter(([, count]) => count > 0))
}

/** The open files below a directory. */
export function filesBelow(directory) {
  return hasProc ? files().filter((path) => path.startsWith(`${directory}/`)) : []
}

/** Resident memory in MiB, as Node and as the kernel say it. */
export function resident() {
  const node = process.memoryUsage.rss() / 2 ** 20
  if (!hasProc) return { node }
  const status = readFileSync('/proc/self/status', 'utf8')
  return { node, kernel: Number(/^VmRSS:\s+(\d+) kB/m.exec(status)[1]) / 1024 }
}
