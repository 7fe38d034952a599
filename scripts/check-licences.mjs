// Checks the licence and source of every dependency against deny.toml, for machines without cargo-deny.
// When: in `npm run ready`. On GitHub cargo-deny itself reads deny.toml too, for advisories and bans.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { read, root } from './run.mjs'

/** The one place that crates come from, as cargo names it. */
const cratesIo = 'registry+https://github.com/rust-lang/crates.io-index'

const deny = readFileSync(path.join(root, 'deny.toml'), 'utf8').replace(/^\s*#.*$/gm, '')

/** The licences that `[licenses] allow` lists. */
const allowed = new Set(
  [.../^allow = \[([\s\S]*?)\]/m.exec(deny)[1].matchAll(/"([^"]+)"/g)].map((match) => match[1])
)

/** Licences that one crate alone may have: `{ crate = "name", allow = ["licence"] }`. */
const exceptions = new Map(
  [...deny.matchAll(/\{ crate = "([^"]+)", allow = \[([^\]]*)\] \}/g)].map((match) => [
    match[1],
    new Set([...match[2].matchAll(/"([^"]+)"/g)].map((each) => each[1])),
  ])
)

/** Texts that stand in for a missing licence field: `[[licenses.clarify]]`. */
const clarified = new Map(
  [...deny.matchAll(/crate = "([^"]+)"\s*\nexpression = "([^"]+)"/g)].map((match) => [
    match[1],
    match[2],
  ])
)

/** True when an SPDX expression can be met with the licences that `accepts` accepts. */
function isMet(expression, accepts) {
  const tokens = expression.replaceAll('/', ' OR ').match(/\(|\)|[^\s()]+/g) ?? []
  let at = 0
  const single = () => {
    if (tokens[at] === '(') {
      at++
      const inner = either()
      at++
      return inner
    }
    let name = tokens[at++]
    if (tokens[at] === 'WITH') name = `${name} WITH ${tokens[at + 1]}`
    if (tokens[at] === 'WITH') at += 2
    return accepts(name)
  }
  const both = () => {
    let met = single()
    while (tokens[at] === 'AND') {
      at++
      met = single() && met
    }
    return met
  }
  const either = () => {
    let met = both()
    while (tokens[at] === 'OR') {
      at++
      met = both() || met
    }
    return met
  }
  return tokens.length > 0 && either() && at === tokens.length
}

const problems = []

function checkCrates() {
  const metadata = read('cargo', ['metadata', '--format-version', '1', '--locked'])
  if (metadata === undefined) {
    problems.push('cargo metadata failed: is Cargo.lock up to date?')
    return 0
  }
  const { packages } = JSON.parse(metadata)
  for (const { name, version, license, source } of packages) {
    if (source === null) continue
    if (source !== cratesIo) problems.push(`crate ${name} ${version} comes from ${source}`)
    const accepts = (each) => allowed.has(each) || (exceptions.get(name)?.has(each) ?? false)
    const expression = license ?? clarified.get(name)
    if (!expression || !isMet(expression, accepts)) {
      problems.push(`crate ${name} ${version} has licence ${expression ?? 'unknown'}`)
    }
  }
  return packages.length
}

/** The npm packages. The licence matters of those that are installed with oxbase, not of its tools. */
function checkPackages() {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'))
  // A link is to a folder of this repository, which has an entry of its own.
  const all = Object.entries(lock.packages).filter(([name, { link }]) => name !== '' && !link)
  for (const [name, { resolved }] of all) {
    if (resolved !== undefined) problems.push(`package-lock.json says where ${name} comes from`)
  }
  const shipped = all.filter(([, { dev, devOptional }]) => !dev && !devOptional)
  for (const [name, { version, license }] of shipped) {
    if (!isMet(license ?? '', (each) => allowed.has(each))) {
      problems.push(`package ${name} ${version} has licence ${license ?? 'unknown'}`)
    }
  }
  return shipped.length
}

const crates = checkCrates()
const packages = checkPackages()
for (const problem of problems) console.error(problem)
console.log(`Licences: ${crates} crates, ${packages} packages, ${problems.length} problems`)
process.exitCode = problems.length > 0 ? 1 : 0
