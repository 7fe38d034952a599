// What a server writes, as lines that a test can name in full: `DataRow 1|null`, `ReadyForQuery I`.

/** A message of a server. */
export interface Backend {
  tag: string
  body: Buffer
}

/** The whole messages at the start of the bytes, and what is left. */
export function split(bytes: Buffer): { messages: Backend[]; rest: Buffer } {
  const messages: Backend[] = []
  let at = 0
  while (bytes.length - at >= 5) {
    const length = bytes.readInt32BE(at + 1)
    if (length < 4)
      throw new Error(
        `a message of ${length} bytes: ${bytes.subarray(at, at + 32).toString('latin1')}`
      )
    if (bytes.length - at < length + 1) break
    messages.push({
      tag: String.fromCharCode(bytes[at] ?? 0),
      body: bytes.subarray(at + 5, at + 1 + length),
    })
    at += length + 1
  }
  return { messages, rest: bytes.subarray(at) }
}

/** The fields of an error or a notice, by their letters. */
export function errorFields(body: Buffer): Record<string, string> {
  const parts = body.toString().split('\0').filter(Boolean)
  return Object.fromEntries(parts.map((part) => [part.slice(0, 1), part.slice(1)]))
}

const NAMES: Record<string, string> = {
  '1': 'ParseComplete',
  '2': 'BindComplete',
  '3': 'CloseComplete',
  I: 'EmptyQueryResponse',
  c: 'CopyDone',
  n: 'NoData',
  s: 'PortalSuspended',
}

const DETAILS: Record<string, (body: Buffer) => string> = {
  A: (body) => {
    const [channel, payload] = body.subarray(4).toString().split('\0')
    return `Notification ${channel} ${payload}`
  },
  C: (body) => `CommandComplete ${terminated(body)}`,
  D: (body) => `DataRow ${values(body).join('|')}`,
  E: (body) => `Error ${problem(body)}`,
  G: () => 'CopyInResponse',
  H: () => 'CopyOutResponse',
  K: (body) => `BackendKeyData ${body.length - 4}`,
  N: (body) => `Notice ${problem(body)}`,
  R: (body) => `Authentication ${body.readInt32BE(0)}`,
  S: (body) => `ParameterStatus ${body.toString().split('\0').slice(0, 2).join('=')}`,
  T: (body) => `RowDescription ${columns(body).join('|')}`,
  V: (body) => `FunctionCallResponse ${field(body, 0).value ?? 'null'}`,
  Z: (body) => `ReadyForQuery ${body.toString()}`,
  d: (body) => `CopyData ${body.toString().replace(/\n$/, '')}`,
  t: (body) => `ParameterDescription ${body.readInt16BE(0)}`,
  v: (body) => {
    const names = body.subarray(8).toString().split('\0').filter(Boolean)
    return ['NegotiateProtocolVersion', body.readInt32BE(0), ...names].join(' ')
  },
}

/** A message as a line. */
export function line({ tag, body }: Backend): string {
  return NAMES[tag] ?? DETAILS[tag]?.(body) ?? `? ${tag} ${body.toString('latin1')}`
}

function problem(body: Buffer): string {
  const { V: severity, C: code, M: text } = errorFields(body)
  return `${severity} ${code} ${text}`
}

function terminated(body: Buffer): string {
  return body.toString().replace(/\0.*$/s, '')
}

function values(row: Buffer): string[] {
  let at = 2
  return Array.from({ length: row.readInt16BE(0) }, () => {
    const { value, end } = field(row, at)
    at = end
    return value ?? 'null'
  })
}

function field(bytes: Buffer, at: number): { value: string | undefined; end: number } {
  const length = bytes.readInt32BE(at)
  if (length < 0) return { value: undefined, end: at + 4 }
  return { value: bytes.subarray(at + 4, at + 4 + length).toString(), end: at + 4 + length }
}

function columns(body: Buffer): string[] {
  let at = 2
  return Array.from({ length: body.readInt16BE(0) }, () => {
    const end = body.indexOf(0, at)
    const name = body.subarray(at, end).toString()
    at = end + 19
    return name
  })
}
