import type { Clock } from '#base'

export interface GateOptions {
  readonly clock: Clock
  /** Most calls in flight. Default 32. */
  readonly most?: number
}

/** How one call went, as far as the gate is concerned. */
export interface CallResult {
  /** Milliseconds from sending to the answer's headers. */
  readonly tookMs: number
  /** The server said that it is too busy (429). */
  readonly busy: boolean
}

interface Waiter {
  readonly enter: () => void
}

const fewest = 2

/**
 * Bounds the calls in flight, and finds the bound by what comes back: each 429 takes a quarter off,
 * latency above three times the calm one takes a tenth off, each good answer gives a little back.
 */
export class Gate {
  readonly #clock: Clock
  readonly #most: number
  readonly #waiting = new Set<Waiter>()
  #limit: number
  #inFlight = 0
  #calmMs: number | undefined
  #recentMs = 0
  #shrunkAtMs = Number.NEGATIVE_INFINITY

  constructor(options: GateOptions) {
    this.#clock = options.clock
    this.#most = options.most ?? 32
    this.#limit = this.#most
  }

  get inFlight(): number {
    return this.#inFlight
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Whether urgent calls have brought more into flight than there are kept connections. */
  get crowded(): boolean {
    return this.#inFlight > this.#most
  }

  /** How many may be in flight now. */
  get limit(): number {
    return Math.floor(this.#limit)
  }

  /**
   * Waits for a place. An `urgent` call (a lease) does not stand in line.
   *
   * @returns what to call, once, when the call is over; without a result: it tells nothing.
   * @throws the signal's reason.
   */
  async enter(urgent: boolean, signal: AbortSignal): Promise<(result?: CallResult) => void> {
    signal.throwIfAborted()
    if (!urgent && (this.#inFlight >= this.limit || this.#waiting.size > 0)) {
      await this.#stand(signal)
    } else this.#inFlight++
    let left = false
    return (result) => {
      if (left) return
      left = true
      this.#inFlight--
      if (result !== undefined) this.#learn(result)
      this.#admit()
    }
  }

  #stand(signal: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const waiter: Waiter = {
        enter: () => {
          signal.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      const onAbort = (): void => {
        this.#waiting.delete(waiter)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting.add(waiter)
      this.#admit()
    })
  }

  #admit(): void {
    for (const waiter of this.#waiting) {
      if (this.#inFlight >= this.limit) return
      this.#waiting.delete(waiter)
      this.#inFlight++ // taken for it, before it gets to run
      waiter.enter()
    }
  }

  #learn(result: CallResult): void {
    if (result.busy) return this.#shrink(0.75)
    this.#recentMs += (result.tookMs - this.#recentMs) / 8
    // The calm latency follows downwards at once and upwards slowly, so that a lasting change of the
    // server's speed is accepted in the end.
    this.#calmMs =
      this.#calmMs === undefined
        ? result.tookMs
        : Math.min(result.tookMs, this.#calmMs + (result.tookMs - this.#calmMs) / 256)
    if (this.#recentMs > 3 * this.#calmMs + 100) return this.#shrink(0.9)
    this.#limit = Math.min(this.#most, this.#limit + 1 / this.#limit)
  }

  // Once in 100 ms: the calls in flight together all report the same crowd.
  #shrink(factor: number): void {
    const now = this.#clock.monotonic()
    if (now - this.#shrunkAtMs < 100) return
    this.#shrunkAtMs = now
    this.#limit = Math.max(fewest, this.#limit * factor)
  }
}
