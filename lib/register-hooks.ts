/** Resolves `import 'pg'` to the embedded engine. Runs in the thread in which Node resolves imports. */

interface Context {
  parentURL?: string | undefined
}
interface Resolved {
  url: string
  shortCircuit?: boolean
}

let embedded = ''
let ownUrl = ''

/** Takes the addresses that `register` sends. */
export function initialize(addresses: { embedded: string; ownUrl: string }): void {
  ;({ embedded, ownUrl } = addresses)
}

/** Answers for `pg`, except to this package, and passes everything else on. */
export function resolve(
  specifier: string,
  context: Context,
  next: (specifier: string, context: Context) => Promise<Resolved>
): Promise<Resolved> {
  if (specifier !== 'pg' || context.parentURL?.startsWith(ownUrl)) return next(specifier, context)
  return Promise.resolve({ url: embedded, shortCircuit: true })
}
