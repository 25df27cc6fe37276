import type { Clock, Timer } from '#base'
import type { Lane } from './controller.ts'
import { DueHeap } from './due-heap.ts'

export interface WorkQueueOptions {
  readonly clock: Clock
  /** Who a key belongs to, among whom each lane is shared evenly. Default: its namespace. */
  readonly tenantOf?: (key: string) => string
  /** Most keys of one tenant worked on at once. Default: no bound. */
  readonly mostPerTenant?: number
}

/** A key that was handed out; {@link WorkQueue.done} takes it back. */
export interface Handed {
  readonly key: string
  readonly lane: Lane
  /** How long it was ready before a worker took it, in milliseconds. */
  readonly waitedMs: number
}

/** Keys still to be reconciled; see {@link createWorkQueue}. */
export interface WorkQueue {
  /** Makes `key` ready; in the more urgent of two lanes when it is ready already. */
  add(key: string, lane?: Lane): void
  /**
   * Schedules `key` to be handed out no sooner than `delayMs` from now.
   *
   * A key already waiting keeps the sooner of its two times; a key being worked on is handed out
   * again once its worker is done. The same key is never worked on twice at once.
   *
   * @param delayMs Milliseconds, 0 or more; 0 means as soon as a worker is free.
   * @throws RangeError when `delayMs` is negative or not finite.
   */
  addAfter(key: string, delayMs: number, lane?: Lane): void
  /** The next key, as soon as there is one. @throws the signal's reason. */
  next(signal: AbortSignal): Promise<Handed>
  /** Ends the work on a key that `next` gave. */
  done(key: string): void
  /** Resolves when no key is ready or being worked on. */
  idle(): Promise<void>
  /** Ready keys by lane, those being worked on, and those waiting for their time. */
  counts(): {
    readonly ready: Readonly<Record<Lane, number>>
    readonly active: number
    readonly waiting: number
  }
}

/** From the most urgent to the least, with the share each has of the workers. */
const weights: Readonly<Record<Lane, number>> = { new: 8, changed: 4, failed: 2, periodic: 1 }
const lanes: readonly Lane[] = ['new', 'changed', 'failed', 'periodic']
/** A lane's weight doubles when its oldest key has waited so long, triples after twice as long … */
const ageMs = 5_000

interface Ready {
  readonly key: string
  readonly sinceMs: number
  /** It moved to a more urgent lane; this place in line is void. */
  moved: boolean
}

interface Tenant {
  readonly name: string
  readonly line: Fifo<Ready>
}

class LaneLine {
  readonly tenants = new Map<string, Tenant>()
  /** Tenants in turn; those at their bound stand aside in `parked`. */
  readonly turns: Fifo<Tenant> = new Fifo<Tenant>()
  readonly parked = new Map<string, Tenant>()
  credit = 0
  count = 0
}

interface Again {
  readonly atMs: number
  readonly lane: Lane
}

/**
 * A work queue: keys without duplicates, lanes served by weight and age, each lane shared evenly
 * among namespaces.
 */
export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  return new LaneQueue(options)
}

