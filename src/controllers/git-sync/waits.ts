import { Fault } from '#base'

/** Waits for health, each by the pass that waits: a stop ends them at once, it only holds back writes. */
export class Waits {
  readonly #waiting = new Set<AbortController>()
  #signal: AbortSignal | undefined

  /** Until `signal` aborts, passes may wait. */
  start(signal: AbortSignal): void {
    this.#signal = signal
    const end = (): void => {
      for (const pass of this.#waiting) pass.abort(stopping())
    }
    signal.addEventListener('abort', end, { once: true })
  }

  /** Whether a stop has ended, or would end, a wait. */
  isOver(): boolean {
    return this.#signal?.aborted === true
  }

  /** Runs `wait`, whose pass is aborted when it has to end before its time. */
  async during<T>(pass: AbortController, wait: () => Promise<T>): Promise<T> {
    if (this.isOver()) pass.abort(stopping())
    this.#waiting.add(pass)
    try {
      return await wait()
    } finally {
      this.#waiting.delete(pass)
    }
  }
}

function stopping(): Fault {
  return new Fault('Cancelled', 'the operator is stopping')
}
