/**
 * `node --import oxbase/register app.mjs` or `node --require oxbase/register app.js`: when the flag
 * `OXBASE_DB` (or `COCALC_DB`) is `pglite`, `pg` means the embedded engine in the whole process, for
 * `require` and for `import`. Otherwise nothing changes.
 */
import { existsSync } from 'node:fs'
import Module from 'node:module'
import { join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isEmbedded } from './swap'

type Load = (
  request: string,
  parent: { filename?: string | null } | undefined,
  main: boolean
) => unknown

/** The member of `node:module` through which every `require` goes. */
interface Loader {
  _load: Load
}

interface ResolveContext {
  parentURL?: string | undefined
  conditions: readonly string[]
}
type Resolved = { url: string; shortCircuit?: boolean }
type Resolve = (
  specifier: string,
  context: ResolveContext,
  next: (specifier: string, context: ResolveContext) => Resolved
) => Resolved

/** Hooks of newer versions of Node, which run in the thread that imports. */
interface SyncHooks {
  registerHooks?: (hooks: { resolve: Resolve }) => void
}

/** Requests for `pg` itself, and for the file that it resolves to. */
const NAMES = new Set(['pg', 'pg/lib/index.js', 'pg/lib/index', 'pg/lib'])
const own = __dirname + sep

/** This package asks for `pg` too, and means it. */
function isOwn(filename: string | null | undefined): boolean {
  return filename?.startsWith(own) === true
}

function hookRequire(): void {
  const loader = Module as unknown as Loader
  const load = loader._load
  loader._load = function (request, parent, main): unknown {
    if (NAMES.has(request) && !isOwn(parent?.filename)) return require('./pg-entry') as unknown
    return load.call(this, request, parent, main)
  }
}

function hookImport(): void {
  const wrapper = join(__dirname, 'pg-entry.mjs')
  const file = existsSync(wrapper) ? wrapper : join(__dirname, 'pg-entry.js')
  const embedded = pathToFileURL(file).href
  const ownUrl = pathToFileURL(own).href
  const { registerHooks } = Module as unknown as SyncHooks
  if (registerHooks === undefined) {
    const hooks = pathToFileURL(join(__dirname, 'register-hooks.js'))
    Module.register(hooks, { data: { embedded, ownUrl } })
    return
  }
  registerHooks({
    resolve(specifier, context, next) {
      const imported = specifier === 'pg' && !context.conditions.includes('require')
      if (!imported || context.parentURL?.startsWith(ownUrl)) return next(specifier, context)
      return { url: embedded, shortCircuit: true }
    },
  })
}

if (isEmbedded()) {
  hookRequire()
  hookImport()
}
