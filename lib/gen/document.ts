/**
 * Lays text out within a width, as Wadler's prettier printer does: a group stands on one line if it fits,
 * else all its own line ends break.
 */
import { textWidth } from './text-width'

/** A text with places where lines may end. */
export type Document =
  | string
  | readonly Document[]
  | { kind: 'line'; flat: string }
  | { kind: 'break' }
  | { kind: 'indent'; content: Document }
  | { kind: 'either'; broken: string; flat: string }
  | { kind: 'group'; content: Document; isBroken: boolean }

type Command = readonly [indent: number, isFlat: boolean, document: Document]

/** A space, or the end of a line. */
export const line: Document = { kind: 'line', flat: ' ' }

/** Nothing, or the end of a line. */
export const softLine: Document = { kind: 'line', flat: '' }

/** The end of a line, always. The groups around it break. */
export const hardBreak: Document = { kind: 'break' }

/** Two spaces more at the start of each further line. */
export const indent = (content: Document): Document => ({ kind: 'indent', content })

/** One text where the group breaks, another where it does not. */
export const either = (broken: string, flat: string): Document => ({ kind: 'either', broken, flat })

/** What stands on one line if it fits. */
export const group = (content: Document): Document => ({
  kind: 'group',
  content,
  isBroken: mustBreak(content),
})

/** The documents with another one between each two. */
export const join = (documents: readonly Document[], separator: Document): Document[] =>
  documents.flatMap((document, index) => (index === 0 ? [document] : [separator, document]))

function mustBreak(document: Document): boolean {
  if (typeof document === 'string') return false
  if (!('kind' in document)) return document.some(mustBreak)
  if (document.kind === 'indent') return mustBreak(document.content)
  return document.kind === 'break' || (document.kind === 'group' && document.isBroken)
}

/** Lays a document out. No line ends with a space. */
export function layOut(document: Document, width: number): string {
  const lines: string[] = []
  let current = ''
  let column = 0
  const waiting: Command[] = [[0, false, document]]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [spaces, isFlat, part] = next
    if (endsLine(next)) {
      lines.push(current.trimEnd())
      current = ' '.repeat(spaces)
      column = spaces
    } else if (typeof part !== 'string' && 'kind' in part && part.kind === 'group') {
      const whole: Command = [spaces, true, part.content]
      const fits = !part.isBroken && (isFlat || fit(whole, waiting, width - column))
      waiting.push(fits ? whole : [spaces, false, part.content])
    } else {
      const text = expand(next, waiting)
      current += text
      column += textWidth(text)
    }
  }
  return [...lines, current].join('\n')
}

/** Whether a command is the end of a line. */
function endsLine([, isFlat, document]: Command): boolean {
  if (typeof document === 'string' || !('kind' in document)) return false
  return document.kind === 'break' || (document.kind === 'line' && !isFlat)
}

/** Takes a command that needs no measuring: its text, or its parts onto the stack. */
function expand([spaces, isFlat, document]: Command, stack: Command[]): string {
  if (typeof document === 'string') return document
  if (!('kind' in document)) {
    for (const part of [...document].reverse()) stack.push([spaces, isFlat, part])
    return ''
  }
  if (document.kind === 'indent') stack.push([spaces + 2, isFlat, document.content])
  if (document.kind === 'group')
    stack.push([spaces, !document.isBroken && isFlat, document.content])
  if (document.kind === 'either') return isFlat ? document.flat : document.broken
  return document.kind === 'line' ? document.flat : ''
}

/** Whether a command, with what follows on its last line, has room in the width. */
function fit(command: Command, following: readonly Command[], width: number): boolean {
  const stack = [command]
  let rest = following.length
  for (let room = width; room >= 0;) {
    const next = stack.pop() ?? following[(rest -= 1)]
    if (next === undefined || endsLine(next)) return true
    room -= textWidth(expand(next, stack))
  }
  return false
}
