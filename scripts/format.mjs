// Formats everything with rustfmt and prettier; `--check` only says what differs, and fails.
// When: `npm run format`, and with `--check` in `npm run ready`.
import { mustRun, mustRunTool } from './run.mjs'

const check = process.argv.includes('--check')
await mustRun('cargo', check ? ['fmt', '--check'] : ['fmt'])
await mustRunTool('prettier', [check ? '--check' : '--write', '--log-level=warn', '.'])
