// What a client writes, as bytes: PostgreSQL's frontend messages, right and wrong ones.

/** Numbers of the packets that a connection begins with. */
export const PROTOCOL_3_0 = 196_608
export const PROTOCOL_3_2 = 196_610
const CANCEL = 80_877_102
const SSL = 80_877_103
const GSS = 80_877_104

/** The parameters of a start-up packet. */
export type Parameters = Record<string, string>

/** Bytes one after the other; text gets its terminator. */
export function bytes(...parts: (Buffer | string | number[])[]): Buffer {
  const part = (each: Buffer | string | number[]) =>
    typeof each === 'string' ? Buffer.from(`${each}\0`) : Buffer.from(each)
  return Buffer.concat(parts.map(part))
}

/** A number of two or four bytes. */
export function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2)
  buffer.writeInt16BE(value)
  return buffer
}

export function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(value)
  return buffer
}

/** A packet without a tag. */
export function packet(...parts: (Buffer | string | number[])[]): Buffer {
  const body = bytes(...parts)
  return Buffer.concat([int32(body.length + 4), body])
}

/** A message with its tag. */
export function message(tag: string, ...parts: (Buffer | string | number[])[]): Buffer {
  return Buffer.concat([Buffer.from(tag), packet(...parts)])
}

export function startup(
  parameters: Parameters = { user: 'postgres' },
  version = PROTOCOL_3_0
): Buffer {
  return packet(int32(version), ...Object.entries(parameters).flat(), [0])
}

export const sslRequest = packet(int32(SSL))
export const gssRequest = packet(int32(GSS))

export function cancelRequest(processId: number, key: Buffer): Buffer {
  return packet(int32(CANCEL), int32(processId), key)
}

export const query = (text: string): Buffer => message('Q', text)

export const parse = (name: string, text: string, types: number[] = []): Buffer =>
  message('P', name, text, int16(types.length), ...types.map(int32))

export const bind = (portal: string, statement: string, values: (string | null)[] = []): Buffer =>
  message('B', portal, statement, int16(0), int16(values.length), ...values.map(value), int16(0))

const value = (text: string | null): Buffer =>
  text === null
    ? int32(-1)
    : Buffer.concat([int32(Buffer.byteLength(text)), Buffer.from(text, 'utf8')])

export const describe = (kind: 'S' | 'P', name: string): Buffer =>
  message('D', Buffer.from(kind), name)

export const close = (kind: 'S' | 'P', name: string): Buffer =>
  message('C', Buffer.from(kind), name)

export const execute = (portal: string, rows = 0): Buffer => message('E', portal, int32(rows))

export const sync = message('S')
export const flush = message('H')
export const terminate = message('X')
export const copyData = (text: string | Buffer): Buffer => message('d', Buffer.from(text))
export const copyDone = message('c')
export const copyFail = (reason: string): Buffer => message('f', reason)

/** Calls a function by its oid, with arguments and a result as text. */
export const functionCall = (oid: number, values: string[]): Buffer =>
  message('F', int32(oid), int16(0), int16(values.length), ...values.map(value), int16(0))

/** An answer in an exchange of passwords. */
export const password = (...parts: (Buffer | string)[]): Buffer => message('p', ...parts)

/** The first answer in an exchange of SASL. */
export const sasl = (mechanism: string, first: string): Buffer =>
  password(mechanism, int32(Buffer.byteLength(first)), Buffer.from(first))
