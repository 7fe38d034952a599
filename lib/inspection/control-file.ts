/**
 * Reads `global/pg_control`, the file in which PostgreSQL keeps where its log begins.
 * The layout is `ControlFileData` of PostgreSQL 18 (src/include/catalog/pg_control.h), as pg_controldata shows it.
 */

/** What `pg_control` says. */
export interface ControlFile {
  /** Version of the layout: 1800 for PostgreSQL 18. */
  version: number
  /** The number that all files of one cluster share. */
  systemIdentifier: bigint
  /** What the server was doing, in the words of pg_controldata. */
  state: string
  /** Where the last checkpoint is in the log, and where recovery begins. */
  checkpoint: bigint
  redo: bigint
  timeline: number
  /** Bytes of a log segment. */
  segmentSize: number
  /** Whether pages carry checksums. */
  checksums: boolean
}

const STATES = [
  'starting up',
  'shut down',
  'shut down in recovery',
  'shutting down',
  'in crash recovery',
  'in archive recovery',
  'in production',
]
const AT = {
  systemIdentifier: 0,
  version: 8,
  state: 16,
  checkpoint: 32,
  redo: 40,
  timeline: 48,
  segmentSize: 228,
  checksums: 252,
  crc: 292,
}
const VERSION = 1800

/** CRC-32C (Castagnoli), the checksum of the control file. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return ~crc >>> 0
}

/** Decodes the file, or says what is wrong with it. */
export function decodeControlFile(bytes: Buffer): ControlFile | string {
  if (bytes.length < AT.crc + 4) return `it has ${bytes.length} bytes instead of 8192`
  const version = bytes.readUInt32LE(AT.version)
  if (bytes.readUInt32LE(AT.crc) !== crc32c(bytes.subarray(0, AT.crc))) {
    return 'its checksum is wrong'
  }
  if (version !== VERSION) return `its layout is ${version}, and PostgreSQL 18 has ${VERSION}`
  return {
    version,
    systemIdentifier: bytes.readBigUInt64LE(AT.systemIdentifier),
    state: STATES[bytes.readInt32LE(AT.state)] ?? 'unknown',
    checkpoint: bytes.readBigUInt64LE(AT.checkpoint),
    redo: bytes.readBigUInt64LE(AT.redo),
    timeline: bytes.readUInt32LE(AT.timeline),
    segmentSize: bytes.readUInt32LE(AT.segmentSize),
    checksums: bytes.readUInt32LE(AT.checksums) !== 0,
  }
}

/** The name of the log segment that holds a position. */
export function walSegment(timeline: number, position: bigint, segmentSize: number): string {
  const perFile = 0x1_0000_0000n / BigInt(segmentSize)
  const segment = position / BigInt(segmentSize)
  const hex = (value: bigint) => value.toString(16).toUpperCase().padStart(8, '0')
  return hex(BigInt(timeline)) + hex(segment / perFile) + hex(segment % perFile)
}
