// Reads Rust sources for the checks: blanks out comments and literals, finds functions and paths.
// When: imported by scripts/check-layers.mjs and scripts/ruler.mjs; it does nothing by itself.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { root } from './run.mjs'

/** The `.rs` files of src/, as paths from src/ with forward slashes. */
export function rustFiles() {
  const folder = path.join(root, 'src')
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { recursive: true }).map((entry) =>
    entry.replaceAll('\\', '/')
  )
  return entries.filter((entry) => entry.endsWith('.rs')).sort()
}

/** The text of a file that `rustFiles` named. */
export function readRust(file) {
  return readFileSync(path.join(root, 'src', file), 'utf8')
}

// In order: line comments, raw strings, strings, character literals. A lifetime is none of them.
const literal =
  /\/\/[^\n]*|\b(?:br|cr|r)(#*)"[\s\S]*?"\1|"(?:\\[\s\S]|[^"\\])*"|'(?:\\u\{[^}]*\}|\\x..|\\.|[^'\\\n])'/y

/** The source with the inside of comments and literals replaced by spaces; lines stay where they are. */
export function blankOut(source) {
  const blank = (text) => text.replace(/[^\n]/g, ' ')
  let out = ''
  let at = 0
  while (at < source.length) {
    if (source.startsWith('/*', at)) {
      const end = blockCommentEnd(source, at)
      out += blank(source.slice(at, end))
      at = end
      continue
    }
    literal.lastIndex = at
    const match = /[/"'bcr]/.test(source[at]) ? literal.exec(source) : null
    out += match ? blank(match[0]) : source[at]
    at += match ? match[0].length : 1
  }
  return out
}

/** Where the block comment that starts at `at` ends; they nest. */
function blockCommentEnd(source, at) {
  let depth = 0
  for (let i = at; i < source.length - 1; i++) {
    const pair = source.slice(i, i + 2)
    if (pair === '/*') depth++
    if (pair === '*/') depth--
    if (pair === '/*' || pair === '*/') i++
    if (depth === 0) return i + 1
  }
  return source.length
}

/** Where the block that opens at `at` ends (one past its closing bracket). */
export function blockEnd(code, at) {
  const pairs = { '{': '}', '(': ')', '[': ']' }
  const open = code[at]
  let depth = 0
  for (let i = at; i < code.length; i++) {
    if (code[i] === open) depth++
    if (code[i] === pairs[open] && --depth === 0) return i + 1
  }
  return code.length
}

/** The `#[cfg(test)]` modules of blanked code, as `{ start, end }` offsets. */
export function testModules(code) {
  const head =
    /#\[cfg\((?:test|all\(test)[^\]]*\]\s*(?:#\[[^\]]*\]\s*)*(?:pub(?:\(crate\))?\s+)?mod\s+\w+\s*\{/g
  return [...code.matchAll(head)].map((match) => ({
    start: match.index,
    end: blockEnd(code, match.index + match[0].length - 1),
  }))
}

/** The functions with a body in blanked code: `{ name, start, end }`, as offsets. */
export function functions(code) {
  const found = []
  for (const match of code.matchAll(/\bfn\s+(\w+)/g)) {
    let at = match.index + match[0].length
    // Generics hold no braces here; the parameter list is skipped, the rest is the return type.
    while (at < code.length && code[at] !== '(') at++
    at = blockEnd(code, at)
    while (at < code.length && code[at] !== '{' && code[at] !== ';') {
      at = code[at] === '[' ? blockEnd(code, at) : at + 1
    }
    if (code[at] === '{')
      found.push({ name: match[1], start: match.index, end: blockEnd(code, at) })
  }
  return found
}

/** The first two segments of every path that starts at the crate's root: `['session', 'Session']`. */
export function cratePaths(code, modulePath) {
  const found = []
  for (const match of code.matchAll(/\b(crate|super(?:\s*::\s*super)*)\s*::\s*/g)) {
    const ups = match[1] === 'crate' ? modulePath.length : match[1].split('::').length
    const base = modulePath.slice(0, Math.max(0, modulePath.length - ups))
    for (const tail of heads(code, match.index + match[0].length)) {
      found.push({ path: [...base, tail], at: match.index })
    }
  }
  return found
}

/** The names right after `crate::`: one, or those inside the braces of a group. */
function heads(code, at) {
  if (code[at] !== '{') return [/^\w+|^\*/.exec(code.slice(at, at + 80))?.[0] ?? '']
  const inside = code.slice(at + 1, blockEnd(code, at) - 1)
  let depth = 0
  const parts = ['']
  for (const char of inside) {
    if (char === '{') depth++
    if (char === '}') depth--
    if (char === ',' && depth === 0) parts.push('')
    else parts[parts.length - 1] += char
  }
  return parts.map((part) => /\w+|\*/.exec(part)?.[0] ?? '').filter((name) => name !== '')
}

/** The module path of a file below src/: `session/switch.rs` → ['session', 'switch']. */
export function modulePath(file) {
  const parts = file.replace(/\.rs$/, '').split('/')
  if (['mod', 'lib', 'main'].includes(parts.at(-1))) parts.pop()
  return parts
}

/** The line number of an offset. */
export function lineAt(code, at) {
  return code.slice(0, at).split('\n').length
}
