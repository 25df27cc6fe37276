import { randomFillSync, randomUUID } from 'node:crypto'
import type { Clock, Entropy, Random, Timer } from './env.ts'

/** The machine's clock. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error)
      const onAbort = (): void => {
        clearTimeout(handle)
        reject(signal?.reason as Error)
      }
      const handle = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }, boundedMs(ms))
      signal?.addEventListener('abort', onAbort, { once: true })
    }),
  timer: (ms, fire): Timer => {
    // Node turns delays beyond 2^31-1 ms into 1 ms; a far timer is reached in legs instead.
    let handle: NodeJS.Timeout
    const arm = (left: number): void => {
      const leg = Math.min(left, longestLegMs)
      handle = setTimeout(() => (left > leg ? arm(left - leg) : fire()), leg)
      handle.unref()
    }
    arm(Math.max(0, ms))
    return { cancel: () => clearTimeout(handle) }
  },
}

const longestLegMs = 2 ** 31 - 1

function boundedMs(ms: number): number {
  return Math.min(Math.max(0, ms), longestLegMs)
}

/** For jitter and names only. */
export const realRandom: Random = { next: () => Math.random() }

/** OpenSSL's random source, which the operating system seeds: what `crypto.getRandomValues` draws on, too. */
export const realEntropy: Entropy = {
  bytes: (size) => randomFillSync(new Uint8Array(size)),
  uuid: () => randomUUID(),
}
