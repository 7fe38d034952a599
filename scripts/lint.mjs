// Lints: clippy, tsc and eslint, without a single warning; or only those that are named as arguments.
// When: `npm run lint`, and step by step in `npm run ready`.
import { mkdirSync } from 'node:fs'
import { cargoEnv } from './native.mjs'
import { mustRun, mustRunTool } from './run.mjs'

// The release profile, so that build scripts and macros are those that the build compiled.
const clippy = ['clippy', '--locked', '--release', '--all-targets', '--', '-D', 'warnings']

const lints = {
  async clippy() {
    mkdirSync(cargoEnv.NAPI_TYPE_DEF_TMP_FOLDER, { recursive: true })
    await mustRun('cargo', clippy, { env: cargoEnv })
  },
  async tsc() {
    await mustRunTool('typescript', ['-p', 'tsconfig.json', '--noEmit'], { bin: 'tsc' })
    await mustRunTool('typescript', ['-p', 'tsconfig.test.json'], { bin: 'tsc' })
  },
  async eslint() {
    await mustRunTool('eslint', ['--max-warnings=0', '.'])
  },
}

const wanted = process.argv.slice(2)
for (const name of wanted.length > 0 ? wanted : Object.keys(lints)) {
  if (!lints[name]) throw new Error(`There is no lint "${name}": ${Object.keys(lints).join(', ')}`)
  await lints[name]()
}
