// Tests on a real PostgreSQL, without a server and without flags (Jest; Vitest is the same).
const { afterAll, beforeAll, beforeEach, expect, test } = require('@jest/globals')
const { Database } = require('oxbase')

let db
beforeAll(async () => {
  db = await Database.open()
  await db.exec('create table todos (id int primary key, title text not null unique)')
})
beforeEach(() => db.exec('truncate todos'))
afterAll(() => db.close())

test('a title is kept as it was written', async () => {
  await db.query('insert into todos values (1, $1)', ['Ship it, Zoë'])
  const { rows } = await db.query('select title from todos')
  expect(rows).toEqual([{ title: 'Ship it, Zoë' }])
})

test('a title cannot be there twice', async () => {
  await db.query('insert into todos values (1, $1)', ['ship'])
  const again = db.query('insert into todos values (2, $1)', ['ship'])
  await expect(again).rejects.toMatchObject({ code: '23505', constraint: 'todos_title_key' })
})