class LaneQueue implements WorkQueue {
  readonly #clock: Clock
  readonly #tenantOf: (key: string) => string
  readonly #mostPerTenant: number
  readonly #lanes: Readonly<Record<Lane, LaneLine>> = {
    new: new LaneLine(),
    changed: new LaneLine(),
    failed: new LaneLine(),
    periodic: new LaneLine(),
  }
  readonly #ready = new Map<string, { readonly lane: Lane; readonly place: Ready }>()
  readonly #active = new Map<string, Again | undefined>()
  readonly #activeOf = new Map<string, number>()
  readonly #waiting: DueHeap<Lane> = new DueHeap<Lane>()
  readonly #takers = new Set<(handed: Handed) => void>()
  readonly #idlers: (() => void)[] = []
  #timer: { readonly atMs: number; readonly timer: Timer } | undefined

  constructor(options: WorkQueueOptions) {
    this.#clock = options.clock
    this.#tenantOf = options.tenantOf ?? namespaceOf
    this.#mostPerTenant = options.mostPerTenant ?? Number.POSITIVE_INFINITY
  }

  add(key: string, lane: Lane = 'changed'): void {
    if (this.#active.has(key)) return this.#again(key, this.#clock.monotonic(), lane)
    const waiting = this.#waiting.remove(key)
    this.#makeReady(key, waiting === undefined ? lane : moreUrgent(waiting, lane))
    this.#handOut()
  }

  addAfter(key: string, delayMs: number, lane: Lane = 'changed'): void {
    if (!(delayMs >= 0) || delayMs === Number.POSITIVE_INFINITY) {
      throw new RangeError('delayMs must be 0 or more, and finite')
    }
    if (delayMs === 0) return this.add(key, lane)
    const atMs = this.#clock.monotonic() + delayMs
    if (this.#active.has(key)) return this.#again(key, atMs, lane)
    if (this.#ready.has(key)) return // sooner than any delay
    const held = this.#waiting.get(key)
    if (held !== undefined && held.atMs <= atMs) return
    this.#waiting.set(key, atMs, lane)
    this.#arm()
  }

  async next(signal: AbortSignal): Promise<Handed> {
    signal.throwIfAborted()
    const now = this.#take()
    if (now !== undefined) return now
    return await new Promise<Handed>((resolve, reject) => {
      const taker = (handed: Handed): void => {
        signal.removeEventListener('abort', onAbort)
        resolve(handed)
      }
      const onAbort = (): void => {
        this.#takers.delete(taker)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#takers.add(taker)
    })
  }

  done(key: string): void {
    if (!this.#active.has(key)) return
    const again = this.#active.get(key)
    this.#active.delete(key)
    this.#leave(this.#tenantOf(key))
    if (again !== undefined) {
      const delayMs = again.atMs - this.#clock.monotonic()
      if (delayMs <= 0) this.add(key, again.lane)
      else this.addAfter(key, delayMs, again.lane)
    }
    this.#handOut()
    this.#noteIdle()
  }

  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idlers.push(resolve)
      this.#noteIdle()
    })
  }

  counts(): {
    readonly ready: Readonly<Record<Lane, number>>
    readonly active: number
    readonly waiting: number
  } {
    const { new: fresh, changed, failed, periodic } = this.#lanes
    return {
      ready: {
        new: fresh.count,
        changed: changed.count,
        failed: failed.count,
        periodic: periodic.count,
      },
      active: this.#active.size,
      waiting: this.#waiting.size,
    }
  }

  #again(key: string, atMs: number, lane: Lane): void {
    const held = this.#active.get(key)
    const sooner = held === undefined || atMs < held.atMs ? atMs : held.atMs
    this.#active.set(key, {
      atMs: sooner,
      lane: held === undefined ? lane : moreUrgent(held.lane, lane),
    })
  }

  #makeReady(key: string, lane: Lane): void {
    const held = this.#ready.get(key)
    let sinceMs = this.#clock.monotonic()
    if (held !== undefined) {
      if (moreUrgent(held.lane, lane) === held.lane) return
      held.place.moved = true
      this.#lanes[held.lane].count--
      sinceMs = held.place.sinceMs
    }
    const place: Ready = { key, sinceMs, moved: false }
    this.#ready.set(key, { lane, place })
    const line = this.#lanes[lane]
    line.count++
    const name = this.#tenantOf(key)
    let tenant = line.tenants.get(name)
    if (tenant === undefined) {
      tenant = { name, line: new Fifo() }
      line.tenants.set(name, tenant)
      line.turns.push(tenant)
    }
    tenant.line.push(place)
  }

  #handOut(): void {
    for (const taker of this.#takers) {
      const handed = this.#take()
      if (handed === undefined) return
      this.#takers.delete(taker)
      taker(handed)
    }
  }

  #take(): Handed | undefined {
    // A lane whose tenants are all at their bound has nothing to give, so others are tried.
    const tried = new Set<Lane>()
    for (let lane = this.#pick(tried); lane !== undefined; lane = this.#pick(tried)) {
      const place = this.#takeFrom(this.#lanes[lane])
      if (place !== undefined) {
        this.#ready.delete(place.key)
        this.#active.set(place.key, undefined)
        const tenant = this.#tenantOf(place.key)
        this.#activeOf.set(tenant, (this.#activeOf.get(tenant) ?? 0) + 1)
        return { key: place.key, lane, waitedMs: this.#clock.monotonic() - place.sinceMs }
      }
      tried.add(lane)
    }
    return undefined
  }

  // Smooth weighted round robin: each lane earns its weight, the richest is served and pays for all.
  #pick(tried: ReadonlySet<Lane>): Lane | undefined {
    const now = this.#clock.monotonic()
    let best: Lane | undefined
    let total = 0
    for (const lane of lanes) {
      const line = this.#lanes[lane]
      if (line.count === 0) {
        line.credit = 0
        continue
      }
      if (tried.has(lane)) continue
      const head = line.turns.peek()?.line.peek()
      const agedMs = head === undefined ? 0 : now - head.sinceMs
      const weight = weights[lane] * (1 + agedMs / ageMs)
      line.credit += weight
      total += weight
      if (best === undefined || line.credit > this.#lanes[best].credit) best = lane
    }
    if (best !== undefined) this.#lanes[best].credit -= total
    return best
  }

  #takeFrom(line: LaneLine): Ready | undefined {
    for (let tenant = line.turns.shift(); tenant !== undefined; tenant = line.turns.shift()) {
      if ((this.#activeOf.get(tenant.name) ?? 0) >= this.#mostPerTenant) {
        line.parked.set(tenant.name, tenant)
        continue
      }
      let place = tenant.line.shift()
      while (place?.moved === true) place = tenant.line.shift()
      if (tenant.line.peek() === undefined) line.tenants.delete(tenant.name)
      else line.turns.push(tenant)
      if (place === undefined) continue
      line.count--
      return place
    }
    return undefined
  }

  #leave(tenant: string): void {
    const left = (this.#activeOf.get(tenant) ?? 1) - 1
    if (left === 0) this.#activeOf.delete(tenant)
    else this.#activeOf.set(tenant, left)
    for (const lane of lanes) {
      const line = this.#lanes[lane]
      const parked = line.parked.get(tenant)
      if (parked === undefined) continue
      line.parked.delete(tenant)
      line.turns.push(parked)
    }
  }

  // One timer for all that wait.
  #arm(): void {
    const first = this.#waiting.peek()
    if (first === undefined) return
    if (this.#timer !== undefined) {
      if (this.#timer.atMs <= first.atMs) return
      this.#timer.timer.cancel()
    }
    const delayMs = Math.max(0, first.atMs - this.#clock.monotonic())
    const timer = this.#clock.timer(delayMs, () => {
      this.#timer = undefined
      this.#ripen()
    })
    this.#timer = { atMs: first.atMs, timer }
  }

  #ripen(): void {
    const now = this.#clock.monotonic()
    for (let due = this.#waiting.peek(); due !== undefined; due = this.#waiting.peek()) {
      // Timers may fire a fraction early; waiting that fraction anew would only spin.
      if (due.atMs > now + 1) break
      this.#waiting.remove(due.key)
      this.#makeReady(due.key, due.value)
    }
    this.#arm()
    this.#handOut()
  }

  #noteIdle(): void {
    if (this.#ready.size > 0 || this.#active.size > 0) return
    for (const idler of this.#idlers.splice(0)) idler()
  }
}

function moreUrgent(a: Lane, b: Lane): Lane {
  return weights[a] >= weights[b] ? a : b
}

function namespaceOf(key: string): string {
  const slash = key.indexOf('/')
  return slash < 0 ? '' : key.slice(0, slash)
}

/** First in, first out, without moving what stays. */
class Fifo<T> {
  #items: T[] = []
  #head = 0

  push(item: T): void {
    this.#items.push(item)
  }

  peek(): T | undefined {
    return this.#items[this.#head]
  }

  shift(): T | undefined {
    const item = this.#items[this.#head]
    if (item === undefined) return undefined
    this.#head++
    if (this.#head > 64 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
