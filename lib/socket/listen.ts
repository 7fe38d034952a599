/** `listen`: connections that come in, on whatever runtime this is. */
import type { Accept, Listener, ListenPlace } from './listener'
import { RUNTIME } from './runtime'
import { SocketError } from './socket-error'
import { StreamSocket } from './stream-socket'
import type { Transport } from './transport'
import type { ListenOptions, SocketListener } from './types'

const PLAIN = { serverName: '', alpn: [], ca: [] }

async function listenerAt(place: ListenPlace, accept: Accept): Promise<Listener> {
  switch (RUNTIME) {
    case 'bun':
      return (await import('./bun.js')).listenBun(place, accept)
    case 'deno':
      return (await import('./deno.js')).listenDeno(place, accept)
    case 'node':
      return (await import('./node.js')).listenNode(place, accept)
    case 'workerd':
      throw new SocketError('Cloudflare Workers cannot listen, only connect')
    default:
      throw new SocketError('this runtime has no sockets that are known here')
  }
}

/** Listens where a socket's file may have been left behind by a process that has ended. */
async function listenAtPath(place: ListenPlace, path: string, accept: Accept): Promise<Listener> {
  const { lstat, rm } = await import('node:fs/promises')
  const left = await lstat(path).catch(() => undefined)
  if (left?.isSocket() === true && !(await answers(path))) await rm(path, { force: true })
  else if (left !== undefined) {
    const what = left.isSocket() ? 'another process listens there' : 'there is a file of that name'
    throw new SocketError(`cannot listen at ${path}: ${what}`, { code: 'EADDRINUSE' })
  }
  const listener = await listenerAt(place, accept)
  const close = async (): Promise<void> => {
    await listener.close()
    await rm(path, { force: true })
  }
  return { ...listener, close }
}

/** Whether somebody listens at a path. */
async function answers(path: string): Promise<boolean> {
  const { connect } = await import('./connect.js')
  const socket = connect({ path })
  try {
    await socket.opened
    await socket.close()
    return true
  } catch {
    return false
  }
}

/** Listens, and calls the handler with each connection. Resolves once connections may come. */
export async function listen(options: ListenOptions): Promise<SocketListener> {
  const { hostname = '127.0.0.1', port = 0, path, allowHalfOpen = false, handler } = options
  const place = { hostname, port, path }
  const error = (cause: unknown): void => handler.onError?.(SocketError.from(cause))
  const connection = (transport: Transport): void => {
    const behaviour = { secureTransport: 'off' as const, allowHalfOpen, security: PLAIN }
    const socket = new StreamSocket(transport, behaviour)
    const handled = async (): Promise<void> => handler.onConnection(socket)
    handled().catch((cause: unknown) =>
      handler.onError?.(cause instanceof Error ? cause : new Error(String(cause)))
    )
  }
  let listener: Listener | undefined
  try {
    const accept = { connection, error }
    listener = await (path === undefined
      ? listenerAt(place, accept)
      : listenAtPath(place, path, accept))
  } catch (cause) {
    throw SocketError.from(cause)
  }
  let closing: Promise<void> | undefined
  return {
    hostname: path === undefined ? hostname : undefined,
    port: path === undefined ? listener.port : undefined,
    path,
    close: () => {
      closing ??= Promise.resolve(listener.close())
      return closing
    },
    ref: () => listener.ref(),
    unref: () => listener.unref(),
  }
}
