import { Fault, faultOf, limits, type Env } from '#base'
import { parseGoDuration } from '#go'
import { bounded, deadline } from './bounded.ts'
import { Identity, type Opened } from './identity.ts'
import type {
  ClusterReader,
  EntryOutcome,
  EntryRef,
  Find,
  ProviderDeps,
  ProviderKind,
  Validation,
} from './provider.ts'
import { Waiting, type Slot } from './shared-calls.ts'
import { isStoreFailure, StoreBackoff } from './store-backoff.ts'
import type { StoreView } from './store-view.ts'

/** One call to a provider, for metrics. */
export interface Call {
  readonly operation: 'open' | 'read' | 'find' | 'validate'
  readonly refs: number
  readonly tookMs: number
  readonly failed?: string
}

export interface LaneDeps {
  readonly env: Env
  readonly store: StoreView
  readonly kind: () => Promise<ProviderKind>
  readonly reader: ClusterReader
  readonly mayUseConsumer: boolean
  readonly providerDeps: Omit<ProviderDeps, 'cluster'>
  readonly windowMs: number
  readonly concurrency: number
  readonly credentialsMs: number
  /** Calls under way of all lanes of the store. */
  readonly gate: { running: number }
  readonly counts: { reads: number; calls: number; finds: number; joined: number }
  readonly onCall: (call: Call) => void
  /** A call ended, so another lane of the store may start one. */
  readonly onFree: () => void
}

type FindOutcome =
  | { readonly kind: 'found'; readonly entries: ReadonlyMap<string, Uint8Array> }
  | { readonly kind: 'failed'; readonly fault: Fault }

/** A whole find may take so many single exchanges' time. */
const findFactor = 10
/** More retries than this inside one call would hold a place for too long. */
const mostRetries = 5

/**
 * Everything that is read from one store for one identity: gathers refs for a moment, joins equal ones,
 * starts as many calls as the store may have, keeps one login, and pauses when the store is down.
 */
export class Lane {
  readonly generation: number
  readonly #deps: LaneDeps
  readonly #identity: Identity
  readonly #backoff: StoreBackoff
  readonly #reads: Waiting<EntryRef, EntryOutcome>
  readonly #finds: Waiting<Find, FindOutcome>
  readonly #stop = new AbortController()
  #batch: number | undefined
  #armed = false
  #running = 0
  #onRetired: (() => void) | undefined
  #usedMs: number

