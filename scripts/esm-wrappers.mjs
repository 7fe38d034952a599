// Writes dist/<entry>.mjs and .d.mts for each public entry, so that `import` and `require` share one copy.
// When: after each compile of lib/ (scripts/typescript.mjs). Names come from the built types, nothing is run.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { isMain, root } from './run.mjs'

/** The public entries: the files in dist/ that package.json exports for `import`. */
function entries() {
  const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  return Object.values(exports)
    .map((entry) => entry.import?.default)
    .filter((file) => file !== undefined)
    .map((file) => path.basename(file, '.mjs'))
}

/** The names of the values that a built module exports. */
function valueNames(program, file) {
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)
  const symbol = source && checker.getSymbolAtLocation(source)
  if (!symbol) return []
  const isValue = (each) => {
    const real = each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each
    return (real.flags & ts.SymbolFlags.Value) !== 0
  }
  // A name that `export type` gave is a type, whatever stands behind it.
  const isTypeOnly = (each) =>
    (each.declarations ?? []).some((node) => ts.isTypeOnlyImportOrExportDeclaration(node))
  return checker
    .getExportsOfModule(symbol)
    .filter((each) => isValue(each) && !isTypeOnly(each))
    .map((each) => each.name)
    .filter((name) => name !== 'default' && name !== 'prototype')
    .sort()
}

/** Writes the wrappers of all public entries. */
export function writeWrappers() {
  const dist = path.join(root, 'dist')
  const built = entries().filter((entry) => existsSync(path.join(dist, `${entry}.js`)))
  const types = built.map((entry) => path.join(dist, `${entry}.d.ts`))
  const program = ts.createProgram(types, {
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    esModuleInterop: true,
    skipLibCheck: true,
  })
  for (const [index, entry] of built.entries()) {
    const names = valueNames(program, types[index])
    const lines = [`import entry from './${entry}.js'`, 'export default entry']
    lines.push(...names.map((name) => `export const ${name} = entry.${name}`))
    writeFileSync(path.join(dist, `${entry}.mjs`), `${lines.join('\n')}\n`)
    const declarations = `import entry = require('./${entry}.js')\nexport default entry\n`
    const named = `export * from './${entry}.js'\n`
    const own = path.join(root, `lib/${entry}-esm.d.mts`)
    const text = existsSync(own) ? readFileSync(own, 'utf8') : ''
    writeFileSync(path.join(dist, `${entry}.d.mts`), declarations + named + text)
  }
}

if (isMain(import.meta.url)) writeWrappers()
