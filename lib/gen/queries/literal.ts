/** Names as SQL literals. */

/** The names as an array of text. It means the same whatever `standard_conforming_strings` is. */
export function textArray(names: readonly string[]): string {
  const quoted = names.map((name) => {
    const text = `'${name.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`
    return name.includes('\\') ? ` E${text}` : text
  })
  return `array[${quoted.join(', ')}]::text[]`
}
