/** `KeepAlive`: whether something that is open keeps the process alive, as a listening socket does. */
import { dispatcher } from './mailbox'

/** Holds the event loop at most once, however often it is told to. */
export class KeepAlive {
  #held = false

  /** Whether the process is to stay alive for this. */
  set(held: boolean): void {
    if (held === this.#held) return
    this.#held = held
    if (held) dispatcher().hold()
    else dispatcher().release()
  }
}
