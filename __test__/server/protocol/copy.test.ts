// COPY in both directions: streamed, failed, cut off, and larger than what may be kept in memory.
import { expect, test } from 'vitest'
import {
  bind,
  copyData,
  copyDone,
  copyFail,
  execute,
  flush,
  parse,
  query,
  sync,
} from '../../support/frontend'
import { connect } from '../../support/wire-provider'

async function intoTable(name: string) {
  const wire = await connect()
  await wire.run(`create table ${name} (n int, v text)`)
  await wire.send(query(`copy ${name} from stdin`))
  expect(await wire.line()).toBe('CopyInResponse')
  return wire
}

test('COPY takes rows in any pieces', async () => {
  const wire = await intoTable('taken')
  await wire.send(copyData('1\tfi'), copyData('rst\n2\tsecond\n'))
  for (const byte of copyData('3\tthird\n')) await wire.send(Buffer.from([byte]))
  expect(await wire.ask(copyDone)).toEqual(['CommandComplete COPY 3', 'ReadyForQuery I'])
  expect(await wire.run('select string_agg(v, $$,$$ order by n) as v from taken')).toContain(
    'DataRow first,second,third'
  )
})

test('COPY that the client fails leaves nothing', async () => {
  const wire = await intoTable('failed')
  expect(await wire.ask(copyData('1\tx\n'), copyFail('no more'))).toEqual([
    'Error ERROR 57014 COPY from stdin failed: no more',
    'ReadyForQuery I',
  ])
  expect(await wire.run('select count(*) from failed')).toContain('DataRow 0')
})

test('a row that cannot be read fails COPY, and what still comes of it is dropped', async () => {
  const wire = await intoTable('unreadable')
  const lines = await wire.ask(copyData('x\ty\n'), copyData('2\tz\n'), copyDone)
  expect(lines).toEqual([
    'Error ERROR 22P02 invalid input syntax for type integer: "x"',
    'ReadyForQuery I',
  ])
  expect(await wire.run('select count(*) from unreadable')).toContain('DataRow 0')
})

test('a query in the middle of COPY ends it', async () => {
  const wire = await intoTable('interrupted')
  await wire.send(copyData('1\tx\n'), query('select 1'))
  const lines = await wire.until('Error')
  expect(lines).toEqual(['Error ERROR 08P01 unexpected message type 0x51 during COPY from stdin'])
})

test('Sync and Flush in the middle of COPY are passed over', async () => {
  const wire = await intoTable('flushed')
  await wire.send(copyData('1\tx\n'), flush, sync, copyData('2\ty\n'))
  expect(await wire.ask(copyDone)).toEqual(['CommandComplete COPY 2', 'ReadyForQuery I'])
})

test('COPY in the extended protocol is answered up to its Sync', async () => {
  const wire = await connect()
  await wire.run('create table extended_copy (n int)')
  await wire.send(parse('', 'copy extended_copy from stdin'), bind('', ''), execute(''), flush)
  expect(await wire.until('CopyInResponse')).toEqual([
    'ParseComplete',
    'BindComplete',
    'CopyInResponse',
  ])
  expect(await wire.ask(copyData('1\n2\n'), copyDone, sync)).toEqual([
    'CommandComplete COPY 2',
    'ReadyForQuery I',
  ])
})

test('COPY gives rows, then its end', async () => {
  const wire = await connect()
  expect(await wire.run('copy (select n, n * 2 from generate_series(1, 3) n) to stdout')).toEqual([
    'CopyOutResponse',
    'CopyData 1\t2',
    'CopyData 2\t4',
    'CopyData 3\t6',
    'CopyDone',
    'CommandComplete COPY 3',
    'ReadyForQuery I',
  ])
})

test('COPY that fails on its way ends with the error', async () => {
  const wire = await connect()
  const lines = await wire.run('copy (select 1 / (3 - n) from generate_series(1, 5) n) to stdout')
  expect(lines).toEqual([
    'CopyOutResponse',
    'CopyData 0',
    'CopyData 1',
    'Error ERROR 22012 division by zero',
    'ReadyForQuery I',
  ])
})

test('two COPYs in one text follow each other', async () => {
  const wire = await connect()
  await wire.run('create table twice (n int)')
  await wire.send(query('copy twice from stdin; copy twice from stdin; copy twice to stdout'))
  expect(await wire.line()).toBe('CopyInResponse')
  await wire.send(copyData('1\n'), copyDone)
  expect(await wire.until('CopyInResponse')).toEqual(['CommandComplete COPY 1', 'CopyInResponse'])
  expect(await wire.ask(copyData('2\n'), copyDone)).toEqual([
    'CommandComplete COPY 1',
    'CopyOutResponse',
    'CopyData 1',
    'CopyData 2',
    'CopyDone',
    'CommandComplete COPY 2',
    'ReadyForQuery I',
  ])
})

test('a client that ends its side in the middle of COPY leaves nothing', async () => {
  const other = await connect()
  const wire = await intoTable('cut_off')
  await wire.send(copyData('1\tx\n'))
  wire.finish()
  expect((await wire.untilEnd()).at(-1)).toBe('end')
  expect(await other.run('select count(*) from cut_off')).toContain('DataRow 0')
})

test('COPY data that nobody asked for is passed over', async () => {
  const wire = await connect()
  await wire.send(copyData('1\n'), copyDone, copyFail('x'))
  expect(await wire.run('select 1')).toContain('DataRow 1')
})
