// The same layer behind node:http in a process of its own; supabase-js asks it over HTTP.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { supabase } from '../client.mjs'

const SERVER = fileURLToPath(new URL('../http-server.mjs', import.meta.url))

export async function open() {
  const server = fork(SERVER)
  const gone = once(server, 'exit')
  const failed = gone.then(() => Promise.reject(new Error('the server ended')))
  const [port] = await Promise.race([once(server, 'message'), failed])
  failed.catch(() => {})
  return {
    client: supabase(undefined, { url: `http://127.0.0.1:${port}` }),
    async close() {
      server.disconnect()
      await gone
    },
  }
}
