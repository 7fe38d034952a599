// The disk as it may be after a loss of power, made from what `record.c` recorded.
//
// What counts as written: bytes and sizes of a file after an fsync of it; names after an fsync of their directory.
// Of anything later each 512-byte sector may be there or not, in any order; of names, the first few of each directory.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** One call of the recorded process. */
export interface Call {
  operation: number
  number: number
  path: string
  bytes: Buffer
}

export const Operation = {
  CREATE: 1,
  WRITE: 2,
  SIZE: 3,
  SYNC: 4,
  SYNC_DIRECTORY: 5,
  RENAME: 6,
  UNLINK: 7,
  MKDIR: 8,
  RMDIR: 9,
  SAY: 10,
  SYNC_ALL: 11,
} as const
const HEAD = 32
const SECTOR = 512

/** The calls in a log of `record.c`, in their order. */
export function readCalls(log: string): Call[] {
  const bytes = readFileSync(log)
  const calls: Call[] = []
  for (let at = 0; at < bytes.length;) {
    const [operation, number, path, size] = [0, 8, 16, 24].map((offset) =>
      Number(bytes.readBigInt64LE(at + offset))
    ) as [number, number, number, number]
    const text = at + HEAD + path
    calls.push({
      operation,
      number,
      path: bytes.toString('utf8', at + HEAD, text),
      bytes: bytes.subarray(text, text + size),
    })
    at = text + size
  }
  return calls
}

type Change = { at: number; bytes: Buffer } | { size: number }

/** Bytes on the disk, and what was written since the last fsync. */
interface File {
  durable: Buffer
  pending: Change[]
}

/** A name that comes or goes: `file` is undefined when it goes, `null` for a directory. */
type Name = [path: string, file: File | null | undefined]

function changed(content: Buffer, change: Change): Buffer {
  if ('size' in change) {
    if (change.size <= content.length) return content.subarray(0, change.size)
    return Buffer.concat([content, Buffer.alloc(change.size - content.length)])
  }
  const end = change.at + change.bytes.length
  const grown = end > content.length ? Buffer.alloc(Math.max(end, content.length)) : content
  if (grown !== content) content.copy(grown)
  change.bytes.copy(grown, change.at)
  return grown
}

function sectors(change: Change): Change[] {
  if ('size' in change) return [change]
  const pieces: Change[] = []
  for (let from = 0; from < change.bytes.length;) {
    const to = Math.min(change.bytes.length, from + SECTOR - ((change.at + from) % SECTOR))
    pieces.push({ at: change.at + from, bytes: change.bytes.subarray(from, to) })
    from = to
  }
  return pieces
}

/** A disk that begins as the directory `base` and sees the calls that were made below `root`. */
export class Disk {
  readonly #base: string
  readonly #root: string
  readonly #names = new Map<string, File | null | undefined>()
  readonly #durableNames = new Map<string, File | null | undefined>()
  #pendingNames: { directory: string; names: Name[] }[] = []

  constructor(base: string, root: string) {
    this.#base = base
    this.#root = root
  }

  /** Sees one call. */
  take({ operation, number, path: absolute, bytes }: Call): void {
    const path = relative(this.#root, absolute)
    switch (operation) {
      case Operation.CREATE:
        return this.#rename(path, [[path, { durable: Buffer.alloc(0), pending: [] }]])
      case Operation.MKDIR:
        return this.#rename(path, [[path, null]])
      case Operation.UNLINK:
      case Operation.RMDIR:
        return this.#rename(path, [[path, undefined]])
      case Operation.RENAME: {
        const to = relative(this.#root, bytes.toString())
        return this.#rename(to, [
          [to, this.#file(path)],
          [path, undefined],
        ])
      }
      case Operation.WRITE:
        this.#file(path)?.pending.push({ at: number, bytes })
        return
      case Operation.SIZE:
        this.#file(path)?.pending.push({ size: number })
        return
      case Operation.SYNC: {
        const file = this.#file(path)
        if (file) flush(file)
        return
      }
      case Operation.SYNC_DIRECTORY:
        for (const { names } of this.#take(path)) this.#settle(names)
        return
      case Operation.SAY:
        return
      default:
        throw new Error(`a call that the model does not know: ${operation} ${absolute}`)
    }
  }

  /** Makes the directory `target` as it may be found; `keeps` decides about each thing that was not waited for. */
  write(target: string, keeps: () => boolean): void {
    cpSync(this.#base, target, { recursive: true })
    const names = new Map(this.#durableNames)
    const stopped = new Set<string>()
    for (const { directory, names: pending } of this.#pendingNames) {
      if (stopped.has(directory) || !keeps()) stopped.add(directory)
      else for (const [path, file] of pending) names.set(path, file)
    }
    for (const [path, file] of names) {
      const place = join(target, path)
      if (file === undefined) rmSync(place, { recursive: true, force: true })
      else if (file === null) mkdirSync(place, { recursive: true })
      else if (existsSync(dirname(place))) writeFileSync(place, content(file, keeps))
    }
  }

  /** Files of the base come into the model when they are first changed. */
  #file(path: string): File | undefined {
    if (!this.#names.has(path) && existsSync(join(this.#base, path))) {
      const file = { durable: readFileSync(join(this.#base, path)), pending: [] }
      this.#names.set(path, file)
      this.#durableNames.set(path, file)
    }
    return this.#names.get(path) ?? undefined
  }

  #rename(path: string, names: Name[]): void {
    for (const [name, file] of names) this.#names.set(name, file)
    this.#pendingNames.push({ directory: dirname(path), names })
  }

  #take(directory: string) {
    const taken = this.#pendingNames.filter((each) => each.directory === (directory || '.'))
    this.#pendingNames = this.#pendingNames.filter((each) => !taken.includes(each))
    return taken
  }

  #settle(names: Name[]): void {
    for (const [path, file] of names) this.#durableNames.set(path, file)
  }
}

function flush(file: File): void {
  file.durable = file.pending.reduce(changed, Buffer.from(file.durable))
  file.pending = []
}

function content(file: File, keeps: () => boolean): Buffer {
  const kept = file.pending.flatMap(sectors).filter(() => keeps())
  return kept.reduce(changed, Buffer.from(file.durable))
}
