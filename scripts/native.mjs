// Builds the native file oxbase.<platform>.node with cargo, and its types lib/binding.d.ts.
// When: by `npm run build`, and by scripts/prepare.mjs when a Rust source changed.
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import path from 'node:path'
import { mustRun, root } from './run.mjs'

/** Where cargo puts what it builds. */
export const target = path.resolve(root, process.env.CARGO_TARGET_DIR ?? 'target')

/** Cargo flags and output folder of the two builds. */
const profiles = {
  release: { flags: ['--release'], folder: 'release' },
  debug: { flags: [], folder: 'debug' },
}

/** The platforms there are: Node's name for them, and the package that carries the native file. */
const platforms = {
  'darwin-arm64': { name: 'darwin-arm64', library: 'liboxbase.dylib' },
  'linux-arm64': { name: 'linux-arm64-gnu', library: 'liboxbase.so' },
  'linux-x64': { name: 'linux-x64-gnu', library: 'liboxbase.so' },
  'win32-x64': { name: 'win32-x64-msvc', library: 'oxbase.dll' },
}

/** The platform this process runs on; ends the script where the engine does not exist. */
export function platform() {
  const here = platforms[`${process.platform}-${process.arch}`]
  if (here) return here
  const names = Object.values(platforms).map((each) => each.name)
  console.error(`oxbase cannot be built here; it exists for ${names.join(', ')}`)
  process.exit(1)
}

/** The native file in the repository's root. */
export function nativeFile() {
  return path.join(root, `oxbase.${platform().name}.node`)
}

// napi's macros write the types they see into this folder; build.rs runs again when it changes, so
// that every cargo command of these scripts has to name the same one.
const typeFolder = path.join(target, 'napi-types')
const typeFile = path.join(typeFolder, 'oxbase')
const typesFile = path.join(root, 'lib/binding.d.ts')

/** The environment of every cargo command, so that none of them undoes another one's build. */
export const cargoEnv = { NAPI_TYPE_DEF_TMP_FOLDER: typeFolder, RUST_BACKTRACE: '0' }

/** A hash over everything that the native file is made of. */
export function sourceHash() {
  const hash = createHash('sha256')
  const inside = fs.readdirSync(path.join(root, 'src'), { recursive: true })
  const files = ['Cargo.toml', 'Cargo.lock', 'build.rs', ...inside.map((file) => `src/${file}`)]
  for (const file of files.sort()) {
    const name = path.join(root, file)
    if (!fs.statSync(name).isFile()) continue
    hash.update(`${file}\0`).update(fs.readFileSync(name)).update('\0')
  }
  return hash.digest('hex')
}

const stampFile = path.join(target, 'oxbase-build.json')

/** What the native file was built from: `{ hash, profile }`, or undefined. */
function stamp() {
  return fs.existsSync(stampFile) ? JSON.parse(fs.readFileSync(stampFile, 'utf8')) : undefined
}

/** True when the native file exists and was built, in either profile, from the sources there are. */
export function isNativeCurrent() {
  return fs.existsSync(nativeFile()) && stamp()?.hash === sourceHash()
}

/** Builds the native file in `profile`, 'release' or 'debug'. Cargo does only what is needed. */
export async function buildNative(profile) {
  const { flags, folder } = profiles[profile]
  const hash = sourceHash()
  const started = Date.now()
  const env = { ...cargoEnv }
  // Without types there is nothing to write lib/binding.d.ts from, even if cargo finds all up to date.
  if (!fs.existsSync(typesFile) || !fs.existsSync(typeFile))
    env.NAPI_FORCE_BUILD_OXBASE = `${started}`
  fs.mkdirSync(typeFolder, { recursive: true })
  await mustRun('cargo', ['build', '--locked', ...flags], { env })
  // A file that a process has loaded must not be written over: it is replaced.
  const fresh = `${nativeFile()}.tmp`
  fs.copyFileSync(path.join(target, folder, platform().library), fresh)
  fs.renameSync(fresh, nativeFile())
  await writeTypes(started)
  fs.writeFileSync(stampFile, JSON.stringify({ hash, profile }))
  console.log(`Built ${path.basename(nativeFile())} (${profile})`)
}

/** Writes lib/binding.d.ts, when the build that started then compiled the macros again. */
async function writeTypes(started) {
  if (!fs.existsSync(typeFile) || fs.statSync(typeFile).mtimeMs < started - 2000) return
  const { generateTypeDef } = await import('@napi-rs/cli')
  const { dts } = await generateTypeDef({ typeDefDir: typeFolder, cwd: root })
  const present = fs.existsSync(typesFile) ? fs.readFileSync(typesFile, 'utf8') : undefined
  if (present !== dts) fs.writeFileSync(typesFile, dts)
}
