import { Fault, faultOf, microTimeText, type Env } from '#base'
import { leases, type Lease } from '#api'
import type { Client } from '#kube'

export interface LeaseOptions {
  readonly env: Env
  readonly client: Client
  readonly namespace: string
  readonly name: string
  /** Who we are; different for each process, also after a restart. */
  readonly identity: string
  /**
   * Runs while the lease is ours. Its signal fires when that can no longer be known or we stop; it
   * must then write nothing that does not carry a precondition. When it returns, the lease is released.
   */
  readonly onLead: (signal: AbortSignal) => Promise<void>
  /** Opened for as long as the lease is ours; the client of the work stands behind it. */
  readonly fence?: Fence
  /** How long others wait after our last renewal. Default 15,000. */
  readonly durationMs?: number
  /** How long after an acknowledged renewal was sent we still count as holder. Default 10,000. */
  readonly deadlineMs?: number
  /** Pause between renewals, and between attempts. Default 2,000. */
  readonly retryMs?: number
}

/**
 * What a leader asks before each write. A process that was stopped for a while may hear of an old
 * answer before any of its timers: the fence looks at the clock, so that the first write after waking
 * finds the lease lost.
 */
export interface Fence {
  /**
   * @throws Fault Cancelled unless the lease is known to be ours this very moment; when it has run out
   *   unseen, the leader's signal is aborted first.
   */
  readonly check: () => void
  /** For the lease alone: who answers for it; undefined: nobody leads. */
  guard(check: (() => void) | undefined): void
}

/** A fence that is closed until a lease opens it. */
export function createFence(): Fence {
  let current: (() => void) | undefined
  return {
    check: () => {
      if (current === undefined) throw notOurs()
      current()
    },
    guard: (check) => {
      current = check
    },
  }
}

function notOurs(): Fault {
  return new Fault('Cancelled', 'nothing is written: the lease is not ours')
}

/**
 * Holds a Lease (coordination.k8s.io/v1) as client-go's leader election does, and leads while it is
 * held; begins again when it is lost, until `signal` aborts.
 *
 * Our own time is counted on the monotonic clock from the *sending* of the last acknowledged renewal,
 * another holder's from when we first saw its latest renewal: no two wall clocks are compared. A
 * process that slept past its time sends nothing more once it wakes (see {@link Fence}), but may have
 * a write under way: what makes that harmless is the precondition each write carries.
 *
 * @throws what `onLead` throws, after the release.
 */
export async function runWithLease(options: LeaseOptions, signal: AbortSignal): Promise<void> {
  const holder = new Holder(options)
  while (!signal.aborted) {
    if (!(await holder.acquire(signal))) return
    if ((await holder.lead(signal)) === 'done') return
  }
}

const tooLate = 'it could not be renewed in time'

interface Seen {
  readonly renewal: string
  readonly atMs: number
}

class Holder {
  readonly #options: LeaseOptions
  readonly #durationMs: number
  readonly #deadlineMs: number
  readonly #retryMs: number
  /** The last lease read or written. */
  #lease: Lease | undefined
  /** When another holder's latest renewal was first seen. */
  #seen: Seen | undefined
  /** When the last acknowledged renewal of ours was sent. */
  #sentMs = Number.NEGATIVE_INFINITY
  /** Cut when the lease is lost; undefined: not leading. */
  #leading: AbortController | undefined
  #isLost = false

  constructor(options: LeaseOptions) {
    this.#options = options
    this.#durationMs = options.durationMs ?? 15_000
    this.#deadlineMs = options.deadlineMs ?? 10_000
    this.#retryMs = options.retryMs ?? 2_000
  }

