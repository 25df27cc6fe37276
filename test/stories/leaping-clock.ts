/** Real time that can be made to leap: what a process finds that was suspended and goes on. */
import type { Clock, Timer } from '#base'

/** A clock whose time leaps ahead when it is told to. */
export interface LeapingClock extends Clock {
  /** Lets so many milliseconds go by at once: timers due by then fire now, the earliest first. */
  leap(ms: number): void
}

interface Waiting {
  readonly dueMs: number
  readonly fire: () => void
  timer?: Timer
}

/** The time of `clock` plus all leaps. */
export function leapingClock(clock: Clock): LeapingClock {
  let leaptMs = 0
  const waiting = new Set<Waiting>()
  const monotonic = (): number => clock.monotonic() + leaptMs
  const arm = (one: Waiting): void => {
    one.timer = clock.timer(Math.max(0, one.dueMs - monotonic()), () => finish(one))
  }
  const wait = (ms: number, fire: () => void): Waiting => {
    const one: Waiting = { dueMs: monotonic() + ms, fire }
    waiting.add(one)
    arm(one)
    return one
  }
  const cancel = (one: Waiting): void => {
    waiting.delete(one)
    one.timer?.cancel()
  }
  const finish = (one: Waiting): void => {
    // One that fires together with others may have been cancelled by them.
    if (!waiting.has(one)) return
    cancel(one)
    one.fire()
  }

  return {
    now: () => clock.now() + leaptMs,
    monotonic,
    timer: (ms, fire) => {
      const one = wait(ms, fire)
      return { cancel: () => cancel(one) }
    },
    sleep: async (ms, signal) => {
      signal?.throwIfAborted()
      await new Promise<void>((resolve, reject) => {
        const onAbort = (): void => {
          cancel(one)
          reject(signal?.reason as Error)
        }
        const one = wait(ms, () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        })
        signal?.addEventListener('abort', onAbort, { once: true })
      })
    },
    leap: (ms) => {
      leaptMs += ms
      for (const one of [...waiting].toSorted((a, b) => a.dueMs - b.dueMs)) {
        one.timer?.cancel()
        if (one.dueMs <= monotonic()) finish(one)
        else if (waiting.has(one)) arm(one)
      }
    },
  }
}
