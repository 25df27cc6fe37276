import type { Clock } from '#base'

/** What the limiter says to one request. */
export interface Verdict {
  readonly allowed: boolean
  /** How many may come at once when it is quiet. */
  readonly limit: number
  readonly remaining: number
  /** Seconds until all of `limit` is free again. */
  readonly resetSeconds: number
  /** Seconds until the next may come; only when refused. */
  readonly retryAfterSeconds?: number
}

const mostKeys = 65_536

/**
 * So many requests a second for each key, and a burst beyond the first: the generic cell rate
 * algorithm, with the numbers the original gives in its headers.
 */
export class RateLimit {
  readonly #clock: Clock
  readonly #emissionMs: number
  readonly #burst: number
  /** Theoretical arrival time of the next request of each key. */
  readonly #arrivals = new Map<string, number>()

  constructor(clock: Clock, perSecond: number, burst: number) {
    this.#clock = clock
    this.#emissionMs = 1000 / perSecond
    this.#burst = burst
  }

  /** Counts a request. */
  take(key: string): Verdict {
    const now = this.#clock.monotonic()
    const limit = this.#burst + 1
    const toleranceMs = this.#emissionMs * this.#burst
    const arrival = Math.max(this.#arrivals.get(key) ?? 0, now)
    const early = arrival - now - toleranceMs
    if (early > 1e-6) {
      return {
        allowed: false,
        limit,
        remaining: 0,
        resetSeconds: Math.ceil((arrival - now) / 1000),
        retryAfterSeconds: Math.max(1, Math.ceil(early / 1000)),
      }
    }
    const next = arrival + this.#emissionMs
    this.#remember(key, next)
    const ahead = next - now
    return {
      allowed: true,
      limit,
      remaining: Math.max(
        0,
        Math.floor((toleranceMs + this.#emissionMs - ahead) / this.#emissionMs + 1e-9),
      ),
      resetSeconds: Math.ceil(ahead / 1000),
    }
  }

  #remember(key: string, arrival: number): void {
    this.#arrivals.delete(key)
    this.#arrivals.set(key, arrival)
    if (this.#arrivals.size <= mostKeys) return
    const oldest = this.#arrivals.keys().next()
    if (oldest.done !== true) this.#arrivals.delete(oldest.value)
  }
}