  constructor(deps: LaneDeps) {
    const { env } = deps
    this.generation = deps.store.generation
    this.#deps = deps
    this.#usedMs = env.clock.monotonic()
    this.#backoff = new StoreBackoff(env.clock, env.random)
    const nowMs = (): number => env.clock.monotonic()
    this.#reads = new Waiting(nowMs)
    this.#finds = new Waiting(nowMs)
    this.#identity = new Identity({
      env,
      kind: deps.kind,
      config: deps.store.config,
      reader: deps.reader,
      mayUseConsumer: deps.mayUseConsumer,
      providerDeps: deps.providerDeps,
      credentialsMs: deps.credentialsMs,
      onOpen: (startedMs, fault) => this.#onOpen(startedMs, fault),
    })
  }

  get isOpen(): boolean {
    return this.#identity.isOpen
  }

  /** When something was last asked of it, by the monotonic clock. */
  get usedMs(): number {
    return this.#usedMs
  }

  /** One ref's outcome. @throws the signal's reason alone. */
  async read(ref: EntryRef, signal: AbortSignal): Promise<EntryOutcome> {
    const paused = this.#pausedBy()
    if (paused !== undefined) return { kind: 'failed', fault: paused }
    const id = JSON.stringify([ref.key, ref.version ?? null, ref.metadata ?? false])
    const { joined, answer } = this.#reads.ask(id, ref, signal)
    if (joined) this.#deps.counts.joined++
    this.#arm()
    return await answer
  }

  /** @throws Fault, or the signal's reason. */
  async find(find: Find, signal: AbortSignal): Promise<ReadonlyMap<string, Uint8Array>> {
    const paused = this.#pausedBy()
    if (paused !== undefined) throw paused
    const { answer } = this.#finds.ask(findId(find), find, signal)
    this.#arm()
    const outcome = await answer
    if (outcome.kind === 'failed') throw outcome.fault
    return outcome.entries
  }

  /** Not held up by a pause: it is what tells that the store is back. */
  async validate(signal: AbortSignal): Promise<Validation> {
    this.#usedMs = this.#deps.env.clock.monotonic()
    return await this.#bounded(limits.providerTimeoutMs, signal, (until) =>
      // No look at the credentials from before will do: a change of them may be what woke the caller.
      this.#identity.use(this.#usedMs + this.#deps.credentialsMs, until, (opened) =>
        this.#timed('validate', 0, () => bounded(opened.provider.validate(until), until)),
      ),
    )
  }

  /** Starts what may be started. */
  pump(): void {
    if (this.#armed || this.#batch === undefined) return
    while (this.#mayStart()) {
      const [find] = this.#finds.start(1)
      if (find === undefined) {
        const slots = this.#reads.start(this.#identity.single ? 1 : Math.max(1, this.#batch))
        this.#run(slots, (signal) => this.#readAll(slots, signal), limits.providerTimeoutMs)
        continue
      }
      const ms = limits.providerTimeoutMs * findFactor
      this.#run([find], (signal) => this.#findAll(find, signal), ms)
    }
  }

  /** Finishes what was asked of it, then ends its login. */
  retire(onRetired: () => void): void {
    this.#onRetired = onRetired
    this.#endWhenIdle()
  }

  async close(): Promise<void> {
    const fault = new Fault('Cancelled', 'the store was closed')
    this.#stop.abort(fault)
    this.#reads.settleAll({ kind: 'failed', fault })
    this.#finds.settleAll({ kind: 'failed', fault })
    await this.#identity.close()
  }

  #pausedBy(): Fault | undefined {
    this.#usedMs = this.#deps.env.clock.monotonic()
    return this.#backoff.fault
  }

  #endWhenIdle(): void {
    if (this.#onRetired === undefined || this.#reads.busy + this.#finds.busy > 0) return
    this.#identity.end()
    this.#onRetired()
    this.#onRetired = undefined
  }

  #mayStart(): boolean {
    if (this.#reads.size + this.#finds.size === 0) return false
    const { gate, concurrency } = this.#deps
    // A store that failed is tried by one call before the others follow.
    return this.#backoff.failing ? this.#running === 0 : gate.running < concurrency
  }

  #arm(): void {
    if (this.#armed) return
    this.#armed = true
    this.#deps.env.clock.timer(this.#deps.windowMs, () => void this.#disarm())
  }

  async #disarm(): Promise<void> {
    try {
      this.#batch ??= (await this.#deps.kind()).capabilities.batch
      this.#armed = false
      this.pump()
    } catch (thrown) {
      this.#armed = false
      const fault = faultOf(thrown)
      this.#reads.settleAll({ kind: 'failed', fault })
      this.#finds.settleAll({ kind: 'failed', fault })
    }
  }

  /** Runs one call in a place of its own; it ends when all who wait for it have gone. */
  #run(
    slots: readonly (Slot<EntryRef, EntryOutcome> | Slot<Find, FindOutcome>)[],
    work: (signal: AbortSignal) => Promise<void>,
    limitMs: number,
  ): void {
    const unwanted = new AbortController()
    for (const slot of slots) {
      slot.onAbandoned = () => {
        if (slots.every((other) => other.waiters === 0)) {
          unwanted.abort(new Fault('Cancelled', 'nobody waits for this read any more'))
        }
      }
    }
    this.#running++
    this.#deps.gate.running++
    void this.#bounded(limitMs, unwanted.signal, work).finally(() => {
      this.#running--
      this.#deps.gate.running--
      this.#endWhenIdle()
      this.#deps.onFree()
    })
  }

  async #bounded<T>(
    limitMs: number,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const both = AbortSignal.any([signal, this.#stop.signal])
    const limit = deadline(this.#deps.env, limitMs, both)
    try {
      return await work(limit.signal)
    } finally {
      limit.end()
    }
  }

  async #readAll(
    slots: readonly Slot<EntryRef, EntryOutcome>[],
    signal: AbortSignal,
  ): Promise<void> {
    const sinceMs = Math.max(...slots.map((slot) => slot.lastJoinedMs))
    let outcomes: readonly EntryOutcome[]
    try {
      outcomes = await this.#identity.use(sinceMs, signal, (opened) =>
        this.#readRetrying(
          opened,
          slots.map((slot) => slot.request),
          signal,
        ),
      )
    } catch (thrown) {
      const fault = faultOf(thrown)
      outcomes = slots.map(() => ({ kind: 'failed', fault }))
    }
    this.#reads.end(slots)
    for (const [i, slot] of slots.entries()) {
      const outcome = outcomes[i] ?? unknownOutcome
      slot.settle(isStoreMatter(outcome) ? this.#untilPauseEnds(outcome) : outcome)
    }
    this.#refuseWaiting()
  }

  /** The failure, to be tried again when the store is: not each time that one key's own patience ends. */
  #untilPauseEnds({ fault }: Failed): Failed {
    return { kind: 'failed', fault: this.#backoff.lasting(fault) }
  }

  /**
   * Whoever stands behind a call that found the store down goes home with its pause. One after the
   * other they would all find out for themselves, and each would make the pause longer.
   */
  #refuseWaiting(): void {
    const fault = this.#backoff.fault
    if (fault === undefined) return
    this.#reads.settleWaiting({ kind: 'failed', fault })
    this.#finds.settleWaiting({ kind: 'failed', fault })
  }

  async #findAll(slot: Slot<Find, FindOutcome>, signal: AbortSignal): Promise<void> {
    this.#deps.counts.finds++
    let outcome: FindOutcome
    try {
      const entries = await this.#identity.use(slot.lastJoinedMs, signal, async (opened) => {
        const find = opened.provider.find?.bind(opened.provider)
        if (find === undefined) {
          const { providerName } = this.#deps.store
          throw new Fault('Unsupported', `provider "${providerName}" cannot find`)
        }
        return await this.#timed('find', 1, () => bounded(find(slot.request, signal), signal))
      })
      outcome = { kind: 'found', entries }
    } catch (thrown) {
      outcome = { kind: 'failed', fault: this.#backoff.lasting(faultOf(thrown)) }
    }
    this.#finds.end([slot])
    slot.settle(outcome)
    this.#refuseWaiting()
  }

  /** Tries refs that a store failure hit again, as often as the store's `retrySettings` say. */
  async #readRetrying(
    opened: Opened,
    refs: readonly EntryRef[],
    signal: AbortSignal,
  ): Promise<readonly EntryOutcome[]> {
    const { retrySettings } = this.#deps.store
    const retries = Math.min(retrySettings?.maxRetries ?? 0, mostRetries)
    const pauseMs = parseGoDuration(retrySettings?.retryInterval ?? '') ?? 1_000
    const outcomes = [...(await this.#readOnce(opened, refs, signal))]
    for (let retry = 0; retry < retries; retry++) {
      const open = outcomes.flatMap((outcome, i) => (isStoreMatter(outcome) ? [i] : []))
      if (open.length === 0) break
      await this.#deps.env.clock.sleep(pauseMs, signal)
      const again = open.map((i) => refs[i]).filter((ref) => ref !== undefined)
      const answers = await this.#readOnce(opened, again, signal)
      for (const [n, i] of open.entries()) outcomes[i] = answers[n] ?? unknownOutcome
    }
    return outcomes
  }

  async #readOnce(
    opened: Opened,
    refs: readonly EntryRef[],
    signal: AbortSignal,
  ): Promise<readonly EntryOutcome[]> {
    try {
      if (refs.length === 1 || !opened.single) return await this.#callRead(opened, refs, signal)
    } catch (thrown) {
      const fault = faultOf(thrown)
      signal.throwIfAborted()
      if (refs.length === 1 || !isRefusal(fault)) return refs.map(() => ({ kind: 'failed', fault }))
      opened.single = true
    }
    const outcomes: EntryOutcome[] = []
    for (const ref of refs) outcomes.push(...(await this.#readOnce(opened, [ref], signal)))
    return outcomes
  }

  async #callRead(
    opened: Opened,
    refs: readonly EntryRef[],
    signal: AbortSignal,
  ): Promise<readonly EntryOutcome[]> {
    this.#deps.counts.reads += refs.length
    const startedMs = this.#deps.env.clock.monotonic()
    const outcomes = await this.#timed('read', refs.length, () =>
      bounded(opened.provider.read(refs, signal), signal),
    )
    // What the answer leaves out is unknown, which is not absent.
    const whole = refs.map((_, i) => outcomes[i] ?? unknownOutcome)
    const down = whole.find(isStoreMatter)
    if (down !== undefined) this.#backoff.failed(down.fault, startedMs)
    return whole
  }

  async #timed<T>(operation: Call['operation'], refs: number, work: () => Promise<T>): Promise<T> {
    const { clock } = this.#deps.env
    const startedMs = clock.monotonic()
    if (operation !== 'validate') this.#deps.counts.calls++
    try {
      const value = await work()
      this.#backoff.succeeded(startedMs)
      this.#deps.onCall({ operation, refs, tookMs: clock.monotonic() - startedMs })
      return value
    } catch (thrown) {
      const fault = faultOf(thrown)
      this.#judge(fault, startedMs)
      this.#deps.onCall({
        operation,
        refs,
        tookMs: clock.monotonic() - startedMs,
        failed: fault.reason,
      })
      throw fault
    }
  }

  #onOpen(startedMs: number, fault: Fault | undefined): void {
    const tookMs = this.#deps.env.clock.monotonic() - startedMs
    this.#deps.onCall({
      operation: 'open',
      refs: 0,
      tookMs,
      ...(fault === undefined ? {} : { failed: fault.reason }),
    })
    // A refused login would be refused to everybody; a reference that does not resolve heals by the
    // author's hand, and asks nothing of the backend meanwhile.
    if (fault === undefined || fault.reason === 'Cancelled') return
    if (fault.reason === 'AccessDenied' || isStoreFailure(fault)) {
      this.#backoff.failed(fault, startedMs)
    }
  }

  #judge(fault: Fault, startedMs: number): void {
    if (isStoreFailure(fault)) this.#backoff.failed(fault, startedMs)
    else if (fault.reason !== 'Cancelled') this.#backoff.succeeded(startedMs)
  }
}

const unknownOutcome: EntryOutcome = {
  kind: 'failed',
  fault: new Fault('InvalidAnswer', 'the provider did not say what became of this key'),
}

type Failed = Extract<EntryOutcome, { readonly kind: 'failed' }>

function isStoreMatter(outcome: EntryOutcome): outcome is Failed {
  return outcome.kind === 'failed' && isStoreFailure(outcome.fault)
}

/** Whether a batch was turned down as such, so that single reads may still be allowed. */
function isRefusal(fault: Fault): boolean {
  return ['AccessDenied', 'Unsupported', 'InvalidSpec', 'InvalidAnswer', 'TooLarge'].includes(
    fault.reason,
  )
}

function findId(find: Find): string {
  const tags = Object.entries(find.tags ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const { path, nameRegexp, conversionStrategy } = find
  return JSON.stringify([path, nameRegexp, conversionStrategy, find.tags === undefined, tags])
}
