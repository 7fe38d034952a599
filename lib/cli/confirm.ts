/** Asks before something is lost. */
import { createInterface } from 'node:readline'
import { CliError, Exit } from './cli-error'

/** Asks at the terminal; without one, `--yes` has to say it. */
export async function confirm(question: string, yes: boolean, signal: AbortSignal): Promise<void> {
  if (yes) return
  if (!process.stdin.isTTY) {
    throw CliError.usage(question.replace(/\?$/, ': nobody is there to be asked'), 'add --yes')
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await new Promise<string>((resolve, reject) => {
    const stop = (): void => reject(new CliError('interrupted', { exitCode: Exit.interrupted }))
    signal.addEventListener('abort', stop, { once: true })
    terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
    terminal.once('close', () => resolve(''))
    terminal.question(`${question} [y/N] `, resolve)
  }).finally(() => terminal.close())
  if (!/^y(es)?$/i.test(answer.trim())) throw new CliError('nothing was changed')
}
