import type { Retry } from '#base'

/** When a key is to be looked at again, if nothing wakes it before. */
export type Next =
  | { readonly kind: 'settled' }
  /** In `ms` milliseconds. */
  | { readonly kind: 'after'; readonly ms: number }
  /** As the failure asks; its cause was already put into status. */
  | { readonly kind: 'failed'; readonly retry: Retry }

/** Nothing to come back for. */
export const settled: Next = { kind: 'settled' }

/**
 * How urgent a key is: never synced before changed before failed before periodic. Lanes are served
 * by weight and aged, so that none starves.
 */
export type Lane = 'new' | 'changed' | 'failed' | 'periodic'

export interface ControllerOptions {
  /** As in logs and metrics: `externalsecret`. */
  readonly name: string
  /**
   * Brings one object's world to its spec. Called with one key at a time for each key; a throw that
   * is no Fault is a bug, is logged as such and backed off.
   */
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<Next>
  /** Default 32. */
  readonly workers?: number
}

/** A loop over a work queue; see `createController`. */
export interface Controller {
  readonly name: string
  /** Look at `key` soon. Also forgets its failures: something it read has changed. */
  enqueue(key: string, lane?: Lane): void
  /** Look at `key` in `ms` milliseconds, or sooner if it is queued sooner. */
  enqueueAfter(key: string, ms: number): void
  /** Works until `signal` aborts, then finishes what is under way (10 s at most). */
  run(signal: AbortSignal): Promise<void>
  /** Resolves when no key is ready or being worked on; for tests. */
  idle(): Promise<void>
}
