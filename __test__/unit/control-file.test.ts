import { expect, test } from 'vitest'
import { crc32c, decodeControlFile, walSegment } from '../../dist/inspection/control-file.js'

/** A control file with these numbers at these places, and its checksum right. */
function controlFile(numbers: Record<number, number>): Buffer {
  const bytes = Buffer.alloc(8192)
  for (const [at, value] of Object.entries(numbers)) bytes.writeUInt32LE(value, Number(at))
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, 292)), 292)
  return bytes
}

test('the checksum is CRC-32C', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
})

test('the fields are read from where PostgreSQL 18 has them', () => {
  const bytes = controlFile({ 0: 7, 8: 1800, 16: 6, 32: 300, 40: 200, 48: 2, 228: 1 << 24, 252: 1 })
  expect(decodeControlFile(bytes)).toEqual({
    version: 1800,
    systemIdentifier: 7n,
    state: 'in production',
    checkpoint: 300n,
    redo: 200n,
    timeline: 2,
    segmentSize: 1 << 24,
    checksums: true,
  })
})

test('a file that is short, changed or of another layout is told as such', () => {
  const bytes = controlFile({ 8: 1800 })
  expect(decodeControlFile(bytes.subarray(0, 295))).toBe('it has 295 bytes instead of 8192')
  expect(decodeControlFile(controlFile({ 8: 1300 }))).toBe(
    'its layout is 1300, and PostgreSQL 18 has 1800'
  )
  bytes[20] = 1
  expect(decodeControlFile(bytes)).toBe('its checksum is wrong')
})

test('a segment is named by timeline, and by the high and low part of its number', () => {
  expect(walSegment(1, 0x19256a8n, 1 << 24)).toBe('000000010000000000000001')
  expect(walSegment(0x1f, 0x3_fe00_0000n, 1 << 24)).toBe('0000001F00000003000000FE')
  expect(walSegment(1, 0x1_0000_0000n, 1 << 26)).toBe('000000010000000100000000')
})
