/** Turns whatever was thrown into one sentence and a hint. */
import { CliError, Exit } from './cli-error'

/** An error as it is told. */
export interface ToldError {
  message: string
  hint?: string
  /** SQLSTATE, or the code of the operating system. */
  code?: string
  detail?: string
  exitCode: number
}

interface Coded extends Error {
  code?: string
  detail?: string
  hint?: string
  port?: number
  errors?: Error[]
}

/** What can be done about an error of the operating system or the engine. */
const HINTS: Record<string, string> = {
  '28P01': 'give the right password with --password or in --db-url',
  '55006': 'stop the process that has it open (`oxbase stop`), or give another --dir',
  '58P03': 'run `oxbase doctor --dir <path>` to see what the directory is',
  EACCES: 'check who may write there',
  ECONNREFUSED: 'check that the server runs, and its address',
  ENOSPC: 'free space on the disk',
}

function addressTaken(error: Coded): ToldError {
  const { port, message } = error
  const told = message.replace(/^oxbase: /, '')
  return {
    message: port === undefined ? told : `port ${port} is in use by another program`,
    hint: 'stop that program, or give another port with --port or --api-port (0 takes a free one)',
    code: 'EADDRINUSE',
    exitCode: Exit.failed,
  }
}

/** Says what went wrong, without the name of the package before it. */
export function toldError(thrown: unknown): ToldError {
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as Coded
  const cause = error.cause as Coded | undefined
  if (error instanceof CliError) {
    return {
      message: error.message,
      ...(error.hint !== undefined && { hint: error.hint }),
      ...(cause?.code !== undefined && { code: cause.code }),
      exitCode: error.exitCode,
    }
  }
  const code = error.code ?? cause?.code
  if (code === 'EADDRINUSE')
    return addressTaken(error.code === undefined ? (cause as Coded) : error)
  // Node tries several addresses of one name, and tells of all at once.
  const text = error.message || error.errors?.[0]?.message || code || error.name
  const hint = error.hint ?? cause?.hint ?? (code === undefined ? undefined : HINTS[code])
  const detail = error.detail ?? cause?.detail
  return {
    message: text.replace(/^oxbase: /, ''),
    ...(hint !== undefined && { hint }),
    ...(detail !== undefined && { detail }),
    ...(code !== undefined && { code }),
    exitCode: Exit.failed,
  }
}
