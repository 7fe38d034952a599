/** The small psql at a terminal: prompts, several lines for a statement, Ctrl-C for the statement that runs. */
import { createInterface } from 'node:readline'
import { StatementSplitter } from '../sql/splitter'
import type { Shell } from './shell'

/** Reads statements from the terminal until `\q` or Ctrl-D. */
export async function runInteractive(shell: Shell, cancel: () => void): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout, terminal: true })
  let splitter = new StatementSplitter()
  let running = false
  const prompt = (): void => {
    const { pending } = splitter
    terminal.setPrompt(`postgres${pending === '' ? '=' : pending}# `)
    terminal.prompt()
  }
  terminal.on('SIGINT', () => {
    if (running) return cancel()
    splitter = new StatementSplitter()
    // Clears what stands on the line.
    terminal.write(null, { ctrl: true, name: 'e' })
    terminal.write(null, { ctrl: true, name: 'u' })
    process.stdout.write('\n')
    prompt()
  })
  // One iterator for statements and for data: leaving a loop over the terminal would close it.
  const lines = terminal[Symbol.asyncIterator]()
  shell.readCopyFrom(() => copyLines(lines))
  process.stdout.write('oxbase psql. \\? for help.\n')
  prompt()
  while (shell.exit === undefined) {
    const read = await lines.next()
    if (read.done === true) break
    splitter.feed(`${read.value}\n`)
    for (let piece = splitter.next(); piece !== undefined; piece = splitter.next()) {
      running = true
      await shell.piece(piece, () => splitter.takePending())
      running = false
      if (shell.exit !== undefined) break
    }
    if (shell.exit === undefined) prompt()
  }
  terminal.close()
}

/** Lines for COPY, up to one with `\.` */
async function* copyLines(lines: AsyncIterator<string>): AsyncGenerator<string> {
  for (;;) {
    const read = await lines.next()
    if (read.done === true || read.value === '\\.') return
    yield `${read.value}\n`
  }
}
