/** Shows on a terminal that something takes time; says nothing where nobody looks. */
import type { Output } from './output'

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
/** What is over before that needs no sign of life. */
const QUIET_MS = 1000
const FRAME_MS = 100

/** Runs `work`; when it takes more than a second, a line on standard error says that it goes on. */
export async function withProgress<T>(
  output: Output,
  text: string | (() => string),
  work: () => Promise<T>
): Promise<T> {
  if (!output.isWatched) return work()
  const { stderr } = process
  let frame = 0
  const show = (): void => {
    const line = typeof text === 'string' ? text : text()
    stderr.write(`\r\u001b[K${FRAMES[frame % FRAMES.length]} ${line}`)
    frame += 1
  }
  let shown: NodeJS.Timeout | undefined
  const begin = setTimeout(() => {
    show()
    shown = setInterval(show, FRAME_MS).unref()
  }, QUIET_MS).unref()
  try {
    return await work()
  } finally {
    clearTimeout(begin)
    clearInterval(shown)
    if (frame > 0) stderr.write('\r\u001b[K')
  }
}
