/** The examples that the documents quote run as they are, and print what their comments say. */
import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const examples = path.resolve(import.meta.dirname, '../../examples')
const env = { ...process.env, RUST_BACKTRACE: '0', EXAMPLE_PG: '' }

/** Runs a file of examples/ as a user does; a non-zero exit code rejects. */
async function output(file: string): Promise<string[]> {
  const { stdout, stderr } = await run(process.execPath, [path.join(examples, file)], { env })
  // supabase-js says on Node 20 that it will go on without it.
  expect(stderr.replace(/^.*Node\.js 20 and below are deprecated.*\n/m, '')).toBe('')
  return stdout.trimEnd().split('\n')
}

test('the client of the quickstart inserts and selects', async () => {
  expect(await output('quickstart-client.mjs')).toEqual(['write, ship'])
})

test('the pool of the quickstart commits a transfer', async () => {
  expect(await output('quickstart-pool.cjs')).toEqual(['70, 130'])
})

test('the database runs statements, rolls back, and answers synchronously', async () => {
  expect(await output('database.mjs')).toEqual(['second', 'changed my mind', '2', 'true'])
})

test('the client of supabase-js reads, writes and embeds, each user his own rows', async () => {
  expect(await output('supabase.mjs')).toEqual([
    '[{"title":"write","owner":{"name":"Ada"}}]',
    '[]',
    '406 PGRST116 Cannot coerce the result to a single JSON object',
    '2',
  ])
})

test('the changefeed hears of an insert', async () => {
  expect(await output('changefeed.mjs')).toEqual([`todos { id: 1, title: 'ship' }`])
})

test('the demonstration loads all cities, and every number in it holds', async () => {
  const lines = await output('cities.mjs')
  expect(lines.filter((line) => line.startsWith('  loading'))).toHaveLength(4)
  expect(lines).toContainEqual(expect.stringMatching(/load it with COPY +135,233 rows/))
  expect(lines).toContainEqual(expect.stringMatching(/200 events for 200 updates/))
})

test('the tests of the sample pass in Jest', async () => {
  const jest = path.resolve(examples, '../node_modules/jest/bin/jest.js')
  const args = [jest, '--rootDir', examples, '--testMatch', '**/todos.test.cjs', '--json']
  const { stdout } = await run(process.execPath, args, { env, cwd: examples })
  const report = JSON.parse(stdout) as { numPassedTests: number; numFailedTests: number }
  expect(report).toMatchObject({ numPassedTests: 2, numFailedTests: 0 })
})
