// node-postgres with its own stream for Cloudflare Workers, on a real PostgreSQL server.
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startReference, type Reference } from '../support/reference'
import { certificate, plainFront, secureFront } from './front'
import { runOn, RUNTIMES } from './runtime'

let server: Reference

beforeAll(async () => {
  server = await startReference()
})

afterAll(() => server.stop())

test.each(RUNTIMES)('pg talks through pg-cloudflare to a server, on %s', async (runtime) => {
  const path = join(server.host, `.s.PGSQL.${server.port}`)
  const own = certificate()
  const ports = [await plainFront(path), await secureFront(path, own)]
  const outcome = {
    rows: [{ sum: 500_500 }],
    length: 1_000_000,
    code: '22012',
  }
  expect(await runOn(runtime, 'pg-cloudflare.mjs', [...ports, own.caFile])).toEqual({
    plain: outcome,
    secure: outcome,
  })
})
