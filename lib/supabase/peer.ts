/** Loads a package that the user installs beside this one, when it is needed. */
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** Whether an error says that the package itself is not there, and not one that it needs. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as { code?: string; message?: string }
  const absent = code === 'MODULE_NOT_FOUND' || code === 'ERR_PACKAGE_PATH_NOT_EXPORTED'
  return absent && message?.includes(name) === true
}

/** The package, from beside this one or else from the application's directory. */
export function loadPeer(name: string, whatNeedsIt: string, install: string): unknown {
  const places = [__filename, join(process.cwd(), 'index.js')]
  for (const place of places) {
    try {
      return createRequire(place)(name) as unknown
    } catch (error) {
      if (!isMissing(error, name)) throw error
    }
  }
  throw new Error(
    `oxbase: ${whatNeedsIt} needs ${name}, which is not installed: npm install ${install}`
  )
}
