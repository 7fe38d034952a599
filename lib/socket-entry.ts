/** `oxbase/socket`: sockets that are the same on Node, Deno and Bun. Loads nothing of the database. */
export * from './socket'
