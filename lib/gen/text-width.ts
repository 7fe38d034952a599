/** How many columns a text takes: two for an ideograph or an emoji, none for a combining mark. */

const ASCII = /^[\x20-\x7e]*$/
const EMOJI = /\p{Emoji_Presentation}|\p{Emoji}\uFE0F/u
/** What joins the character before it: marks, joiners, and the vowels and finals of Hangul. */
const JOINED = /^[\p{Grapheme_Extend}\p{Cf}\u1160-\u11ff\ud7b0-\ud7fb\u3164\uffa0]$/u
/** Signs of Arabic that enclose what follows them, though they are of the same category. */
const ENCLOSING = /^[\u0600-\u0604\u06dd]$/
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The first and last code points of what East Asian Width calls wide or fullwidth. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2630, 0x2637],
  [0x268a, 0x268f],
  [0x2e80, 0x303e],
  [0x3041, 0x3247],
  [0x3250, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2ff],
  [0x1d300, 0x1d376],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
]

/** The width of a text of one line. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) {
    width += EMOJI.test(segment) ? 2 : Array.from(segment).reduce((sum, each) => sum + one(each), 0)
  }
  return width
}

function one(character: string): number {
  if (JOINED.test(character) && !ENCLOSING.test(character)) return 0
  const code = character.codePointAt(0) ?? 0
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1
}
