import type { Clock, Timer } from './env.ts'

interface Due {
  readonly atMs: number
  readonly order: number
  readonly fire: () => void
  cancelled: boolean
}

/**
 * A clock that stands still until it is turned. Timers fire in the order of their time, equal times
 * in the order they were set.
 */
export class SimClock implements Clock {
  #nowMs = 0
  #order = 0
  #skewMs: number
  readonly #due: Due[] = []

  /** @param startMs Wall time at the beginning, milliseconds since 1970. */
  constructor(startMs: number) {
    this.#skewMs = startMs
  }

  now(): number {
    return this.#skewMs + this.#nowMs
  }

  monotonic(): number {
    return this.#nowMs
  }

  /** Moves the wall clock alone, as an administrator or NTP would. */
  jumpWall(ms: number): void {
    this.#skewMs += ms
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error)
      const onAbort = (): void => {
        timer.cancel()
        reject(signal?.reason as Error)
      }
      const timer = this.timer(ms, () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      })
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  timer(ms: number, fire: () => void): Timer {
    const due: Due = {
      atMs: this.#nowMs + wholeTicks(Math.max(0, ms)),
      order: this.#order++,
      fire,
      cancelled: false,
    }
    let low = 0
    let high = this.#due.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#due[middle] as Due).atMs <= due.atMs) low = middle + 1
      else high = middle
    }
    this.#due.splice(low, 0, due)
    return {
      cancel: () => {
        due.cancelled = true
        const index = this.#due.indexOf(due)
        if (index >= 0) this.#due.splice(index, 1)
      },
    }
  }

  /** Time until the next timer, or undefined when none is set. */
  untilNextMs(): number | undefined {
    const next = this.#due[0]
    return next === undefined ? undefined : next.atMs - this.#nowMs
  }

  /** Turns to the next timer and fires it. @returns false when none is set. */
  fireNext(): boolean {
    const next = this.#due.shift()
    if (next === undefined) return false
    this.#nowMs = Math.max(this.#nowMs, next.atMs)
    next.fire()
    return true
  }

  /** Turns the clock by `ms`; timers due by then fire in order, with what they wake run in between. */
  async advance(ms: number): Promise<void> {
    const until = this.#nowMs + ms
    await settle()
    for (;;) {
      const next = this.#due[0]
      if (next === undefined || next.atMs > until) break
      this.fireNext()
      await settle()
    }
    this.#nowMs = until
    await settle()
  }

  /**
   * Runs `work` to its end, turning the clock whenever everything waits.
   *
   * @throws Error when everything waits and no timer is set, or after `limitMs` of virtual time.
   */
  async run<T>(work: () => Promise<T>, limitMs: number = 24 * 3_600_000): Promise<T> {
    const until = this.#nowMs + limitMs
    let ended = false
    const running = work().finally(() => {
      ended = true
    })
    running.catch(() => {}) // seen below
    for (;;) {
      await settle()
      if (ended) return await running
      const waits = this.untilNextMs()
      if (waits === undefined) throw new Error('everything waits and no timer is set')
      if (this.#nowMs + waits > until) throw new Error(`not done within ${limitMs} virtual ms`)
      this.fireNext()
    }
  }
}

// Sums of these are exact, so that time moves whenever a timer fires: what is left of a wait after
// rounding could otherwise be too little to add to the time, for ever.
const ticksPerMs = 1_024

function wholeTicks(ms: number): number {
  return Math.ceil(ms * ticksPerMs) / ticksPerMs
}

/**
 * Lets everything that can go on go on. One macrotask is enough for promises; node's own streams
 * and abort signals hop through a few more.
 */
export async function settle(): Promise<void> {
  for (let hop = 0; hop < 3; hop++) await new Promise<void>((resolve) => setImmediate(resolve))
}
