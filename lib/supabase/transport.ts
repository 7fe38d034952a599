/**
 * The WebSocket that supabase-js is given for realtime, as long as there is none: it opens, and answers
 * each join with an error that says so. Has the shape of a WebSocket as realtime-js uses it, and makes
 * it set no timers: they would try again and again, and keep the process alive.
 */

/** What a channel is told. */
const REFUSAL = 'oxbase does not have Supabase Realtime yet: it comes in a later version'

type Listener = (event: Record<string, unknown>) => void

/** Frames as serializer 2.0.0 (an array) or 1.0.0 (an object) writes them. */
interface Frame {
  joinRef: unknown
  ref: unknown
  topic: unknown
  event: unknown
  isArray: boolean
}

function parse(text: string): Frame | undefined {
  const message: unknown = JSON.parse(text)
  if (Array.isArray(message)) {
    const [joinRef, ref, topic, event] = message as unknown[]
    return { joinRef, ref, topic, event, isArray: true }
  }
  if (typeof message !== 'object' || message === null) return undefined
  const { join_ref: joinRef, ref, topic, event } = message as Record<string, unknown>
  return { joinRef, ref, topic, event, isArray: false }
}

/** A WebSocket class whose sockets call `refused` after they have refused a channel. */
export function createTransport(refused: () => void) {
  return class RefusingSocket {
    static readonly CONNECTING = 0
    static readonly OPEN = 1
    static readonly CLOSING = 2
    static readonly CLOSED = 3
    readonly CONNECTING = 0
    readonly OPEN = 1
    readonly CLOSING = 2
    readonly CLOSED = 3
    readonly url: string
    readonly protocol = ''
    readonly extensions = ''
    readonly bufferedAmount = 0
    /** Phoenix' client sends no heartbeats. */
    readonly skipHeartbeat = true
    binaryType = 'arraybuffer'
    readyState = 0
    onopen: Listener | null = null
    onmessage: Listener | null = null
    onclose: Listener | null = null
    onerror: Listener | null = null
    readonly listeners = new Map<string, Set<Listener>>()

    constructor(address: string | URL) {
      this.url = String(address)
      queueMicrotask(() => {
        if (this.readyState !== this.CONNECTING) return
        this.readyState = this.OPEN
        this.emit('open', {})
      })
    }

    send(data: unknown): void {
      if (typeof data !== 'string') return
      const frame = parse(data)
      if (frame === undefined) return
      queueMicrotask(() => this.answer(frame))
    }

    close(code = 1000, reason = ''): void {
      if (this.readyState >= this.CLOSING) return
      this.readyState = this.CLOSED
      this.emit('close', { code, reason, wasClean: true })
    }

    addEventListener(type: string, listener: Listener): void {
      const known = this.listeners.get(type) ?? new Set()
      this.listeners.set(type, known.add(listener))
    }

    removeEventListener(type: string, listener: Listener): void {
      this.listeners.get(type)?.delete(listener)
    }

    answer({ joinRef, ref, topic, event, isArray }: Frame): void {
      if (this.readyState !== this.OPEN) return
      const joins = event === 'phx_join'
      const payload = joins
        ? { status: 'error', response: { reason: REFUSAL } }
        : { status: 'ok', response: {} }
      const reply = isArray
        ? [joinRef, ref, topic, 'phx_reply', payload]
        : { join_ref: joinRef, ref, topic, event: 'phx_reply', payload }
      // A channel that is refused while its socket is open would be tried again.
      if (joins) this.readyState = this.CLOSED
      this.emit('message', { data: JSON.stringify(reply) })
      if (!joins) return
      this.readyState = this.OPEN
      refused()
    }

    emit(type: 'open' | 'message' | 'close' | 'error', event: Record<string, unknown>): void {
      const full = { type, target: this, ...event }
      this[`on${type}`]?.(full)
      for (const listener of [...(this.listeners.get(type) ?? [])]) listener(full)
    }
  }
}
