import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { failure } from '../support/answers'
import { Database, temporaryDirectory } from '../support/embedded'

test('a directory with files of somebody else is refused and left as it is', async () => {
  const dataDir = temporaryDirectory()
  writeFileSync(join(dataDir, 'notes.txt'), 'mine')
  mkdirSync(join(dataDir, 'photos'))
  const error = await failure(Database.open({ dataDir }))
  expect(error.message).toMatch(/is not an oxbase database: it holds other files/)
  expect(readdirSync(dataDir).sort()).toEqual(['notes.txt', 'photos'])
  expect(readFileSync(join(dataDir, 'notes.txt'), 'utf8')).toBe('mine')
})

test('a symbolic link is refused for the directory it points to', async () => {
  const parent = temporaryDirectory()
  symlinkSync(join(parent, 'data'), join(parent, 'link'))
  const error = await failure(Database.open({ dataDir: join(parent, 'link') }))
  expect(error.message).toMatch(/symbolic link; give the directory it points to/)
  expect(readdirSync(parent)).toEqual(['link'])
})

test('a file in the place of the directory is refused and left as it is', async () => {
  const dataDir = join(temporaryDirectory(), 'file')
  writeFileSync(dataDir, 'content')
  const error = await failure(Database.open({ dataDir }))
  expect(error.message).toMatch(/not a directory/i)
  expect(readFileSync(dataDir, 'utf8')).toBe('content')
})

test('the directory of another PostgreSQL version is refused and left as it is', async () => {
  const dataDir = temporaryDirectory()
  writeFileSync(join(dataDir, 'PG_VERSION'), '16\n')
  mkdirSync(join(dataDir, 'base'))
  const error = await failure(Database.open({ dataDir }))
  expect(error.message).toMatch(/is not an oxbase database/)
  expect(readdirSync(dataDir).sort()).toEqual(['PG_VERSION', 'base'])
})

test('a directory that cannot be made is refused', async () => {
  const parent = join(temporaryDirectory(), 'file')
  writeFileSync(parent, '')
  const error = await failure(Database.open({ dataDir: join(parent, 'data') }))
  expect(error.message).toMatch(/data/)
  expect(statSync(parent).isFile()).toBe(true)
})

test('after a refusal the same path can be opened once it is in order', async () => {
  const parent = temporaryDirectory()
  const dataDir = join(parent, 'data')
  mkdirSync(dataDir)
  writeFileSync(join(dataDir, 'stray'), '')
  await failure(Database.open({ dataDir }))
  const fresh = await Database.open({ dataDir: join(parent, 'other') })
  expect((await fresh.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await fresh.close()
})
