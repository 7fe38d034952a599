// Checks the documents: relative links and anchors lead somewhere, and the npm scripts they name exist.
// When: `npm run docs:check`, and in `npm run ready`.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { root } from './run.mjs'

const skipped = new Set(['.cache', '.git', 'dist', 'node_modules', 'target'])

function documents(folder = root) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name)
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : documents(name)
    return entry.name.endsWith('.md') ? [name] : []
  })
}

/** The text with fenced code taken out, line by line, so that line numbers stay. */
function prose(text) {
  let fenced = false
  const lines = text.split('\n').map((line) => {
    const isFence = /^\s*(```|~~~)/.test(line)
    if (isFence) fenced = !fenced
    return isFence || fenced ? '' : line
  })
  return lines.join('\n')
}

/** The anchor that a heading gets: lower case, without punctuation, dashes for spaces. */
function anchor(heading) {
  const text = heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
  return text.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')
}

function anchors(file) {
  const found = new Set()
  for (const [, heading] of prose(readFileSync(file, 'utf8')).matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    let name = anchor(heading)
    for (let i = 1; found.has(name); i++) name = `${anchor(heading)}-${i}`
    found.add(name)
  }
  return found
}

const problems = []
const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))

function checkLink(file, link) {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return undefined
  const [target, fragment] = decodeURI(link).split('#')
  const wanted = target === '' ? file : path.resolve(path.dirname(file), target)
  if (!existsSync(wanted)) return `there is no ${link}`
  if (!fragment || !statSync(wanted).isFile() || !wanted.endsWith('.md')) return undefined
  return anchors(wanted).has(fragment) ? undefined : `${target || 'this file'} has no #${fragment}`
}

function checkScript(name) {
  if (name in scripts) return undefined
  return `package.json has no script "${name}"`
}

const files = documents()
for (const file of files) {
  const text = readFileSync(file, 'utf8')
  const report = (at, problem) => {
    if (!problem) return
    const line = text.slice(0, at).split('\n').length
    problems.push(`${path.relative(root, file)}:${line}: ${problem}`)
  }
  const links = prose(text)
  // Inline links and images, then reference definitions.
  for (const match of links.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)) {
    const at = text.indexOf(match[0])
    report(at, checkLink(file, match[1]))
  }
  for (const match of links.matchAll(/^\[[^\]]+\]:\s+(\S+)/gm)) {
    report(text.indexOf(match[0]), checkLink(file, match[1]))
  }
  for (const match of text.matchAll(/\bnpm run ([a-z][\w:-]*)/g)) {
    report(match.index, checkScript(match[1]))
  }
  for (const match of text.matchAll(/\bnpm (start|test)\b/g)) {
    report(match.index, checkScript(match[1]))
  }
}
for (const problem of problems) console.error(problem)
console.log(`Documents: ${files.length} files, ${problems.length} problems`)
process.exitCode = problems.length > 0 ? 1 : 0
