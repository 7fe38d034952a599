/** The channels a `Database` listens on, over one session of their own. */
import pg from 'pg'
import { KeepAlive } from './keep-alive'
import type { Client } from './pg/client'

/** Called with the payload of a notification, and with all of it. */
export type NotificationListener = (payload: string, notification: pg.Notification) => void

/** Listeners by channel. The process stays alive while there are any. */
export class Subscriptions {
  readonly #connect: () => Promise<Client>
  readonly #channels = new Map<string, Set<NotificationListener>>()
  #session: Promise<Client> | undefined
  readonly #keepAlive = new KeepAlive()

  constructor(connect: () => Promise<Client>) {
    this.#connect = connect
  }

  /** Calls `listener` for each notification on `channel` from the moment the promise resolves. */
  async add(channel: string, listener: NotificationListener): Promise<void> {
    const listeners = this.#channels.get(channel) ?? new Set()
    listeners.add(listener)
    this.#channels.set(channel, listeners)
    this.#hold()
    try {
      const session = await this.#open()
      await session.query(`LISTEN ${pg.escapeIdentifier(channel)}`)
    } catch (error) {
      this.#forget(channel, listener)
      throw error
    }
  }

  /** Stops calling `listener`, or every listener of `channel` when none is named. */
  async remove(channel: string, listener?: NotificationListener): Promise<void> {
    if (!this.#forget(channel, listener) || this.#session === undefined) return
    const session = await this.#session
    if (!this.#channels.has(channel)) {
      await session.query(`UNLISTEN ${pg.escapeIdentifier(channel)}`)
    }
  }

  /** Drops every listener, without a word to the engine. */
  clear(): void {
    this.#channels.clear()
    this.#session = undefined
    this.#hold()
  }

  /** Whether `channel` has no listener left because of this call. */
  #forget(channel: string, listener: NotificationListener | undefined): boolean {
    const listeners = this.#channels.get(channel)
    if (listeners === undefined) return false
    if (listener === undefined) listeners.clear()
    else listeners.delete(listener)
    if (listeners.size > 0) return false
    this.#channels.delete(channel)
    this.#hold()
    return true
  }

  #hold(): void {
    this.#keepAlive.set(this.#channels.size > 0)
  }

  #open(): Promise<Client> {
    this.#session ??= this.#connect().then(
      (session) => {
        session.on('notification', (notification) => this.#notify(notification))
        session.once('end', () => this.#reconnect())
        return session
      },
      (error: unknown) => {
        this.#session = undefined
        throw error
      }
    )
    return this.#session
  }

  /** The session has ended without being asked to: another one listens in its place, if there can be one. */
  #reconnect(): void {
    this.#session = undefined
    if (this.#channels.size === 0) return
    this.#open()
      .then(async (session) => {
        for (const channel of this.#channels.keys()) {
          await session.query(`LISTEN ${pg.escapeIdentifier(channel)}`)
        }
      })
      .catch(() => {
        // A session that ended while it began to listen has called this again.
        if (this.#session === undefined) this.clear()
      })
  }

  #notify(notification: pg.Notification): void {
    const listeners = this.#channels.get(notification.channel) ?? []
    for (const listener of [...listeners]) listener(notification.payload ?? '', notification)
  }
}