  /** Waits until the lease is ours. @returns false when the signal ended the wait. */
  async acquire(signal: AbortSignal): Promise<boolean> {
    const { clock, log, random } = this.#options.env
    const { name, identity } = this.#options
    while (!signal.aborted) {
      try {
        this.#isLost = false
        const isClaimed = await this.#tryAcquire(signal)
        // An acknowledgement may come so late that somebody else has it by now: then it is claimed anew.
        if (isClaimed && this.#isOurs()) {
          log.info('lease acquired', { lease: name, identity })
          return true
        }
      } catch (thrown) {
        if (signal.aborted) return false
        const fault = faultOf(thrown)
        if (fault.reason === 'InternalError') throw thrown
        log.warn('the lease cannot be had now', { lease: name, error: fault })
      }
      await clock.sleep(this.#retryMs * (1 + random.next() / 5), signal).catch(() => {})
    }
    return false
  }

  /** Leads until it is over. @returns whether that was for good (done or stopped), or lost. */
  async lead(signal: AbortSignal): Promise<'done' | 'lost'> {
    const leading = new AbortController()
    const onAbort = (): void => leading.abort(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    const over = new AbortController()
    this.#leading = leading
    this.#options.fence?.guard(() => this.#check())
    const renewing = this.#keep(over.signal)
    try {
      await this.#options.onLead(leading.signal)
    } catch (thrown) {
      // Winding up after the loss may throw; that is no failure of the work itself.
      if (!leading.signal.aborted) throw thrown
    } finally {
      over.abort(new Fault('Cancelled', 'no longer leading'))
      await renewing
      this.#options.fence?.guard(undefined)
      this.#leading = undefined
      signal.removeEventListener('abort', onAbort)
      if (this.#isOurs()) await this.#release()
    }
    return leading.signal.aborted && !signal.aborted ? 'lost' : 'done'
  }

  // Renews until `over`, also while the work winds up after a stop; gives up when the deadline passes unrenewed or another holds it.
  async #keep(over: AbortSignal): Promise<void> {
    const { clock, log } = this.#options.env
    const watchdog = (): void => {
      const leftMs = this.#sentMs + this.#deadlineMs - clock.monotonic()
      if (leftMs <= 0) this.#lose(tooLate)
      else timer = clock.timer(leftMs, watchdog)
    }
    let timer = clock.timer(0, watchdog)
    try {
      while (!over.aborted) {
        await clock.sleep(this.#retryMs, over).catch(() => {})
        if (over.aborted) break
        // A process that was stopped for a while may find out here, before its timers do.
        if (!this.#isOurs()) return this.#lose(tooLate)
        try {
          const isKept = await this.#renew(over)
          if (!isKept) return this.#lose('another holds it')
        } catch (thrown) {
          if (over.aborted) break
          log.warn('the lease could not be renewed', {
            lease: this.#options.name,
            error: faultOf(thrown),
          })
        }
      }
    } finally {
      timer.cancel()
    }
  }

  // A request that is swallowed on its way must leave time for another. As with client-go each has its
  // own patience, so that a server that takes seconds for each call is still led on.
  async #patiently<T>(outer: AbortSignal, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const patience = new AbortController()
    const onAbort = (): void => patience.abort(outer.reason)
    if (outer.aborted) onAbort()
    else outer.addEventListener('abort', onAbort, { once: true })
    const timer = this.#options.env.clock.timer(this.#deadlineMs / 2, () =>
      patience.abort(new Fault('Timeout', 'the API server did not answer in time')),
    )
    try {
      return await call(patience.signal)
    } finally {
      timer.cancel()
      outer.removeEventListener('abort', onAbort)
    }
  }

  // Before each write of the work. @throws Fault Cancelled
  #check(): void {
    if (this.#isOurs()) return
    this.#lose(tooLate)
    throw notOurs()
  }

  // From here on it is not ours, however late an answer comes to say so.
  #lose(why: string): void {
    if (this.#isLost) return
    this.#isLost = true
    this.#options.env.log.warn('lease lost', { lease: this.#options.name, why })
    this.#leading?.abort(new Fault('Cancelled', `the lease is lost: ${why}`))
  }

  #isOurs(): boolean {
    if (this.#isLost) return false
    return this.#options.env.clock.monotonic() - this.#sentMs < this.#deadlineMs
  }

  async #tryAcquire(signal: AbortSignal): Promise<boolean> {
    const { client, env, namespace, name, identity } = this.#options
    const lease = await this.#read(signal)
    const sentMs = env.clock.monotonic()
    if (lease === null) {
      const spec = this.#spec(undefined)
      const metadata = { namespace, name }
      const wanted: Lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec }
      this.#lease = await this.#patiently(signal, (patient) =>
        client.create<Lease>(leases, wanted, { signal: patient }),
      )
      this.#sentMs = sentMs
      return true
    }
    const holder = lease.spec?.holderIdentity ?? ''
    if (holder !== '' && holder !== identity && !this.#hasExpired(lease)) return false
    await this.#write(lease, signal, sentMs)
    return true
  }

