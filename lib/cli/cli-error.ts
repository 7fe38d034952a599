/** Exit codes of the command line, and the error that carries one. */

/** What the process ends with. */
export const Exit = { ok: 0, failed: 1, usage: 2, interrupted: 130, terminated: 143 } as const

/** An error that is told to the user in one sentence, with what to do next. */
export class CliError extends Error {
  /** What the user can do. */
  readonly hint: string | undefined
  readonly exitCode: number

  constructor(
    message: string,
    options: { hint?: string; exitCode?: number; cause?: unknown } = {}
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'CliError'
    this.hint = options.hint
    this.exitCode = options.exitCode ?? Exit.failed
  }

  /** The command was called in a way that it does not have. */
  static usage(message: string, hint?: string): CliError {
    return new CliError(message, { exitCode: Exit.usage, ...(hint !== undefined && { hint }) })
  }
}
