// Checks the documents: relative links and anchors lead somewhere, and the npm scripts and tests they name exist.
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

/** Where a table's reference to a test leads: `file: name`, by the kind of file. */
function testFile(name) {
  if (name.endsWith('.rs')) return name
  if (name.startsWith('cli/')) return `__test__/${name}.test.ts`
  if (name.includes('/')) return `__test__/supabase/${name}.test.ts`
  return `__test__/supabase/rest/cases/${name}.ts`
}

const texts = new Map()

function textOf(file) {
  const name = path.join(root, file)
  if (!texts.has(name)) texts.set(name, existsSync(name) ? readFileSync(name, 'utf8') : undefined)
  return texts.get(name)
}

function checkTest(reference) {
  const at = reference.indexOf(': ')
  const file = testFile(reference.slice(0, at))
  const name = reference.slice(at + 2)
  const source = textOf(file)
  if (source === undefined) return `there is no ${file}`
  const found = file.endsWith('.rs')
    ? new RegExp(`#\\[test\\]\\n\\s*(async )?fn ${name}\\(`).test(source)
    : ["'", '"', '`'].some((quote) => source.includes(`${quote}${name}${quote}`))
  return found ? undefined : `${file} has no test "${name}"`
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
// In the ledgers the last cell of a row names the tests that show it.
let tests = 0
for (const file of ['docs/compatibility.md', 'docs/errors.md']) {
  const lines = textOf(file).split('\n')
  lines.forEach((line, index) => {
    const cell = line.split('|').at(-2)
    if (!line.startsWith('|') || cell === undefined) return
    for (const [, reference] of cell.matchAll(/`([\w./-]+: [^`]+)`/g)) {
      tests += 1
      const problem = checkTest(reference)
      if (problem) problems.push(`${file}:${index + 1}: ${problem}`)
    }
  })
}
for (const problem of problems) console.error(problem)
console.log(`Documents: ${files.length} files, ${tests} tests named, ${problems.length} problems`)
process.exitCode = problems.length > 0 ? 1 : 0
