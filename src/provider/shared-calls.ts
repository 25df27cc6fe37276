interface Waiter<Answer> {
  readonly resolve: (answer: Answer) => void
  readonly reject: (reason: unknown) => void
  readonly leave: () => void
}

/** One request and those who wait for its answer. */
export class Slot<Request, Answer> {
  readonly id: string
  readonly request: Request
  /** Called when the last waiter of a started request has gone. */
  onAbandoned: (() => void) | undefined
  readonly #waiters = new Set<Waiter<Answer>>()
  readonly #empty: () => void
  #lastJoinedMs = 0

  constructor(id: string, request: Request, empty: () => void) {
    this.id = id
    this.request = request
    this.#empty = empty
  }

  get waiters(): number {
    return this.#waiters.size
  }

  /** When the last waiter came, by the monotonic clock: the read must start no sooner. */
  get lastJoinedMs(): number {
    return this.#lastJoinedMs
  }

  join(nowMs: number, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted()
    this.#lastJoinedMs = nowMs
    return new Promise<Answer>((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiters.delete(waiter)
        reject(signal.reason as Error)
        if (this.#waiters.size === 0) this.#empty()
      }
      signal.addEventListener('abort', onAbort, { once: true })
      const leave = (): void => signal.removeEventListener('abort', onAbort)
      const waiter: Waiter<Answer> = { resolve, reject, leave }
      this.#waiters.add(waiter)
    })
  }

  /** Answers everyone who still waits. Later calls find nobody. */
  settle(answer: Answer): void {
    for (const waiter of this.#drain()) waiter.resolve(answer)
  }

  #drain(): readonly Waiter<Answer>[] {
    const all = [...this.#waiters]
    this.#waiters.clear()
    for (const waiter of all) waiter.leave()
    return all
  }
}

/**
 * Requests that wait to be made. Equal requests become one as long as it has not started; from then on
 * an equal request is a new one, so that whoever was woken by a change never gets an answer that is
 * older than the change.
 */
export class Waiting<Request, Answer> {
  readonly #slots = new Map<string, Slot<Request, Answer>>()
  readonly #inFlight = new Set<Slot<Request, Answer>>()
  readonly #nowMs: () => number

  /** @param nowMs The monotonic clock. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  get size(): number {
    return this.#slots.size
  }

  /** How many requests wait or are under way. */
  get busy(): number {
    return this.#slots.size + this.#inFlight.size
  }

  ask(
    id: string,
    request: Request,
    signal: AbortSignal,
  ): { joined: boolean; answer: Promise<Answer> } {
    const known = this.#slots.get(id)
    if (known !== undefined) return { joined: true, answer: known.join(this.#nowMs(), signal) }
    const slot = new Slot<Request, Answer>(id, request, () => {
      if (this.#slots.get(id) === slot) this.#slots.delete(id)
      else slot.onAbandoned?.()
    })
    const answer = slot.join(this.#nowMs(), signal)
    this.#slots.set(id, slot)
    return { joined: false, answer }
  }

  /** Takes up to `count` of the oldest requests to make them now. */
  start(count: number): readonly Slot<Request, Answer>[] {
    const started: Slot<Request, Answer>[] = []
    for (const [id, slot] of this.#slots) {
      if (started.length >= count) break
      this.#slots.delete(id)
      this.#inFlight.add(slot)
      started.push(slot)
    }
    return started
  }

  /** A started request has its answer. */
  end(slots: readonly Slot<Request, Answer>[]): void {
    for (const slot of slots) this.#inFlight.delete(slot)
  }

  /** Gives everyone who waits the same answer. */
  settleAll(answer: Answer): void {
    for (const slot of this.#inFlight) slot.settle(answer)
    this.settleWaiting(answer)
  }

  /** Gives everyone whose request has not started the same answer. */
  settleWaiting(answer: Answer): void {
    const waiting = [...this.#slots.values()]
    this.#slots.clear()
    for (const slot of waiting) slot.settle(answer)
  }
}
