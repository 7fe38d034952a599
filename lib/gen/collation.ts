/**
 * The order of names in a generated file. It is that of English, as in the files of Supabase's command,
 * whatever the locale of the machine is.
 */
const { compare } = new Intl.Collator('en')

/** Compares two names; for `sort`. */
export const compareNames = compare

/** Compares by several names, the first of which counts most. */
export function compareAll(a: readonly string[], b: readonly string[]): number {
  for (const [index, name] of a.entries()) {
    const order = compare(name, b[index] ?? '')
    if (order !== 0) return order
  }
  return 0
}
