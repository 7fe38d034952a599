// Builds the native file and dist/; `--debug` takes cargo's dev profile, which compiles in less time.
// When: `npm run build` and `npm run build:debug`.
import { ensureDependencies } from './prepare.mjs'

await ensureDependencies()
// Loaded afterwards, because these need what the line above installs.
const { buildNative } = await import('./native.mjs')
const { buildTypeScript } = await import('./typescript.mjs')
await buildNative(process.argv.includes('--debug') ? 'debug' : 'release')
await buildTypeScript()
