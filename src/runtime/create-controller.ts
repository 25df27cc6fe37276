import { backoffMs, Fault, faultOf, type Env, type Retry } from '#base'
import type { Client } from '#kube'
import type { Controller, ControllerOptions, Lane, Next } from './controller.ts'
import type { ControllerMetrics } from './metrics.ts'
import { createWorkQueue, type Handed, type WorkQueue } from './work-queue.ts'

const backoff = { firstMs: 1_000, capMs: 300_000 }
const hourMs = 3_600_000
const graceMs = 10_000
/** Over which those come back who waited for the API server. */
const recoverySpreadMs = 5_000

/** What `createController` takes besides {@link ControllerOptions}. */
export interface ControllerParts {
  readonly env: Env
  /** Tells when the API server is back; those who failed for its absence do not wait any longer then. */
  readonly client?: Pick<Client, 'onRecovered'>
  readonly metrics?: ControllerMetrics
  /** Among whom the workers are shared; default: the namespace, the part before the slash. */
  readonly tenantOf?: (key: string) => string
}

/**
 * The loop that hands keys to `reconcile` and decides when each comes back: the one place that
 * reads `Fault.retry`.
 *
 * A failing key is backed off from 1 s to 5 min with full jitter until `enqueue` says that something
 * it read has changed. One namespace never holds more than three quarters of the workers.
 */
export function createController(options: ControllerOptions & ControllerParts): Controller {
  return new Loop(options)
}

class Loop implements Controller {
  readonly name: string
  readonly #options: ControllerOptions & ControllerParts
  readonly #queue: WorkQueue
  readonly #workers: number
  readonly #failures = new Map<string, number>()
  /** Keys whose last reconcile did not reach the API server. */
  readonly #cutOff = new Set<string>()

  constructor(options: ControllerOptions & ControllerParts) {
    this.name = options.name
    this.#options = options
    this.#workers = options.workers ?? 32
    this.#queue = createWorkQueue({
      clock: options.env.clock,
      ...(options.tenantOf === undefined ? {} : { tenantOf: options.tenantOf }),
      mostPerTenant: Math.max(1, Math.ceil(this.#workers * 0.75)),
    })
    options.client?.onRecovered?.(() => this.#retryCutOff())
    options.metrics?.watchQueue(this.name, () => this.#queue.counts())
  }

  enqueue(key: string, lane: Lane = 'changed'): void {
    this.#failures.delete(key)
    this.#cutOff.delete(key)
    this.#queue.add(key, lane)
  }

  enqueueAfter(key: string, ms: number): void {
    this.#queue.addAfter(key, Math.max(0, ms), 'periodic')
  }

  idle(): Promise<void> {
    return this.#queue.idle()
  }

  async run(signal: AbortSignal): Promise<void> {
    // What is under way gets its time to end well before its own signal fires.
    const stop = new AbortController()
    const { clock, log } = this.#options.env
    const loops = Array.from({ length: this.#workers }, () => this.#work(signal, stop.signal))
    const all = Promise.all(loops)
    await new Promise<void>((resolve) => {
      if (signal.aborted) return resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    const timer = clock.timer(graceMs, () => {
      log.warn('reconciles did not end in time and are cut', { controller: this.name })
      stop.abort(new Fault('Cancelled', 'the operator is stopping'))
    })
    await Promise.race([all, neverEnding(stop.signal, clock)])
    timer.cancel()
  }

  async #work(signal: AbortSignal, stop: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let handed: Handed
      try {
        handed = await this.#queue.next(signal)
      } catch {
        return // only the signal ends a wait
      }
      await this.#reconcile(handed, stop)
    }
  }

  async #reconcile(handed: Handed, stop: AbortSignal): Promise<void> {
    const { key, lane } = handed
    const { clock, log } = this.#options.env
    const { metrics } = this.#options
    const startedMs = clock.monotonic()
    let result = 'settled'
    this.#cutOff.delete(key)
    try {
      const next = await this.#options.reconcile(key, stop)
      this.#comeBack(key, next)
      result = next.kind
    } catch (thrown) {
      if (stop.aborted) {
        this.#queue.add(key, 'failed') // for when it runs again: nothing else may ever wake it
      } else {
        const fault = faultOf(thrown)
        result = fault.reason
        const fields = { controller: this.name, key, error: fault }
        if (fault.reason === 'InternalError') log.error('reconcile failed on a bug', fields)
        else log.warn('reconcile failed', fields)
        this.#failed(key, fault.retry)
        // What a backend fails of is told as an outcome; what is thrown failed at the API server.
        if (fault.reason === 'Unavailable' || fault.reason === 'Timeout') this.#cutOff.add(key)
      }
    } finally {
      metrics?.reconciled(this.name, {
        lane,
        result,
        waitedMs: handed.waitedMs,
        tookMs: clock.monotonic() - startedMs,
      })
      this.#queue.done(key)
    }
  }

  // An outage that was long has left everyone with minutes of patience, and is over for all at once.
  #retryCutOff(): void {
    const { random } = this.#options.env
    for (const key of this.#cutOff) {
      this.#failures.delete(key)
      this.#queue.addAfter(key, random.next() * recoverySpreadMs, 'failed')
    }
    this.#cutOff.clear()
  }

  #comeBack(key: string, next: Next): void {
    switch (next.kind) {
      case 'settled':
        this.#failures.delete(key)
        return
      case 'after':
        this.#failures.delete(key)
        this.#queue.addAfter(key, Math.max(1, next.ms), 'periodic')
        return
      case 'failed':
        this.#failed(key, next.retry)
    }
  }

  #failed(key: string, retry: Retry): void {
    const { random } = this.#options.env
    switch (retry.kind) {
      case 'backoff': {
        const failures = (this.#failures.get(key) ?? 0) + 1
        this.#failures.set(key, failures)
        this.#queue.addAfter(key, backoffMs(failures, backoff, random), 'failed')
        return
      }
      case 'after':
        // A server that names no time worth the name (`Retry-After: 0`) is not asked in a loop. It is not
        // backed off either: the rest of a store's pause is often as short, and over for all at once.
        if (retry.ms < backoff.firstMs) {
          this.#queue.addAfter(key, backoff.firstMs * (1 + random.next() / 2), 'failed')
          return
        }
        // Never sooner than asked; a little later, so that all who were told the same do not meet.
        this.#queue.addAfter(key, retry.ms * (1 + random.next() / 10), 'failed')
        return
      case 'onChange':
        this.#queue.addAfter(key, hourMs * (1 - random.next() / 10), 'periodic')
    }
  }
}

// A reconcile that does not heed its signal must not keep the process: one second more, then on.
async function neverEnding(stop: AbortSignal, clock: Env['clock']): Promise<void> {
  await new Promise<void>((resolve) => {
    if (stop.aborted) return resolve()
    stop.addEventListener('abort', () => resolve(), { once: true })
  })
  await clock.sleep(1_000)
}
