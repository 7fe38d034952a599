/** Addresses: reading them from what a caller gives, and telling which of them are this machine's own. */
import { SocketError } from './socket-error'
import type { AnySocketAddress, SocketAddress, SocketEnd, SocketPath } from './types'

function checkPort(port: unknown, text: string): number {
  if (typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new SocketError(`"${text}" is no address: the port must be a number from 0 to 65535`)
}

function parseText(text: string): SocketAddress {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text)
  const hostname = match?.[1] ?? match?.[2]
  if (match === null || hostname === undefined) {
    throw new SocketError(`"${text}" is no address: it must be host:port, with IPv6 hosts in []`)
  }
  return { hostname, port: checkPort(Number(match[3]), text) }
}

/** Reads an address. A wrong one is a `SocketError`, as the sockets API says. */
export function parseAddress(address: AnySocketAddress): SocketAddress | SocketPath {
  if (typeof address === 'string') return parseText(address)
  if (typeof address === 'object' && address !== null) {
    const { path, hostname, port } = address as {
      path?: unknown
      hostname?: unknown
      port?: unknown
    }
    if (typeof path === 'string' && path !== '') return { path }
    if (typeof hostname === 'string' && hostname !== '') {
      return { hostname: bare(hostname), port: checkPort(port, hostname) }
    }
  }
  throw new SocketError('an address is a text "host:port", { hostname, port } or { path }')
}

/** A host without the brackets of an IPv6 address. */
function bare(hostname: string): string {
  return /^\[.*\]$/.test(hostname) ? hostname.slice(1, -1) : hostname
}

/** `host:port`, with IPv6 hosts in brackets. */
export function formatAddress({ hostname, port }: SocketAddress): string {
  return hostname.includes(':') ? `[${hostname}]:${port}` : `${hostname}:${port}`
}

/** One end of a connection. Its text is not seen when it is listed or made JSON. */
export function socketEnd(hostname: string | undefined, port: number | undefined): SocketEnd {
  const end = { hostname: hostname ?? '', port: port ?? 0 }
  const toString = (): string => (end.port === 0 ? end.hostname : formatAddress(end))
  return Object.defineProperty(end, 'toString', { value: toString })
}

/** Whether only this machine reaches what listens on the host. */
export function isLoopback(hostname: string): boolean {
  const host = bare(hostname)
    .toLowerCase()
    .replace(/^::ffff:/, '')
  if (host === 'localhost' || host === '::1' || host === '0:0:0:0:0:0:0:1') return true
  return /^127(\.\d{1,3}){3}$/.test(host)
}
