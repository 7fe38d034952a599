// Backend messages as bytes, for tests that need no server.
import type { Bytes } from '../../dist/pg/internals.js'

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
const text = (value: string): Buffer => Buffer.from(`${value}\0`)

/** One message: its tag, its length and its body. */
export function message(tag: string, ...body: Buffer[]): Buffer {
  const bytes = Buffer.concat(body)
  return Buffer.concat([Buffer.from(tag), int32(bytes.length + 4), bytes])
}

/** A column as RowDescription describes it. */
export interface Column {
  name: string
  oid: number
  format?: number
}

export const rowDescription = (...columns: Column[]): Buffer =>
  message(
    'T',
    int16(columns.length),
    ...columns.map(({ name, oid, format = 0 }, i) =>
      Buffer.concat([
        text(name),
        int32(16384),
        int16(i + 1),
        int32(oid),
        int16(-1),
        int32(-1),
        int16(format),
      ])
    )
  )

export const dataRow = (...values: (string | null)[]): Buffer =>
  message(
    'D',
    int16(values.length),
    ...values.map((value) => {
      if (value === null) return int32(-1)
      const bytes = Buffer.from(value)
      return Buffer.concat([int32(bytes.length), bytes])
    })
  )

export const commandComplete = (tag: string): Buffer => message('C', text(tag))
export const readyForQuery = (status = 'I'): Buffer => message('Z', Buffer.from(status))
export const parseComplete = message('1')
export const bindComplete = message('2')
export const noData = message('n')
export const emptyQuery = message('I')
export const copyInResponse = message('G', Buffer.from([0]), int16(0))
export const notification = (pid: number, channel: string, payload: string): Buffer =>
  message('A', int32(pid), text(channel), text(payload))
export const parameterStatus = (name: string, value: string): Buffer =>
  message('S', text(name), text(value))

/** An ErrorResponse or, with tag `N`, a NoticeResponse. */
export const errorResponse = (fields: Record<string, string>, tag = 'E'): Buffer =>
  message(
    tag,
    ...Object.entries(fields).map(([code, value]) => Buffer.from(`${code}${value}\0`)),
    Buffer.from([0])
  )

export const bytesOf = (...messages: Buffer[]): Bytes => Buffer.concat(messages) as Bytes
