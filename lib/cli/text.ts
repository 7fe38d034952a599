/** How wide a text is on a terminal, and how it is filled up to a width. */

/** Characters that take no room: combining marks, joiners, controls. */
const NARROWER = /^[\p{M}\p{Cf}\p{Cc}]$/u
/** Characters that take two columns: East Asian wide ones and pictures. */
const WIDER =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]$/u
const PLAIN = /^[\x20-\x7e]*$/

/** The number of columns that a text takes. */
export function width(text: string): number {
  if (PLAIN.test(text)) return text.length
  let columns = 0
  for (const character of text) {
    if (NARROWER.test(character)) continue
    columns += WIDER.test(character) ? 2 : 1
  }
  return columns
}

/** Fills a text with spaces on its right. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)))
}

/** Fills a text with spaces on its left. */
export function padLeft(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - width(text))) + text
}

/** Puts a text into the middle; where that is not possible, nearer to the left. */
export function center(text: string, columns: number): string {
  const free = Math.max(0, columns - width(text))
  const left = Math.floor(free / 2)
  return ' '.repeat(left) + text + ' '.repeat(free - left)
}

/** A number of bytes, for people. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = count
  let unit = 0
  for (; value >= 1024 && unit < units.length - 1; unit += 1) value /= 1024
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}
