import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../support/child'
import { temporaryDirectory } from '../support/embedded'

const FIRST_ROW = `
  const { Database } = require('oxbase')
  Database.open({ dataDir: 'memory://' }).then(async (database) => {
    console.log(JSON.stringify((await database.query('select 1 as one')).rows))
    await database.close()
  })`
const start = (cache: string) => run(FIRST_ROW, { env: { OXBASE_CACHE_DIR: cache } })
const FINE = { code: 0, signal: null, stdout: '[{"one":1}]\n', stderr: '' }

test('processes that start at once with an empty cache all get a database', async () => {
  const cache = join(temporaryDirectory(), 'cache')
  const outcomes = await Promise.all([start(cache), start(cache), start(cache), start(cache)])
  expect(outcomes).toEqual([FINE, FINE, FINE, FINE])
  const kept = readdirSync(cache)
  expect(kept.filter((name) => /tmp|partial/.test(name))).toEqual([])
  expect(await start(cache)).toEqual(FINE)
  expect(readdirSync(cache)).toEqual(kept)
})

test('a cache that was removed is made anew', async () => {
  const cache = join(temporaryDirectory(), 'cache')
  expect(await start(cache)).toEqual(FINE)
  rmSync(cache, { recursive: true })
  expect(await start(cache)).toEqual(FINE)
})

test('a cache that cannot be written is done without', async () => {
  const file = join(temporaryDirectory(), 'file')
  writeFileSync(file, '')
  expect(await start(join(file, 'cache'))).toEqual(FINE)
})
