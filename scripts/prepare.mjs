// Makes a checkout ready to run: dependencies, native file, dist/; whatever is up to date is left alone.
// When: at the start of `npm test`, `npm start` and the other scripts that run the package.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { isMain, mustRun, root } from './run.mjs'

/** True when node_modules holds exactly the versions that package-lock.json names. */
function areDependenciesCurrent() {
  const installed = path.join(root, 'node_modules/.package-lock.json')
  if (!existsSync(installed)) return false
  const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages
  const present = JSON.parse(readFileSync(installed, 'utf8')).packages
  return Object.entries(wanted).every(([name, { version, optional }]) => {
    if (name === '') return true
    // An optional package may be one for another platform.
    return present[name] ? present[name].version === version : optional === true
  })
}

/** Installs the locked dependencies when they are missing or others are there. */
export async function ensureDependencies() {
  if (areDependenciesCurrent()) return
  await mustRun('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
}

/** Brings dependencies, native file and dist/ up to date. */
export async function prepare() {
  await ensureDependencies()
  const { buildNative, isNativeCurrent } = await import('./native.mjs')
  const { buildTypeScript, isTypeScriptCurrent } = await import('./typescript.mjs')
  if (!isNativeCurrent()) await buildNative('release')
  if (!isTypeScriptCurrent()) await buildTypeScript()
}

if (isMain(import.meta.url)) await prepare()
