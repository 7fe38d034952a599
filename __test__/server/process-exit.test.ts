// A server keeps its process alive until it is stopped or let go of, and never longer.
import { expect, test } from 'vitest'
import { run, start } from '../support/child'
import { inWorker } from '../support/embedded'

const SERVER = `const { startServer } = require('oxbase'); const { Client } = require('pg');`

test('a server keeps its process alive, until stop', async () => {
  const { child, said, outcome } = start(`${SERVER}
    startServer({ port: 0 }).then((server) => {
      console.log('listens')
      setTimeout(() => console.log('still here'), 500).unref()
      process.stdin.once('data', () => server.stop()).unref?.()
    })
    process.stdin.on('end', () => undefined)`)
  await said('still here')
  child.stdin?.end('stop')
  expect(await outcome).toMatchObject({ code: 0, signal: null, stderr: '' })
})

test('a server that was let go of lets its process end, though clients are connected', async () => {
  const { code, stdout, stderr } = await run(`${SERVER}
    startServer({ port: 0 }).then(async (server) => {
      server.unref()
      console.log('listens')
    })`)
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'listens\n', stderr: '' })
})

test('ref takes unref back', async () => {
  const { child, said, outcome } = start(`${SERVER}
    startServer({ port: 0 }).then((server) => {
      server.unref().unref().ref().ref()
      setTimeout(() => console.log('still here'), 500).unref()
      process.on('SIGTERM', () => server.unref())
    })`)
  await said('still here')
  child.kill('SIGTERM')
  expect(await outcome).toMatchObject({ code: 0, signal: null })
})

test('a process that has stopped its server ends by itself, with its clients gone', async () => {
  const { code, stdout, stderr } = await run(`${SERVER}
    startServer({ port: 0 }).then(async (server) => {
      const client = new Client(server.connectionString)
      client.on('error', (error) => console.log(error.code ?? error.message))
      await client.connect()
      const answer = client.query('select pg_sleep(600)').catch((error) => error.code)
      await client.query
      await server.stop()
      console.log(await answer)
    })`)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('57P01')
})

test('process.exit in the middle of everything ends the process', async () => {
  const { code, signal } = await run(`${SERVER}
    startServer({ port: 0 }).then(async (server) => {
      const client = new Client(server.connectionString)
      client.on('error', () => undefined)
      await client.connect()
      void client.query('select pg_sleep(600)').catch(() => undefined)
      setTimeout(() => process.exit(7), 200)
    })`)
  expect({ code, signal }).toEqual({ code: 7, signal: null })
})

test('an error in a listener is the application’s, and not swallowed', async () => {
  const { code, stderr } = await run(`${SERVER}
    startServer({ port: 0 }).then(async (server) => {
      server.on('connection', () => { throw new Error('mine') })
      const client = new Client(server.connectionString)
      await client.connect()
    })`)
  expect(code).toBe(1)
  expect(stderr).toContain('Error: mine')
})

test('a server in a worker thread serves, and ends with its worker', async () => {
  const answer = await inWorker(`
    const { Client } = require('pg')
    const server = await oxbase.startServer({ port: 0 })
    const client = new Client(server.connectionString)
    await client.connect()
    const { rows } = await client.query('select 1 as one')
    await client.end()
    await server.stop()
    return rows`)
  expect(answer).toEqual([{ one: 1 }])
})

test('a worker that is terminated takes its server with it', async () => {
  const { code, stdout } = await run(`
    const { Worker } = require('node:worker_threads')
    const net = require('node:net')
    const text = \`
      const { parentPort } = require('node:worker_threads')
      require('oxbase').startServer({ port: 0 }).then((server) => parentPort.postMessage(server.port))\`
    const worker = new Worker(text, { eval: true })
    worker.once('message', async (port) => {
      await worker.terminate()
      const attempt = () => new Promise((resolve) => {
        const socket = net.connect(port, '127.0.0.1')
        socket.once('connect', () => { socket.destroy(); resolve('taken') })
        socket.once('error', (error) => resolve(error.code))
      })
      let outcome = 'taken'
      for (let i = 0; i < 100 && outcome === 'taken'; i += 1) {
        outcome = await attempt()
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      console.log(outcome)
    })`)
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'ECONNREFUSED\n' })
})
