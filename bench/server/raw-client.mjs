// A client that speaks as much of the protocol as it takes to connect, to run statements one by one,
// and to hear notifications, so that a thousand of them, or 100,000 notifications a second, do not measure the client.

import { connect } from 'node:net'
import { join } from 'node:path'

const PROTOCOL_3_0 = 196_608
const HEADER = 5
const CLEARTEXT_PASSWORD = 3
const [ERROR, NOTIFICATION, READY, AUTHENTICATION] = [...'EAZR'].map((letter) =>
  letter.charCodeAt(0)
)

export class RawClient {
  #config
  #socket
  #rest = Buffer.alloc(0)
  #waiting
  #error
  #last = Promise.resolve()
  /** Called with the payload of each notification. */
  onNotification

  constructor(config) {
    this.#config = config
  }

  /** Resolves when the server is ready for statements. */
  connect() {
    const { host, port, user, database } = this.#config
    const address = host.startsWith('/') ? { path: join(host, `.s.PGSQL.${port}`) } : { host, port }
    const parameters = Buffer.from(`user\0${user}\0database\0${database}\0\0`)
    const head = Buffer.alloc(8)
    head.writeInt32BE(head.length + parameters.length)
    head.writeInt32BE(PROTOCOL_3_0, 4)
    this.#socket = connect({ ...address, noDelay: true })
    this.#socket.on('data', (chunk) => this.#read(chunk))
    this.#socket.on('error', (error) => this.#settle(error))
    this.#socket.on('close', () => {
      this.#settle(this.#error ?? new Error('the server ended the connection'))
    })
    return this.#exchange(Buffer.concat([head, parameters]))
  }

  /** Runs a statement when those before it are done; its rows are dropped. */
  query(text) {
    const answer = this.#last.then(() => this.#exchange(message('Q', text)))
    this.#last = answer.catch(() => {})
    return answer
  }

  destroy() {
    this.#socket?.destroy()
  }

  #exchange(message) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(message)
    })
  }

  #settle(error) {
    const waiting = this.#waiting
    this.#waiting = undefined
    this.#error = undefined
    if (error) waiting?.reject(error)
    else waiting?.resolve()
  }

  #read(chunk) {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let at = 0
    while (at + HEADER <= bytes.length) {
      const end = at + 1 + bytes.readUInt32BE(at + 1)
      if (end > bytes.length) break
      this.#take(bytes[at], bytes.subarray(at + HEADER, end))
      at = end
    }
    this.#rest = bytes.subarray(at)
  }

  #take(type, body) {
    if (type === NOTIFICATION) {
      const payload = body.indexOf(0, 4) + 1
      this.onNotification?.(body.latin1Slice(payload, body.length - 1))
    } else if (type === ERROR) {
      const message = /\0M([^\0]*)/.exec(body.toString())?.[1]
      this.#error = new Error(message ?? 'the server answered with an error')
    } else if (type === AUTHENTICATION && body.readInt32BE() === CLEARTEXT_PASSWORD) {
      this.#socket.write(message('p', this.#config.password))
    } else if (type === READY) {
      this.#settle(this.#error)
    }
  }
}

/** A message of one string. */
function message(type, text) {
  const body = Buffer.from(`${text}\0`)
  const head = Buffer.from(`${type}\0\0\0\0`)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
