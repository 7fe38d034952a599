// Progress of a long step: a bar that is redrawn on a terminal, a line per quarter elsewhere.

const WIDTH = 30
const REDRAW_MS = 50

/** `advance(done)` shows how far it is; `finish()` removes the bar. */
export function progress(label, total, out = process.stdout) {
  return out.isTTY ? bar(label, total, out) : quarters(label, total, out)
}

function bar(label, total, out) {
  let drawn = 0
  return {
    advance(done) {
      if (performance.now() - drawn < REDRAW_MS) return
      drawn = performance.now()
      const filled = Math.round((WIDTH * done) / total)
      const blocks = '█'.repeat(filled) + '░'.repeat(WIDTH - filled)
      out.write(
        `\r  ${label} ${blocks} ${done.toLocaleString('en')} / ${total.toLocaleString('en')}`
      )
    },
    finish: () => out.write('\r\x1b[K'),
  }
}

function quarters(label, total, out) {
  let next = 1
  return {
    advance(done) {
      for (; next <= 4 && done * 4 >= next * total; next++) {
        out.write(`  ${label} ${next * 25} %\n`)
      }
    },
    finish: () => {},
  }
}
