// A client as it would be written for Cloudflare Workers, which talks to a server of the newline protocol.
import { connect } from 'oxbase/socket'

const socket = connect({ hostname: '127.0.0.1', port: Number(process.argv[2]) })
const writer = socket.writable.getWriter()
const lines = socket.readable.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]()
let rest = ''

async function query(sql) {
  await writer.write(new TextEncoder().encode(`${sql}\n`))
  while (!rest.includes('\n')) {
    const { done, value } = await lines.next()
    if (done) throw new Error('the server has ended the connection')
    rest += value
  }
  const [line, ...others] = rest.split('\n')
  rest = others.join('\n')
  return JSON.parse(line)
}

await socket.opened
const answers = [
  await query('select 1 as one'),
  await query('frob'),
  await query("select 'ä' as text"),
]
await writer.close()
const last = await lines.next()
await socket.closed
console.log(JSON.stringify({ answers, ended: last.done }))
