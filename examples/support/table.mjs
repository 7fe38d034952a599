// Rows as an aligned table of plain text: numbers to the right, everything else to the left.

const CONTROL = /[\u0300-\u036f]/g // combining marks take no column
const width = (text) => [...text.replace(CONTROL, '')].length

function written(value) {
  return typeof value === 'number' ? value.toLocaleString('en') : String(value)
}

/** `rows`: objects with the same keys, which become the header. */
export function table(rows, indent = '  ') {
  const keys = Object.keys(rows[0])
  const lines = [keys, ...rows.map((row) => keys.map((key) => written(row[key])))]
  const widths = keys.map((_, i) => Math.max(...lines.map((line) => width(line[i]))))
  const right = keys.map((key) => typeof rows[0][key] === 'number')
  const text = lines.map((line) =>
    line
      .map((cell, i) => {
        const space = ' '.repeat(widths[i] - width(cell))
        return right[i] ? space + cell : cell + space
      })
      .join('  ')
      .trimEnd()
  )
  const rule = widths.map((size) => '─'.repeat(size)).join('  ')
  return [text[0], rule, ...text.slice(1)].map((line) => indent + line).join('\n')
}
