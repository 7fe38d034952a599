// Compiles lib/ into dist/: CommonJS, its types, and one ES module wrapper for each public entry.
// When: by `npm run build`, and by scripts/prepare.mjs when a source in lib/ changed.
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import path from 'node:path'
import { writeWrappers } from './esm-wrappers.mjs'
import { root, run, tool } from './run.mjs'

const dist = path.join(root, 'dist')
const types = path.join(root, 'lib/binding.d.ts')
const stampFile = path.join(root, 'node_modules/.cache/oxbase/dist')

/** Every file below a folder, as paths from that folder. */
function files(folder) {
  if (!fs.existsSync(folder)) return []
  const entries = fs.readdirSync(folder, { recursive: true })
  return entries.filter((entry) => fs.statSync(path.join(folder, entry)).isFile()).sort()
}

/** A hash over everything that dist/ is made of. */
function sourceHash() {
  const hash = createHash('sha256')
  const settings = ['tsconfig.json', 'package.json', 'scripts/esm-wrappers.mjs']
  const sources = files(path.join(root, 'lib')).map((file) => path.join('lib', file))
  for (const file of [...settings, ...sources]) {
    hash
      .update(`${file}\0`)
      .update(fs.readFileSync(path.join(root, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

/** True when dist/ was built from the sources there are. */
export function isTypeScriptCurrent() {
  if (!fs.existsSync(stampFile) || !fs.existsSync(path.join(dist, 'index.js'))) return false
  return fs.readFileSync(stampFile, 'utf8') === sourceHash()
}

/** Declarations that name an optional peer hold for those, too, who do not have it. */
function tolerateMissingPeers(file) {
  const name = path.join(dist, file)
  const text = fs.readFileSync(name, 'utf8')
  const reason =
    '// @ts-ignore: an optional peer, whose types are only known where it is installed\n'
  const tolerant = text.replace(/^(?<!ignore: .*\n)(?=import .* from '@supabase\/)/gm, reason)
  if (tolerant !== text) fs.writeFileSync(name, tolerant)
}

/** Compiles lib/ into dist/ and removes from dist/ what has no source any more. */
export async function buildTypeScript() {
  const hash = sourceHash()
  const started = Date.now()
  const code = await run(process.execPath, [tool('typescript', 'tsc'), '-p', 'tsconfig.json'])
  // A declaration file is no source to the compiler, which therefore leaves it behind.
  fs.mkdirSync(dist, { recursive: true })
  fs.writeFileSync(path.join(dist, 'binding.d.ts'), fs.readFileSync(types))
  if (fs.existsSync(path.join(dist, 'index.js'))) writeWrappers()
  for (const file of files(dist)) if (/\.d\.m?ts$/.test(file)) tolerateMissingPeers(file)
  if (code !== 0) {
    console.error('\nlib/ does not compile')
    process.exit(code)
  }
  for (const file of files(dist)) {
    // File times may be a little coarser than the clock.
    if (fs.statSync(path.join(dist, file)).mtimeMs < started - 2000)
      fs.rmSync(path.join(dist, file))
  }
  fs.mkdirSync(path.dirname(stampFile), { recursive: true })
  fs.writeFileSync(stampFile, hash)
  console.log('Built dist/')
}
