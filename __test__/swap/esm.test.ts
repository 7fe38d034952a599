import { expect, test } from 'vitest'
import { run } from '../support/child'

test('import and require of oxbase give the same classes', async () => {
  const script = `
    import { createRequire } from 'node:module'
    import * as esm from 'oxbase'
    import fallback from 'oxbase'
    const cjs = createRequire(import.meta.url)('oxbase')
    const names = Object.keys(cjs).sort()
    console.log(JSON.stringify({
      same: names.every((name) => esm[name] === cjs[name]),
      default: fallback === cjs || fallback === undefined || fallback.Client === cjs.Client,
      names: Object.keys(esm).filter((name) => !['default', 'module.exports'].includes(name)).sort().join() === names.join(),
    }))`
  const { code, stdout, stderr } = await run(script, { type: 'module' })
  expect([code, stderr, stdout]).toEqual([0, '', '{"same":true,"default":true,"names":true}\n'])
})

test('oxbase exports what it promises', async () => {
  const { stdout } = await run("console.log(Object.keys(require('oxbase')).sort().join(' '))")
  expect(stdout.trim().split(' ')).toEqual(
    expect.arrayContaining(
      'Client DatabaseError Database PGlitePooler Pool Query QueryPriority Result TypeOverrides defaults escapeIdentifier escapeLiteral types'.split(
        ' '
      )
    )
  )
})

test('oxbase/pg exports every name of pg', async () => {
  const script = `
    const own = require('oxbase/pg')
    console.log(JSON.stringify(Object.getOwnPropertyNames(require('pg')).filter((name) => !(name in own))))`
  const { stdout } = await run(script, { env: { OXBASE_DB: 'pglite' } })
  expect(stdout).toBe('[]\n')
})
