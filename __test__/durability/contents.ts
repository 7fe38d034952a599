// What is in a directory, to the byte, so that a test can say that nothing was changed.
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Every name below, with size, mode, time of change and content. */
export function contents(root: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(root, name)
    const status = lstatSync(path)
    const hash = status.isFile()
      ? createHash('sha256').update(readFileSync(path)).digest('hex')
      : ''
    const time = status.isFile() ? status.mtimeMs : 0
    found[name] = [status.mode.toString(8), status.size, time, hash].join(' ')
  }
  return found
}
