// What sockets do on a runtime, one behaviour after the other; the test has what each has to give.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, listen, RUNTIME, SocketError } from 'oxbase/socket'

const encode = (text) => new TextEncoder().encode(text)
const decode = (bytes) => new TextDecoder().decode(bytes)

/** All that a stream gives, as text. */
async function all(readable) {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of readable) text += decoder.decode(chunk, { stream: true })
  return text
}

/** The name of what a promise fails with. */
const failure = (promise) =>
  promise.then(
    () => 'none',
    (error) =>
      error instanceof SocketError && error instanceof TypeError ? error.name : `${error}`
  )

/** Listens with `onConnection` while `use` runs. */
async function withListener(onConnection, use, place = { port: 0 }) {
  const errors = []
  const handler = { onConnection, onError: (error) => errors.push(error.message) }
  const listener = await listen({ ...place, allowHalfOpen: true, handler })
  try {
    return { ...(await use(listener)), errors }
  } finally {
    await listener.close()
  }
}

async function echo(socket) {
  await socket.readable.pipeTo(socket.writable)
}

const cases = {
  runtime: () => RUNTIME,

  bothSidesAreToldTheAddresses() {
    let seen
    return withListener(
      async (socket) => {
        seen = await socket.opened
        await socket.close()
      },
      async ({ port }) => {
        const socket = connect(`127.0.0.1:${port}`)
        const { localAddress, remoteAddress, alpn } = await socket.opened
        await socket.closed
        return {
          remote: remoteAddress.port === port && remoteAddress.hostname,
          asText: String(remoteAddress) === `127.0.0.1:${port}`,
          sameAsTheServerSees: seen.remoteAddress.port === localAddress.port,
          alpn,
        }
      }
    )
  },

  manyBytesGoThereAndBack: () =>
    withListener(echo, async ({ port }) => {
      const socket = connect({ hostname: 'localhost', port }, { allowHalfOpen: true })
      const writer = socket.writable.getWriter()
      const sent = Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * 31) % 251)
      const writing = writer.write(sent).then(() => writer.close())
      let [size, wrong] = [0, 0]
      for await (const chunk of socket.readable) {
        for (const byte of chunk) if (byte !== sent[size++]) wrong += 1
      }
      await writing
      await socket.closed
      return { size, wrong }
    }),

  whatWasWrittenBeforeCloseArrives: () =>
    withListener(
      async (socket) => {
        const writer = socket.writable.getWriter()
        for (const text of ['one ', 'two ', 'x'.repeat(1_000_000)]) void writer.write(encode(text))
        await socket.close()
      },
      async ({ port }) => ({ size: (await all(connect(`127.0.0.1:${port}`).readable)).length })
    ),

  ourSideEndsWithThePeers: () =>
    withListener(
      async (socket) => {
        await socket.writable.close()
      },
      async ({ port }) => {
        const socket = connect(`127.0.0.1:${port}`)
        const text = await all(socket.readable)
        await socket.closed
        return { text, write: await failure(socket.writable.getWriter().write(encode('late'))) }
      }
    ),

  aHalfOpenSocketGoesOnSending() {
    let finished
    const received = new Promise((resolve) => (finished = resolve))
    return withListener(
      async (socket) => {
        await socket.writable.close()
        finished(await all(socket.readable))
      },
      async ({ port }) => {
        const socket = connect(`127.0.0.1:${port}`, { allowHalfOpen: true })
        await all(socket.readable)
        const writer = socket.writable.getWriter()
        await writer.write(encode('still here'))
        await writer.close()
        await socket.closed
        return { received: await received }
      }
    )
  },

  aReaderMayBringItsOwnMemory: () =>
    withListener(
      async (socket) => {
        await socket.writable.getWriter().write(encode('memory'))
        await socket.close()
      },
      async ({ port }) => {
        const reader = connect(`127.0.0.1:${port}`).readable.getReader({ mode: 'byob' })
        const first = await reader.read(new Uint8Array(3))
        const second = await reader.read(new Uint8Array(10))
        const third = await reader.read(new Uint8Array(10))
        return { texts: [decode(first.value), decode(second.value)], done: third.done }
      }
    ),

  aRefusedConnectionFailsEverywhere: async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address()
    await new Promise((resolve) => server.close(resolve))
    const socket = connect(`127.0.0.1:${port}`)
    const opened = await socket.opened.catch((error) => error)
    return {
      isSocketError: opened instanceof SocketError && opened instanceof TypeError,
      message: opened.message.startsWith('SocketError: '),
      code: opened.code,
      closed: await failure(socket.closed),
      read: await failure(socket.readable.getReader().read()),
      write: await failure(socket.writable.getWriter().write(encode('x'))),
    }
  },

  closeEndsReadingAndWriting: () =>
    withListener(echo, async ({ port }) => {
      const socket = connect(`127.0.0.1:${port}`)
      await socket.opened
      const reader = socket.readable.getReader()
      const reading = reader.read()
      await socket.close()
      await socket.close()
      return {
        read: (await reading).done,
        write: await failure(socket.writable.getWriter().write(encode('x'))),
      }
    }),

  abortingEndsAWriteThatIsUnderWay() {
    let server
    return withListener(
      (socket) => {
        server = socket
      },
      async ({ port }) => {
        const socket = connect(`127.0.0.1:${port}`)
        await socket.opened
        const writer = socket.writable.getWriter()
        // Nobody reads, so it cannot come to its end.
        const writing = failure(writer.write(new Uint8Array(50_000_000)))
        void writer.abort(new Error('enough'))
        await socket.closed
        const write = await writing
        await server.close()
        return { failed: write !== 'none' }
      }
    )
  },

  aSocketThatIsClosedAtOnceWasNeverOpen: () =>
    withListener(echo, async ({ port }) => {
      const socket = connect(`127.0.0.1:${port}`)
      await socket.close()
      const other = connect(`127.0.0.1:${port}`)
      await other.close('changed my mind')
      return { opened: await failure(socket.opened), reason: await failure(other.opened) }
    }),

  onlyBytesAreWritten: () =>
    withListener(echo, async ({ port }) => {
      const socket = connect(`127.0.0.1:${port}`)
      await socket.opened
      const write = await failure(socket.writable.getWriter().write('text'))
      return { write, closed: await failure(socket.closed) }
    }),

  startTlsNeedsItsOption: () =>
    withListener(echo, async ({ port }) => {
      const socket = connect(`127.0.0.1:${port}`)
      const thrown = await failure((async () => socket.startTls())())
      await socket.close()
      const { secureTransport, upgraded } = socket
      return { thrown, secureTransport, upgraded }
    }),

  async aUnixSocketWorksAndIsRemoved() {
    const folder = mkdtempSync(join(tmpdir(), 'oxsock-'))
    const path = join(folder, 'socket')
    const outcome = await withListener(
      echo,
      async (listener) => {
        const socket = connect({ path }, { allowHalfOpen: true })
        const writer = socket.writable.getWriter()
        await writer.write(encode('by file'))
        await writer.close()
        const taken = await failure(listen({ path, handler: { onConnection: echo } }))
        return { text: await all(socket.readable), isAt: listener.path === path, taken }
      },
      { path }
    )
    const gone = await failure(connect({ path }).opened)
    writeFileSync(path, 'a file')
    const file = await failure(listen({ path, handler: { onConnection: echo } }))
    rmSync(folder, { recursive: true })
    return { ...outcome, gone, file }
  },

  whatAHandlerThrowsIsTold: async () => {
    let told
    const error = new Promise((resolve) => (told = resolve))
    const onConnection = async (socket) => {
      await socket.close()
      throw new Error('no such guest')
    }
    const handler = { onConnection, onError: (cause) => told(cause.message) }
    const listener = await listen({ port: 0, handler })
    await connect(`127.0.0.1:${listener.port}`).closed
    await listener.close()
    return error
  },
}

const outcome = {}
for (const [name, run] of Object.entries(cases)) outcome[name] = await run()
console.log(JSON.stringify(outcome))
