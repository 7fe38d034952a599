/** Sockets that are the same on Node, Deno and Bun: the API of WinterTC and of Cloudflare's `connect()`. */
export { connect } from './connect'
export { listen } from './listen'
export { RUNTIME, detectRuntime, isBun, isDeno, isNode, isWorkerd } from './runtime'
export type { Runtime } from './runtime'
export { SocketError } from './socket-error'
export type {
  AnySocketAddress,
  ListenOptions,
  SecureTransport,
  SocketAddress,
  SocketEnd,
  SocketHandler,
  SocketInfo,
  SocketListener,
  SocketOptions,
  SocketPath,
  TlsOptions,
  UniversalSocket,
} from './types'
