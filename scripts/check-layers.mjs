// Checks the architecture: imports go down only; #[napi], unsafe and the native file each have one place.
// When: in `npm run ready`. The order of the layers is the one of docs/architecture.md.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { root } from './run.mjs'
import { blankOut, cratePaths, lineAt, modulePath, readRust, rustFiles } from './rust-source.mjs'

/** Lower numbers are lower layers; a module imports only from lower ones. */
const layers = {
  protocol: 0,
  sql: 0,
  http: 0,
  jwt: 0,
  engine: 1,
  session: 2,
  database: 3,
  tenant: 3,
  server: 4,
  join: 5,
  rest: 5,
  auth: 5,
  storage: 5,
  realtime: 5,
  functions: 5,
  gateway: 6,
  binding: 7,
}

/** Services know the session, not the wire server beside them. */
const services = ['rest', 'auth', 'storage', 'realtime', 'functions']
const wireServer = ['server', 'tenant', 'join']

/** Where `unsafe` may be written; everything else forbids it at its top. */
const mayBeUnsafe = (file) => file.startsWith('binding/') || file === 'engine/interrupt_signal.rs'

/** Modules above one that may be unsafe: a `forbid` there would reach down into it. */
const holdsUnsafe = ['lib.rs', 'engine/mod.rs', 'engine/interrupt.rs', 'engine.rs', 'binding.rs']

const problems = []
const report = (file, line, text) => problems.push(`${file}:${line}: ${text}`)

function mayImport(from, to) {
  if (from === to) return true
  if (services.includes(from) && wireServer.includes(to)) return false
  return layers[to] < layers[from]
}

function checkImports(file, code) {
  const own = modulePath(file)
  const layer = own[0]
  if (layer === undefined) return
  if (!(layer in layers)) {
    report(`src/${file}`, 1, `"${layer}" is in no layer; add it to scripts/check-layers.mjs`)
    return
  }
  for (const { path: target, at } of cratePaths(code, own)) {
    const to = target[0]
    // A name at the root that is no module (a macro, say) belongs to no layer.
    if (to in layers && !mayImport(layer, to)) {
      report(`src/${file}`, lineAt(code, at), `${layer} must not import ${to}`)
    }
    if (to === '*') report(`src/${file}`, lineAt(code, at), 'crate::* hides what is imported')
  }
}

function checkPlaces(file, source, code) {
  const name = `src/${file}`
  if (!source.startsWith('//!')) report(name, 1, 'a file opens with //! lines')
  for (const match of code.matchAll(/#!?\[(?:cfg_attr\([^\]]*,\s*)?napi\b/g)) {
    if (!file.startsWith('binding'))
      report(name, lineAt(code, match.index), '#[napi] outside binding')
  }
  if (mayBeUnsafe(file) || file === 'binding.rs') return
  for (const match of code.matchAll(/\bunsafe\b/g)) {
    report(name, lineAt(code, match.index), 'unsafe outside binding and engine/interrupt.rs')
  }
  if (!holdsUnsafe.includes(file) && !/^#!\[forbid\(unsafe_code\)\]/m.test(code)) {
    report(name, 1, 'has no #![forbid(unsafe_code)]')
  }
}

function checkBindingImports() {
  const folder = path.join(root, 'lib')
  if (!existsSync(folder)) return
  const files = readdirSync(folder, { recursive: true }).filter((file) => /\.[cm]?ts$/.test(file))
  const loads = /(?:from|import|require)\s*\(?\s*['"`]([^'"`]*(?:\/binding(?:\.\w+)?|\.node))['"`]/g
  for (const file of files.map((each) => each.replaceAll('\\', '/'))) {
    if (file === 'native.ts' || file === 'binding.d.ts') continue
    const source = readFileSync(path.join(folder, file), 'utf8')
    for (const match of source.matchAll(loads)) {
      report(`lib/${file}`, lineAt(source, match.index), 'only lib/native.ts imports the binding')
    }
  }
}

const sources = rustFiles()
for (const file of sources) {
  const source = readRust(file)
  const code = blankOut(source)
  checkImports(file, code)
  checkPlaces(file, source, code)
}
checkBindingImports()

for (const problem of problems) console.error(problem)
console.log(`Layers: ${sources.length} Rust files, ${problems.length} problems`)
process.exitCode = problems.length > 0 ? 1 : 0
