/** `connect`: a client's connection on whatever runtime this is. The shape is that of Cloudflare's. */
import { parseAddress } from './address'
import { RUNTIME } from './runtime'
import { SocketError } from './socket-error'
import { certificates, StreamSocket } from './stream-socket'
import type { Security, Transport } from './transport'
import type {
  AnySocketAddress,
  SocketAddress,
  SocketOptions,
  SocketPath,
  UniversalSocket,
} from './types'

const SECURE_TRANSPORTS = ['off', 'on', 'starttls']

/** Loads what the runtime needs, and connects. */
async function transportTo(address: SocketAddress | SocketPath): Promise<Transport> {
  switch (RUNTIME) {
    case 'bun':
      return (await import('./bun.js')).connectBun(address)
    case 'deno':
      return (await import('./deno.js')).connectDeno(address)
    case 'node':
      return (await import('./node.js')).connectNode(address)
    case 'workerd':
      throw new SocketError("on Cloudflare Workers, take connect from 'cloudflare:sockets'")
    default:
      throw new SocketError('this runtime has no sockets that are known here')
  }
}

function checkSocketOptions({ secureTransport, alpn, sni, ca }: SocketOptions): void {
  if (secureTransport !== undefined && !SECURE_TRANSPORTS.includes(secureTransport)) {
    throw new SocketError(
      `secureTransport must be "off", "on" or "starttls", got ${secureTransport}`
    )
  }
  const isPlain = secureTransport === undefined || secureTransport === 'off'
  if (isPlain && (alpn !== undefined || sni !== undefined || ca !== undefined)) {
    throw new SocketError('alpn, sni and ca need secureTransport "on" or "starttls"')
  }
}

async function secured(connecting: Promise<Transport>, security: Security): Promise<Transport> {
  const transport = await connecting
  try {
    return await transport.secure(security)
  } catch (error) {
    transport.destroy()
    throw error
  }
}

/**
 * Connects. Returns at once: whether it worked is told by the socket's `opened`.
 *
 * @example
 * const socket = connect('127.0.0.1:5433')
 * const writer = socket.writable.getWriter()
 * await writer.write(new TextEncoder().encode('select 1 as one\n'))
 */
export function connect(address: AnySocketAddress, options: SocketOptions = {}): UniversalSocket {
  const place = parseAddress(address)
  checkSocketOptions(options)
  const { secureTransport = 'off', allowHalfOpen = false, sni, alpn = [], ca } = options
  const hostname = 'hostname' in place ? place.hostname : 'localhost'
  const security = { serverName: sni ?? hostname, alpn, ca: certificates(ca) }
  const connecting = transportTo(place)
  return new StreamSocket(secureTransport === 'on' ? secured(connecting, security) : connecting, {
    secureTransport,
    allowHalfOpen,
    security,
  })
}
