import { Fault, textIfUtf8, timeText, utf8, type Env } from '#base'
import { coreEvents, type CoreEvent, type KubeObject, type ObjectKey } from '#api'
import type { Client } from '#kube'
import type { EventNote, EventRecorder } from './event-recorder.ts'

export interface EventRecorderOptions {
  readonly env: Env
  readonly client: Client
  /** As `kubectl describe` shows it under "From". */
  readonly component: string
}

interface Pending {
  readonly about: KubeObject
  readonly note: EventNote
  readonly atMs: number
}

/** An event that was written, to be counted up when it comes again. */
interface Written {
  readonly key: ObjectKey
  count: number
  lastMs: number
}

/** How much one object may still say: a burst, refilled slowly, as client-go's spam filter. */
interface Allowance {
  left: number
  atMs: number
}

const mostQueued = 1_000
const mostRemembered = 4_096
const sameWithinMs = 600_000
const burst = 25
const refillMs = 300_000
const messageBytes = 1_024

/**
 * Records events one after another, in the background. What cannot be written is dropped: an event
 * is never worth a retry that delays others.
 */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  return new Recorder(options)
}

class Recorder implements EventRecorder {
  readonly #options: EventRecorderOptions
  readonly #queue: Pending[] = []
  readonly #written = new Map<string, Written>()
  readonly #allowances = new Map<string, Allowance>()
  readonly #waiters: (() => void)[] = []
  #running = false
  #lastNano = 0n

  constructor(options: EventRecorderOptions) {
    this.#options = options
  }

  record(about: KubeObject, note: EventNote): void {
    if (this.#queue.length >= mostQueued || !this.#maySpeak(about)) return
    this.#queue.push({ about, note, atMs: this.#options.env.clock.now() })
    if (!this.#running) {
      this.#running = true
      void this.#drain()
    }
  }

  flush(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#running) return resolve()
      this.#waiters.push(resolve)
    })
  }

  async #drain(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      try {
        await this.#write(next)
      } catch (thrown) {
        this.#options.env.log.debug('an event could not be written', {
          event: next.note.reason,
          error: thrown,
        })
      }
    }
    this.#running = false
    for (const waiter of this.#waiters.splice(0)) waiter()
  }

  async #write(pending: Pending): Promise<void> {
    const id = identityOf(pending)
    const before = this.#written.get(id)
    if (before !== undefined && pending.atMs - before.lastMs < sameWithinMs) {
      if (await this.#countUp(before, pending)) return
    }
    await this.#create(id, pending)
  }

  async #countUp(written: Written, pending: Pending): Promise<boolean> {
    const count = written.count + 1
    try {
      await this.#options.client.patch(
        coreEvents,
        written.key,
        { count, lastTimestamp: timeText(pending.atMs) },
        { type: 'strategic' },
      )
    } catch (thrown) {
      // Events live for an hour; one that is gone is written anew.
      if (thrown instanceof Fault && thrown.reason === 'NotFound') return false
      throw thrown
    }
    written.count = count
    written.lastMs = pending.atMs
    return true
  }

  async #create(id: string, { about, note, atMs }: Pending): Promise<void> {
    const { client, component } = this.#options
    const { namespace, name, uid, resourceVersion } = about.metadata
    const key = { namespace: namespace ?? 'default', name: this.#nameFor(name, atMs) }
    const time = timeText(atMs)
    const event: CoreEvent = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: key.namespace, name: key.name },
      involvedObject: {
        kind: about.kind,
        ...(namespace === undefined ? {} : { namespace }),
        name,
        ...(uid === undefined ? {} : { uid }),
        apiVersion: about.apiVersion,
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
      },
      reason: note.reason,
      message: cutMessage(note.message),
      source: { component },
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
      type: note.type,
      reportingComponent: component,
      reportingInstance: '',
    }
    await client.create(coreEvents, event)
    this.#written.delete(id)
    this.#written.set(id, { key, count: 1, lastMs: atMs })
    forgetOldest(this.#written, mostRemembered)
  }

  // `<object>.<nanoseconds in hexadecimal>`; two in one millisecond must differ.
  #nameFor(name: string, atMs: number): string {
    const now = BigInt(Math.round(atMs)) * 1_000_000n
    this.#lastNano = now > this.#lastNano ? now : this.#lastNano + 1n
    const suffix = `.${this.#lastNano.toString(16)}`
    return name.slice(0, 253 - suffix.length) + suffix
  }

  #maySpeak(about: KubeObject): boolean {
    const now = this.#options.env.clock.monotonic()
    const id = about.metadata.uid ?? `${about.metadata.namespace ?? ''}/${about.metadata.name}`
    const held = this.#allowances.get(id) ?? { left: burst, atMs: now }
    held.left = Math.min(burst, held.left + (now - held.atMs) / refillMs)
    held.atMs = now
    this.#allowances.delete(id)
    this.#allowances.set(id, held)
    forgetOldest(this.#allowances, mostRemembered)
    if (held.left < 1) return false
    held.left -= 1
    return true
  }
}

function identityOf({ about, note }: Pending): string {
  const { namespace, name, uid } = about.metadata
  return JSON.stringify([
    about.apiVersion,
    about.kind,
    namespace,
    name,
    uid,
    note.type,
    note.reason,
    note.message,
  ])
}

// The API server refuses a longer one; cut between characters.
function cutMessage(message: string): string {
  const bytes = utf8(message)
  if (bytes.length <= messageBytes) return message
  for (let end = messageBytes - 3; ; end--) {
    const text = textIfUtf8(bytes.subarray(0, end))
    if (text !== undefined) return `${text}...`
  }
}

function forgetOldest(map: Map<string, unknown>, most: number): void {
  if (map.size <= most) return
  for (const oldest of map.keys()) {
    map.delete(oldest)
    return
  }
}
