// What stands before a server of the tests: a TCP port on the way to a Unix socket, plain, or with TLS
// after the SSLRequest of PostgreSQL's protocol; and TLS from the start.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import * as net from 'node:net'
import { join } from 'node:path'
import * as tls from 'node:tls'
import { onTestFinished } from 'vitest'
import { temporaryDirectory } from '../support/embedded'

/** A certificate for localhost and 127.0.0.1, and the one that has signed it. */
export interface Certificate {
  caFile: string
  ca: string
  cert: string
  key: string
}

const openssl = (cwd: string, args: string[]) =>
  execFileSync('openssl', args, { cwd, stdio: 'pipe' })

/** Makes a certificate as an authority would sign it. */
export function certificate(): Certificate {
  const folder = temporaryDirectory()
  const read = (file: string) => readFileSync(join(folder, file), 'utf8')
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout']
  openssl(folder, [
    'req',
    '-x509',
    ...key,
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=ca',
  ])
  openssl(folder, ['req', ...key, 'key.pem', '-out', 'request.pem', '-subj', '/CN=localhost'])
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n'
  writeFileSync(join(folder, 'extensions'), names)
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'extensions']
  openssl(folder, [
    'x509',
    '-req',
    '-in',
    'request.pem',
    ...signed,
    '-days',
    '2',
    '-out',
    'cert.pem',
  ])
  const caFile = join(folder, 'ca.pem')
  return { caFile, ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') }
}

/** Listens on a free port until the test has ended, and gives the port. */
async function listening(server: net.Server): Promise<number> {
  const open = new Set<net.Socket>()
  server.on('connection', (socket) => {
    open.add(socket)
    socket.on('error', () => undefined)
  })
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return (server.address() as net.AddressInfo).port
}

/** Passes everything on, both ways. */
function joined(one: net.Socket, path: string): void {
  const other = net.connect(path)
  one.on('error', () => other.destroy())
  other.on('error', () => one.destroy())
  one.pipe(other).pipe(one)
}

/** A TCP port before a Unix socket. */
export function plainFront(path: string): Promise<number> {
  return listening(net.createServer((socket) => joined(socket, path)))
}

/** A TCP port before a Unix socket that says yes to SSLRequest. */
export function secureFront(path: string, { cert, key }: Certificate): Promise<number> {
  const server = net.createServer((socket) => {
    socket.once('data', (request: Buffer) => {
      if (request.toString('hex') !== '0000000804d2162f') {
        socket.destroy()
        return
      }
      socket.write('S')
      joined(new tls.TLSSocket(socket, { isServer: true, cert, key }), path)
    })
  })
  return listening(server)
}

/** A port with TLS from the start, which sends back what it gets and speaks the protocol `echo`. */
export function secureEcho({ cert, key }: Certificate): Promise<number> {
  const server = tls.createServer({ cert, key, ALPNProtocols: ['echo'] }, (socket) => {
    socket.on('error', () => undefined)
    socket.pipe(socket)
  })
  return listening(server)
}

/** A port that asks for a byte and then begins TLS, in which it sends back what it gets. */
export function upgradingEcho({ cert, key }: Certificate): Promise<number> {
  const server = net.createServer((socket) => {
    socket.once('data', () => {
      socket.write('S')
      const secured = new tls.TLSSocket(socket, { isServer: true, cert, key })
      secured.on('error', () => undefined)
      secured.pipe(secured)
    })
  })
  return listening(server)
}
