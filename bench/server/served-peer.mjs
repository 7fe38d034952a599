// The runner's side of one peer at one place: its server, which is a process of its own, and its clients, which are in
// the runner's process, the same for every peer.

import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { Peer } from '../support/peer.mjs'
import { RawClient } from './raw-client.mjs'
import { works } from './works/index.mjs'

const SERVER = fileURLToPath(new URL('server.mjs', import.meta.url))
const STEP_LIMIT_S = 30
const quiet = () => {}

let opened = 0

export class ServedPeer {
  #server
  #states = new Map()
  /** What cuts off each client. */
  #clients = new Map()
  #surroundings

  /** Starts the server of `name` for a place. `surroundings`: { scratch, env }. */
  static async open(name, place, surroundings) {
    const peer = new ServedPeer()
    peer.name = name
    peer.place = place
    peer.directory = join(surroundings.scratch, `${place.name}-${name}-${opened++}`)
    peer.#surroundings = surroundings
    peer.#server = new Peer(name, surroundings.env, { program: SERVER })
    try {
      mkdirSync(surroundings.scratch, { recursive: true })
      const { directory } = peer
      Object.assign(peer, await peer.#server.ask('open', { place: { ...place, directory } }))
      return peer
    } catch (error) {
      await peer.end()
      throw error
    }
  }

  /** False once the server's process has ended. */
  get alive() {
    return this.#server.alive
  }

  /** Has a work do a step, `setup`, `round` or `teardown`, within its time. */
  async ask(step, { workload, options }) {
    const work = works.find(({ name }) => name === workload)
    if (work[step] === undefined) return undefined
    const seconds = (work.limit ?? STEP_LIMIT_S) + options.seconds
    const answer = await within(seconds, work[step](this, this.#states.get(work), options))
    if (step === 'setup') this.#states.set(work, answer)
    return answer
  }

  /** Asks the server's process: `memory`, `start` or `asleep`. */
  async request(action) {
    if (!this.alive) throw new Error('its server has ended')
    return this.#server.ask(action)
  }

  /** A client of `pg` that is connected. `over` names another database or server. */
  async client(over = {}) {
    const client = new pg.Client({ ...this.config, ...over })
    client.on('error', quiet)
    await this.#connected(client, () => client.connection.stream.destroy())
    client.once('end', () => this.#clients.delete(client))
    return client
  }

  /** A client that knows little but costs next to nothing. */
  async rawClient(over = {}) {
    const client = new RawClient({ ...this.config, ...over })
    await this.#connected(client, () => client.destroy())
    return client
  }

  async #connected(client, destroy) {
    this.#clients.set(client, destroy)
    await client.connect()
  }

  /** Another server of the same peer, for one measurement; it ends when `work` has. */
  async fresh(over, work) {
    const peer = await ServedPeer.open(this.name, { ...this.place, ...over }, this.#surroundings)
    try {
      return await work(peer)
    } finally {
      await peer.end()
    }
  }

  /** Ends the clients and the server, and removes its directory. */
  async end() {
    for (const destroy of this.#clients.values()) destroy()
    this.#clients.clear()
    await this.#server.end()
    rmSync(this.directory, { recursive: true, force: true })
  }
}

function within(seconds, work) {
  let timer
  const late = new Promise((_, reject) => {
    const error = new Error(`it did not end within ${seconds} s`)
    timer = setTimeout(() => reject(error), seconds * 1000)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