  // Its own duration counts from when we saw the renewal, on our clock.
  #hasExpired(lease: Lease): boolean {
    const now = this.#options.env.clock.monotonic()
    const renewal = `${lease.metadata.uid ?? ''} ${lease.metadata.resourceVersion ?? ''}`
    if (this.#seen?.renewal !== renewal) this.#seen = { renewal, atMs: now }
    const durationMs = (lease.spec?.leaseDurationSeconds ?? this.#durationMs / 1000) * 1000
    return now - this.#seen.atMs >= durationMs
  }

  /** @returns false when another holder is seen. */
  async #renew(signal: AbortSignal): Promise<boolean> {
    const { env, identity } = this.#options
    const held = this.#lease
    const sentMs = env.clock.monotonic()
    try {
      if (held !== undefined) {
        await this.#write(held, signal, sentMs)
        return true
      }
    } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.reason !== 'Conflict') throw thrown
    }
    // Another version is there: a renewal of ours whose answer was lost, or another holder.
    const live = await this.#read(signal)
    if (live === null || live.spec?.holderIdentity !== identity) return false
    // Between two calls the deadline may have passed, with a process that stood still.
    if (!this.#isOurs()) throw notOurs()
    await this.#write(live, signal, env.clock.monotonic())
    return true
  }

  async #write(lease: Lease, signal: AbortSignal, sentMs: number): Promise<void> {
    this.#lease = await this.#update({ ...lease, spec: this.#spec(lease) }, signal)
    this.#sentMs = sentMs
  }

  #read(signal: AbortSignal): Promise<Lease | null> {
    const { client, namespace, name } = this.#options
    return this.#patiently(signal, (patient) =>
      client.get(leases, { namespace, name }, { signal: patient }),
    )
  }

  #update(lease: Lease, signal: AbortSignal): Promise<Lease> {
    return this.#patiently(signal, (patient) =>
      this.#options.client.update<Lease>(leases, lease, { signal: patient }),
    )
  }

  #spec(before: Lease | undefined): NonNullable<Lease['spec']> {
    const { env, identity } = this.#options
    const now = microTimeText(env.clock.now())
    const mine = before?.spec?.holderIdentity === identity
    const transitions = before?.spec?.leaseTransitions ?? 0
    return {
      ...before?.spec,
      holderIdentity: identity,
      leaseDurationSeconds: Math.max(1, Math.round(this.#durationMs / 1000)),
      acquireTime: mine ? (before?.spec?.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: mine || before === undefined ? transitions : transitions + 1,
    }
  }

  // An empty holder lets the next one in at once; if it fails, the duration does it.
  async #release(): Promise<void> {
    const { env } = this.#options
    const lease = this.#lease
    if (lease === undefined) return
    this.#lease = undefined
    this.#sentMs = Number.NEGATIVE_INFINITY
    try {
      await this.#empty(lease, new AbortController().signal)
    } catch (thrown) {
      env.log.warn('the lease could not be released', {
        lease: this.#options.name,
        error: faultOf(thrown),
      })
    }
  }

  async #empty(lease: Lease, signal: AbortSignal): Promise<void> {
    const { env, identity } = this.#options
    const now = microTimeText(env.clock.now())
    const emptied = (held: Lease): Lease => ({
      ...held,
      spec: {
        ...held.spec,
        holderIdentity: '',
        leaseDurationSeconds: 1,
        acquireTime: now,
        renewTime: now,
      },
    })
    try {
      await this.#update(emptied(lease), signal)
    } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.reason !== 'Conflict') throw thrown
      // A renewal that was cut off by the stop may have been done all the same.
      const live = await this.#read(signal)
      if (live?.spec?.holderIdentity !== identity) return
      await this.#update(emptied(live), signal)
    }
  }
}
