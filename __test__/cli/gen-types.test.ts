import { expect, test } from 'vitest'
import { TestProject } from './support'

test('gen types writes the types of a schema, and nothing else', async () => {
  const project = new TestProject()
  await project.run(
    'db',
    'exec',
    'create schema api; create table api.todos (id int primary key, title text)'
  )
  const { code, stdout, stderr } = await project.run('gen', 'types', '--schema', 'api')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain(`      todos: {
        Row: {
          id: number
          title: string | null
        }
`)
  expect(stdout).toMatch(/^export type Json =\n/)
  expect(await project.json('gen', 'types', '--lang', 'typescript', '--schema', 'api')).toEqual({
    types: stdout,
  })
})
