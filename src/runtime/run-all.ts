/** Something that works until its signal aborts: an informer, a controller, a poller. */
export interface Runnable {
  run(signal: AbortSignal): Promise<void>
}

/** A controller as `bin` starts it: informers and workers together. */
export interface RunningController extends Runnable {
  readonly name: string
  /** Whether the caches are filled, so that absence in them means something. */
  ready(): boolean
}

/**
 * Runs all of them until `signal` aborts and every one has ended. When one fails the others are
 * stopped as well, so that a half-dead operator is restarted in place of limping on.
 *
 * @throws what failed first.
 */
export async function runAll(parts: readonly Runnable[], signal: AbortSignal): Promise<void> {
  const stop = new AbortController()
  const onAbort = (): void => stop.abort(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  const failures: unknown[] = []
  await Promise.all(
    parts.map(async (part) => {
      try {
        await part.run(stop.signal)
      } catch (thrown) {
        if (stop.signal.aborted) return // how it winds up is its own matter
        failures.push(thrown)
        stop.abort(thrown)
      }
    }),
  )
  signal.removeEventListener('abort', onAbort)
  if (failures.length > 0) throw failures[0] as Error
}
