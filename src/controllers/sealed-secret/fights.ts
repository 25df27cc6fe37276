import type { Clock } from '#base'

const firstMs = 1_000
const capMs = 300_000
/** Quiet for so long, a fight is over. */
const forgottenAfterMs = 600_000

interface Fight {
  readonly healedMs: number
  readonly pauseMs: number
}

/**
 * Slows down the putting back of what somebody changes again at once (a mutating webhook, another
 * controller): a person's edit is healed now, a fight once in five minutes at the most.
 */
export class Fights {
  readonly #clock: Clock
  readonly #fights = new Map<string, Fight>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Milliseconds until this one may be put back again; 0: now. */
  waitMs(key: string): number {
    const fight = this.#fights.get(key)
    if (fight === undefined) return 0
    const sinceMs = this.#clock.monotonic() - fight.healedMs
    return sinceMs >= forgottenAfterMs ? 0 : Math.max(0, fight.pauseMs - sinceMs)
  }

  /** Notes that it was put back. */
  healed(key: string): void {
    const before = this.#fights.get(key)
    const now = this.#clock.monotonic()
    const isGoingOn = before !== undefined && now - before.healedMs < forgottenAfterMs
    const pauseMs = isGoingOn ? Math.min(capMs, before.pauseMs * 2) : firstMs
    this.#fights.set(key, { healedMs: now, pauseMs })
  }

  /** Forgets a deleted object. */
  forget(key: string): void {
    this.#fights.delete(key)
  }
}
