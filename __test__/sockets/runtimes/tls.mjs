// TLS on a runtime: from the start, and begun later; certificates that fit, and some that do not.
import { readFileSync } from 'node:fs'
import { connect } from 'oxbase/socket'

const [securePort, upgradingPort, caFile] = process.argv.slice(2)
const ca = readFileSync(caFile, 'utf8')

/** Writes, and reads what comes back, then lets go of both streams. */
async function exchange({ readable, writable }, text) {
  const [writer, reader] = [writable.getWriter(), readable.getReader()]
  await writer.write(new TextEncoder().encode(text))
  const { value } = await reader.read()
  writer.releaseLock()
  reader.releaseLock()
  return new TextDecoder().decode(value)
}

/** Whether a socket opens. */
async function opens(hostname, options) {
  const socket = connect(`${hostname}:${securePort}`, { secureTransport: 'on', ...options })
  const outcome = await socket.opened.then(
    () => true,
    (error) => error.name
  )
  await socket.close().catch(() => undefined)
  return outcome
}

const socket = connect(`localhost:${securePort}`, { secureTransport: 'on', ca, alpn: ['echo'] })
const { alpn } = await socket.opened
const fromTheStart = {
  alpn,
  text: await exchange(socket, 'secret'),
  secure: socket.secureTransport,
}
await socket.close()

const plain = connect(
  { hostname: '127.0.0.1', port: Number(upgradingPort) },
  { secureTransport: 'starttls' }
)
const asked = await exchange(plain, '?')
const secured = plain.startTls({ ca, expectedServerHostname: 'localhost' })
const later = {
  asked,
  text: await exchange(secured, 'secret'),
  upgraded: [plain.upgraded, secured.upgraded],
  secure: [plain.secureTransport, secured.secureTransport],
  oldIsClosed: (await plain.closed) === undefined,
}
let again
try {
  plain.startTls()
} catch (error) {
  again = error.name
}
await secured.close()

const certificates = {
  byName: await opens('localhost', { ca }),
  byAddress: await opens('127.0.0.1', { ca }),
  unknownAuthority: await opens('localhost', {}),
  otherName: await opens('localhost', { ca, sni: 'other.example' }),
}
console.log(JSON.stringify({ fromTheStart, later, again, certificates }))
