/** When the controller loop should try again. The loop is the only reader. */
export type Retry =
  /** Exponential, jittered, per key; for what heals by itself. */
  | { readonly kind: 'backoff' }
  /** Not before `ms` milliseconds from now, as the other side asked. */
  | { readonly kind: 'after'; readonly ms: number }
  /** Only when something that was read changes; hourly at the latest. */
  | { readonly kind: 'onChange' }

/**
 * Stable, internal names of the failures we understand. Each controller's `status.ts`
 * translates them into its peer's vocabulary; scripts may rely on these in CLI output and logs.
 */
export type FaultReason =
  | 'AccessDenied' // the other side knows who we are and says no (403), or does not know us (401)
  | 'AlreadyExists' // create found an object of that name
  | 'Cancelled' // the caller's signal was aborted
  | 'CannotUnseal' // no key opens a sealed value under this name and scope
  | 'Conflict' // the version seen is no longer the newest, or another manager owns a field
  | 'DecryptionFailed' // ciphertext that does not decode or does not authenticate
  | 'Expired' // a resourceVersion or continue token is too old (410)
  | 'Forbidden' // our own rules refuse it: target type, cross-namespace reference, ownership
  | 'InternalError' // anything thrown that is no Fault: a bug of ours
  | 'InvalidAnswer' // a remote answer that is not what its protocol says
  | 'InvalidManifest' // a file in Git that is no valid object
  | 'InvalidRef' // a reference to a Secret, key, store or path that does not resolve
  | 'InvalidSpec' // the object itself is wrong; the author must change it
  | 'NotFound' // a kind, path or host that is absent where absence is a failure
  | 'RateLimited' // 429, or a provider's throttling
  | 'StoreNotReady' // the store's own condition is not Ready
  | 'TemplateError' // a template does not parse, does not run, or uses what is not supported
  | 'Timeout' // a bound of ours ran out
  | 'TooLarge' // an answer, object or file beyond its limit
  | 'Unavailable' // connection refused or cut, 5xx, not ready yet
  | 'Unsupported' // known, but not built

export interface FaultOptions {
  readonly retry?: Retry
  /** What a person can do about it: one sentence, imperative. Printed as `hint:` by the CLI. */
  readonly hint?: string
  readonly cause?: unknown
  /** The field, file or object it is about, as the author would name it: `spec.data[2].remoteRef.key`. */
  readonly at?: string
  /** Status code of the remote side, when there was one. */
  readonly status?: number
}

const defaultRetry: Readonly<Record<FaultReason, Retry['kind']>> = {
  AccessDenied: 'backoff',
  AlreadyExists: 'backoff',
  Cancelled: 'backoff',
  CannotUnseal: 'onChange',
  Conflict: 'backoff',
  DecryptionFailed: 'onChange',
  Expired: 'backoff',
  Forbidden: 'onChange',
  InternalError: 'backoff',
  InvalidAnswer: 'backoff',
  InvalidManifest: 'onChange',
  InvalidRef: 'onChange',
  InvalidSpec: 'onChange',
  NotFound: 'backoff',
  RateLimited: 'backoff',
  StoreNotReady: 'backoff',
  TemplateError: 'onChange',
  Timeout: 'backoff',
  TooLarge: 'onChange',
  Unavailable: 'backoff',
  Unsupported: 'onChange',
}

/**
 * A failure we understand: a stable reason, a message for the person who reads
 * `kubectl describe`, and when to try again.
 *
 * The message never holds a secret byte nor the body of a remote answer.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly reason: FaultReason
  readonly retry: Retry
  readonly hint: string | undefined
  readonly at: string | undefined
  readonly status: number | undefined

  constructor(reason: FaultReason, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    const kind = defaultRetry[reason]
    this.reason = reason
    this.retry = options.retry ?? (kind === 'onChange' ? { kind } : { kind: 'backoff' })
    this.hint = options.hint
    this.at = options.at
    this.status = options.status
  }

  /** The same failure, with what was being done in front: `read apps/db from Vault: …`. */
  within(doing: string): Fault {
    return new Fault(this.reason, `${doing}: ${this.message}`, {
      retry: this.retry,
      cause: this,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.at === undefined ? {} : { at: this.at }),
      ...(this.status === undefined ? {} : { status: this.status }),
    })
  }
}

/**
 * Anything thrown, as a Fault. What is no Fault becomes `InternalError` with a message that does
 * not repeat the thrown text, since that text may hold anything; the original stays as `cause`.
 */
export function faultOf(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new Fault('Cancelled', 'cancelled', { cause: thrown })
  }
  const kind = thrown instanceof Error ? thrown.constructor.name : typeof thrown
  return new Fault('InternalError', `internal error (${kind}); this is a bug`, { cause: thrown })
}

/** A result or the Fault in its place. */
export type Outcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly fault: Fault }

/** Runs `work`; a throw becomes a value. Cancellation is rethrown: whoever aborted wants out. */
export async function outcomeOf<T>(
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<Outcome<T>> {
  try {
    return { kind: 'done', value: await work() }
  } catch (thrown) {
    signal?.throwIfAborted()
    return { kind: 'failed', fault: faultOf(thrown) }
  }
}
