// Measures files and functions in non-blank lines, inline tests cut: over the limit fails, near it warns.
// When: in `npm run ready`. A file whose first lines say @generated is not measured.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { root } from './run.mjs'
import { blankOut, functions, readRust, rustFiles, testModules } from './rust-source.mjs'

/** Above `warn` a size is shown; above `fail` it has to be cut down. */
const limits = {
  file: { warn: 400, fail: 600 },
  function: { warn: 60, fail: 100 },
}

const lines = (text) => text.split('\n').filter((line) => line.trim() !== '').length
const isGenerated = (source) => source.slice(0, 300).includes('@generated')

/** Sizes of one Rust file: the file, and each function in it, without the inline tests. */
function measureRust(file) {
  const source = readRust(file)
  if (isGenerated(source)) return []
  const code = blankOut(source)
  const tests = testModules(code)
  const isTest = (at) => tests.some(({ start, end }) => at >= start && at < end)
  const testLines = tests.reduce((sum, { start, end }) => sum + lines(source.slice(start, end)), 0)
  const inside = functions(code)
    .filter(({ start }) => !isTest(start))
    .map(({ name, start, end }) => ({
      what: 'function',
      name: `src/${file} ${name}`,
      size: lines(source.slice(start, end)),
    }))
  return [{ what: 'file', name: `src/${file}`, size: lines(source) - testLines }, ...inside]
}

/** Sizes of one TypeScript or JavaScript file. */
function measureScript(file) {
  const source = readFileSync(path.join(root, file), 'utf8')
  if (isGenerated(source)) return []
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
  const found = [{ what: 'file', name: file, size: lines(source) }]
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body) {
      const name = node.name?.getText() ?? 'anonymous function'
      found.push({ what: 'function', name: `${file} ${name}`, size: lines(node.getText()) })
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

function scriptFiles() {
  return ['lib', 'scripts', 'bench', 'examples']
    .filter((folder) => existsSync(path.join(root, folder)))
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true }).map((file) =>
        path.join(folder, file)
      )
    )
    .filter((file) => /\.[cm]?[jt]s$/.test(file) && !/\.d\.[cm]?ts$/.test(file))
    .sort()
}

const sizes = [...rustFiles().flatMap(measureRust), ...scriptFiles().flatMap(measureScript)]
let failed = 0
for (const { what, name, size } of sizes.sort((a, b) => b.size - a.size)) {
  const { warn, fail } = limits[what]
  if (size <= warn) continue
  if (size > fail) failed++
  const verdict = size > fail ? `more than ${fail}` : `warning: more than ${warn}`
  console.log(`${name}: ${size} lines, ${verdict}`)
}
console.log(`Sizes: ${sizes.length} files and functions, ${failed} over the limit`)
process.exitCode = failed > 0 ? 1 : 0
