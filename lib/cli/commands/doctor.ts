/** `oxbase doctor`: what is wrong with the installation, or with a directory. */
import { resolve } from 'node:path'
import { Exit } from '../cli-error'
import { option, type CommandSpec } from '../command'
import { examine } from '../doctor'
import { withProgress } from '../progress'
import { pad } from '../text'

const MARKS = { ok: '✓', note: '·', error: '✗' }
const STYLES = { ok: 'green', note: 'dim', error: 'red' } as const

/** `oxbase doctor`. */
export const doctor: CommandSpec<{ dir?: string }> = {
  name: 'doctor',
  summary: 'check the installation, or a database directory',
  details: 'The directory is only read. The exit code is 1 when something is wrong.',
  options: [option('--dir <path>', 'also look at this directory, table by table')],
  examples: [
    ['oxbase doctor', 'Node, addon, cache, engine, programs of PostgreSQL'],
    ['oxbase doctor --dir .oxbase/data', 'is everything in it readable?'],
  ],
  async run({ options, output }) {
    const dir = options.dir === undefined ? undefined : resolve(options.dir)
    const findings = await withProgress(output, 'Looking', () => examine(dir))
    const size = Math.max(...findings.map(({ name }) => name.length))
    for (const { name, state, what, advice } of findings) {
      output.print(`${output.style(STYLES[state], MARKS[state])} ${pad(name, size)}  ${what}`)
      if (advice !== undefined) output.print(`  ${pad('', size)}  → ${advice}`)
    }
    const ok = findings.every(({ state }) => state !== 'error')
    output.print(ok ? 'Nothing is wrong.' : 'Something is wrong.')
    output.value({ ok, findings })
    return ok ? Exit.ok : Exit.failed
  },
}
