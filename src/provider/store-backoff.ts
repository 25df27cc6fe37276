import { backoffMs, Fault, type Clock, type Random } from '#base'

/** First and longest pause of a store that cannot be reached. Everyone is back within a minute of it. */
const pause = { firstMs: 1_000, capMs: 30_000 } as const

/**
 * Keeps a store that cannot be reached from being asked by everybody: after a failed login or connection,
 * a 429 or a 5xx, reads fail at once until a pause is over, then one is let through to try.
 * A refused or absent path says nothing about the store and pauses nothing.
 */
export class StoreBackoff {
  readonly #clock: Clock
  readonly #random: Random
  #failures = 0
  #untilMs = 0
  #setAtMs = -1
  #fault: Fault | undefined

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  /** Whether the store failed last and has not answered since: one call at a time, then. */
  get failing(): boolean {
    return this.#failures > 0
  }

  /** The failure to hand out while the pause lasts; its retry says how long that is. */
  get fault(): Fault | undefined {
    const fault = this.#fault
    return fault === undefined || this.#leftMs <= 0 ? undefined : this.lasting(fault)
  }

  /** A failure of the store with the end of the pause as its retry; as it is when there is no pause. */
  lasting(fault: Fault): Fault {
    const leftMs = this.#leftMs
    if (leftMs <= 0 || !isStoreFailure(fault)) return fault
    return new Fault(fault.reason, fault.message, {
      retry: { kind: 'after', ms: leftMs },
      cause: fault.cause,
      ...(fault.hint === undefined ? {} : { hint: fault.hint }),
      ...(fault.at === undefined ? {} : { at: fault.at }),
      ...(fault.status === undefined ? {} : { status: fault.status }),
    })
  }

  get #leftMs(): number {
    return this.#untilMs - this.#clock.monotonic()
  }

  /** @param startedMs When the call that was answered had started, by the monotonic clock. */
  succeeded(startedMs: number): void {
    if (startedMs < this.#setAtMs) return // older than the failure that set the pause
    this.#failures = 0
    this.#untilMs = 0
    this.#fault = undefined
  }

  failed(fault: Fault, startedMs: number): void {
    // Calls that were under way together fail together: that is one failure.
    if (startedMs < this.#setAtMs) return
    const nowMs = this.#clock.monotonic()
    this.#failures++
    this.#fault = fault
    this.#setAtMs = nowMs
    const ownMs = backoffMs(this.#failures, pause, this.#random)
    const askedMs = fault.retry.kind === 'after' ? fault.retry.ms : 0
    this.#untilMs = nowMs + Math.max(ownMs, askedMs)
  }
}

/** Whether a failure is the store's matter rather than that of one path. */
export function isStoreFailure(fault: Fault): boolean {
  return (
    fault.reason === 'Unavailable' || fault.reason === 'Timeout' || fault.reason === 'RateLimited'
  )
}
