/**
 * Calls of one operation, shared: a caller that comes while one runs joins the next one, together
 * with all who come until then, so an answer is never older than the question. One caller's abort
 * takes only that caller out; the operation runs on while anybody waits for it.
 *
 * @param ending Aborts what runs when the owner closes.
 */
export function shareNext<T>(
  operation: (signal: AbortSignal) => Promise<T>,
  ending: AbortSignal,
): (signal: AbortSignal) => Promise<T> {
  interface Call {
    readonly promise: Promise<T>
    readonly control: AbortController
    waiters: number
  }
  let running: Promise<unknown> = Promise.resolve()
  let next: Call | undefined

  const begin = (): Call => {
    const control = new AbortController()
    const promise = running.then(() => {
      next = undefined // whoever comes from now on is told by the next call
      return operation(AbortSignal.any([control.signal, ending]))
    })
    running = promise.catch(() => {})
    return { promise, control, waiters: 0 }
  }

  return async (signal) => {
    signal.throwIfAborted()
    next ??= begin()
    const joined = next
    joined.waiters++
    return new Promise<T>((resolve, reject) => {
      const onAbort = (): void => {
        if (--joined.waiters === 0) joined.control.abort(signal.reason)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      joined.promise
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', onAbort))
    })
  }
}
