/**
 * An eye on every object of a kind, apart from the code under test: what was deleted, made anew, or put
 * back to an older value, even for a moment. It takes part in no fault: it waits until the API server is
 * there again and goes on from the version it saw last.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import type { ServerAccess } from '#kube'

/** An object as it was last seen. */
export interface Observed {
  readonly uid: string
  readonly data: Readonly<Record<string, string>>
}

/** What was seen go wrong, one line each; the objects' names and rounds, never a value. */
export interface Damage {
  readonly deleted: readonly string[]
  /** Another object under the same name. */
  readonly replaced: readonly string[]
  /** A value older than one that was there before. */
  readonly wentBack: readonly string[]
  /** Two values of one object that were never true together. */
  readonly torn: readonly string[]
}

/** A running observer. */
export interface Observer {
  /** By `namespace/name`. */
  readonly objects: ReadonlyMap<string, Observed>
  readonly damage: Damage
  /** How often it had to list anew, for the history it wanted was gone. */
  lists(): number
  close(): Promise<void>
}

/** What {@link observe} watches, and how it tells values apart. */
export interface Subject {
  /** For example `/api/v1/secrets`. */
  readonly path: string
  readonly isOurs: (key: string) => boolean
  /** Number of the rotation that a value is of; undefined where it has none. */
  readonly roundOf: (value: string) => number | undefined
}

interface Raw {
  readonly metadata: {
    readonly namespace?: string
    readonly name: string
    readonly uid: string
    readonly resourceVersion: string
  }
  readonly data?: Readonly<Record<string, string>>
}

interface Event {
  readonly type: string
  readonly object: Raw
}

/** Starts one; resolves with its first list. */
export async function observe(access: ServerAccess, subject: Subject): Promise<Observer> {
  const eye = new Eye(access, subject)
  await eye.list()
  const watching = eye.run()
  return {
    objects: eye.objects,
    damage: eye.damage,
    lists: () => eye.lists,
    close: async () => {
      eye.stop()
      await watching
    },
  }
}

class Eye {
  readonly objects = new Map<string, Observed>()
  readonly damage = {
    deleted: [] as string[],
    replaced: [] as string[],
    wentBack: [] as string[],
    torn: [] as string[],
  }
  lists = 0
  readonly #subject: Subject
  readonly #url: string
  readonly #agent: Agent
  readonly #ending = new AbortController()
  readonly #rounds = new Map<string, number>()
  #version = ''

  constructor(access: ServerAccess, subject: Subject) {
    if (typeof access.tls === 'function') throw new Error('fixed certificates only')
    const { ca, cert, key } = access.tls ?? {}
    this.#subject = subject
    this.#url = access.url + subject.path
    this.#agent = new Agent({
      bodyTimeout: 0,
      connect: {
        ...(ca === undefined ? {} : { ca }),
        ...(cert === undefined ? {} : { cert }),
        ...(key === undefined ? {} : { key }),
      },
    })
  }

  stop(): void {
    this.#ending.abort()
  }

  async run(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      try {
        if (this.#version === '') await this.list()
        await this.#watch()
      } catch {
        // The API server is away; there is nothing to see, and nobody can change anything.
        await sleep(100, undefined, { signal: this.#ending.signal }).catch(() => {})
      }
    }
    await this.#agent.destroy()
  }

  async list(): Promise<void> {
    const answer = await this.#get('')
    const { metadata, items } = (await answer.json()) as {
      metadata: { resourceVersion: string }
      items: readonly Raw[]
    }
    this.lists++
    const found = new Set<string>()
    for (const item of items) {
      found.add(keyOf(item))
      this.#see(item)
    }
    for (const key of this.objects.keys()) if (!found.has(key)) this.#gone(key)
    this.#version = metadata.resourceVersion
  }

  async #watch(): Promise<void> {
    const query = `?watch=true&allowWatchBookmarks=true&resourceVersion=${this.#version}`
    const body = await this.#get(query)
    let rest = ''
    for await (const chunk of body) {
      const lines = (rest + (chunk as Buffer).toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (!this.#hear(JSON.parse(line) as Event)) return
    }
  }

  /** @returns false when the watch cannot go on. */
  #hear({ type, object }: Event): boolean {
    if (type === 'ERROR') {
      this.#version = ''
      return false
    }
    this.#version = object.metadata.resourceVersion
    if (type === 'DELETED') this.#gone(keyOf(object))
    else if (type !== 'BOOKMARK') this.#see(object)
    return true
  }

  #gone(key: string): void {
    if (!this.#subject.isOurs(key)) return
    this.damage.deleted.push(key)
    this.objects.delete(key)
  }

  #see(raw: Raw): void {
    const key = keyOf(raw)
    if (!this.#subject.isOurs(key)) return
    const { uid } = raw.metadata
    const before = this.objects.get(key)
    if (before !== undefined && before.uid !== uid) this.damage.replaced.push(key)
    const data = raw.data ?? {}
    this.objects.set(key, { uid, data })
    const rounds = Object.values(data).map((value) => this.#subject.roundOf(value) ?? 0)
    const [oldest, newest] = [Math.min(...rounds), Math.max(...rounds)]
    const known = this.#rounds.get(key) ?? 0
    if (oldest < known) this.damage.wentBack.push(`${key}: ${oldest} after ${known}`)
    if (oldest !== newest) this.damage.torn.push(`${key}: ${oldest} beside ${newest}`)
    this.#rounds.set(key, Math.max(known, newest))
  }

  async #get(query: string): Promise<Awaited<ReturnType<typeof request>>['body']> {
    const { statusCode, body } = await request(this.#url + query, {
      dispatcher: this.#agent,
      signal: this.#ending.signal,
    })
    if (statusCode === 200) return body
    if (statusCode === 410) this.#version = ''
    await body.dump()
    throw new Error(`${this.#subject.path}: ${statusCode}`)
  }
}

function keyOf({ metadata }: Raw): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}
