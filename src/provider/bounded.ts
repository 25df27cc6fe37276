import { Fault, type Env } from '#base'

/** A signal that also aborts with Fault Timeout after `ms`. Call `end` when done. */
export function deadline(
  env: Env,
  ms: number,
  parent: AbortSignal,
): { readonly signal: AbortSignal; readonly end: () => void } {
  const own = new AbortController()
  const timer = env.clock.timer(ms, () =>
    own.abort(new Fault('Timeout', `the provider did not answer within ${ms / 1000} s`)),
  )
  return { signal: AbortSignal.any([parent, own.signal]), end: () => timer.cancel() }
}

/** `work`, or the signal's reason as soon as it aborts, even if `work` does not listen. */
export function bounded<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
