import { Fault, faultOf, limits, type Env } from '#base'
import { bounded, deadline } from './bounded.ts'
import { watchCredentials, type CredentialWatch } from './credentials.ts'
import { OpenFault } from './open-fault.ts'
import type { ClusterReader, Provider, ProviderDeps, ProviderKind } from './provider.ts'

export interface IdentityDeps {
  readonly env: Env
  readonly kind: () => Promise<ProviderKind>
  readonly config: unknown
  readonly reader: ClusterReader
  /** Whether references without a namespace may be followed. */
  readonly mayUseConsumer: boolean
  /** What `open` is given, but for the reader. */
  readonly providerDeps: Omit<ProviderDeps, 'cluster'>
  /** How old a look at the credentials may be, in milliseconds. */
  readonly credentialsMs: number
  /** Told of every attempt to open. */
  readonly onOpen: (startedMs: number, fault: Fault | undefined) => void
}

/** An open provider with what it was opened from. */
export interface Opened {
  readonly provider: Provider
  /** A batch was refused once: single reads from then on. */
  single: boolean
}

interface Held extends Opened {
  readonly credentials: CredentialWatch
  /** When the credentials were last seen to be those it was opened with, by the monotonic clock. */
  checkedMs: number
  uses: number
  ended: boolean
}

/**
 * Keeps one provider open for as long as the credentials it was opened with stay what they are, and opens
 * a new one when they change. The old one ends when its last call is done.
 */
export class Identity {
  readonly #deps: IdentityDeps
  readonly #stop = new AbortController()
  #held: Held | undefined
  #checking: { readonly startedMs: number; readonly done: Promise<Held> } | undefined

  constructor(deps: IdentityDeps) {
    this.#deps = deps
  }

  get isOpen(): boolean {
    return this.#held !== undefined
  }

  /** Single reads only, as far as is known. */
  get single(): boolean {
    return this.#held?.single ?? false
  }

  /**
   * Runs `work` with a provider whose credentials were looked at no earlier than `credentialsMs` before
   * `sinceMs`.
   *
   * @throws OpenFault when it cannot be opened; what `work` throws.
   */
  async use<T>(
    sinceMs: number,
    signal: AbortSignal,
    work: (opened: Opened) => Promise<T>,
  ): Promise<T> {
    const held = await bounded(this.#ensure(sinceMs), signal)
    held.uses++
    try {
      return await work(held)
    } finally {
      held.uses--
      this.#sweep(held)
    }
  }

  /** Ends the login once its last call is done. A later use opens anew. */
  end(): void {
    const held = this.#held
    this.#held = undefined
    if (held !== undefined) this.#end(held)
  }

  async close(): Promise<void> {
    this.#stop.abort(new Fault('Cancelled', 'the store was closed'))
    const held = this.#held
    this.#held = undefined
    if (held === undefined) return
    held.ended = true
    await held.provider.close().catch(() => {})
  }

  async #ensure(sinceMs: number): Promise<Held> {
    const oldestMs = sinceMs - this.#deps.credentialsMs
    for (;;) {
      this.#stop.signal.throwIfAborted()
      if (this.#held !== undefined && this.#held.checkedMs >= oldestMs) return this.#held
      const running = this.#checking
      if (running === undefined) return await this.#check()
      if (running.startedMs >= oldestMs) return await running.done
      await running.done.catch(() => {})
    }
  }

  #check(): Promise<Held> {
    const startedMs = this.#deps.env.clock.monotonic()
    const done = this.#renewed(startedMs).finally(() => {
      this.#checking = undefined
    })
    this.#checking = { startedMs, done }
    return done
  }

  async #renewed(startedMs: number): Promise<Held> {
    const limit = deadline(this.#deps.env, limits.providerTimeoutMs, this.#stop.signal)
    try {
      const held = this.#held
      if (
        held !== undefined &&
        (await bounded(held.credentials.unchanged(limit.signal), limit.signal))
      ) {
        held.checkedMs = startedMs
        return held
      }
      const opened = await bounded(this.#open(startedMs, limit.signal), limit.signal)
      this.#deps.onOpen(startedMs, undefined)
      this.#held = opened
      if (held !== undefined) this.#end(held)
      return opened
    } catch (thrown) {
      const fault = new OpenFault(faultOf(thrown))
      this.#deps.onOpen(startedMs, fault)
      throw fault
    } finally {
      limit.end()
    }
  }

  async #open(startedMs: number, signal: AbortSignal): Promise<Held> {
    const { kind, config, reader, mayUseConsumer, providerDeps } = this.#deps
    const credentials = watchCredentials(reader, mayUseConsumer)
    const loaded = await kind()
    const opening = loaded.open(config, { ...providerDeps, cluster: credentials.reader }, signal)
    // A provider that opens after we gave up must not keep its login.
    opening.then(
      (late) => (signal.aborted ? late.close().catch(() => {}) : undefined),
      () => {},
    )
    const provider = await opening
    return { provider, credentials, checkedMs: startedMs, single: false, uses: 0, ended: false }
  }

  #end(held: Held): void {
    held.ended = true
    this.#sweep(held)
  }

  #sweep(held: Held): void {
    if (held.ended && held.uses === 0) void held.provider.close().catch(() => {})
  }
}
