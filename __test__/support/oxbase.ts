// Loads the package as its users do: by its own name, from the built `dist`.
import { createRequire } from 'node:module'
import type * as Oxbase from 'oxbase'

const require = createRequire(import.meta.url)

export function load(): typeof Oxbase {
  return require('oxbase') as typeof Oxbase
}

/** Client, Pool and Database options of a database in memory that nothing else opens. */
export function privateDatabase(name = `own_${process.pid}_${(count += 1)}`) {
  return { dataDir: 'memory://', name }
}

let count = 0
