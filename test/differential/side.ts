/** One of the two servers that are compared: asks it, and remembers what it said of each object. */
import { edited } from './edits.ts'
import { isMap, type Json, type JsonMap } from './grammar.ts'
import { Normaliser } from './normalise.ts'
import { pathOf, withTexts, type KindAddress, type Step } from './step.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal
}

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: AsyncIterable<Uint8Array>
}

export type Ask = (asked: Asked) => Promise<Answered>

/** An answer in words that both servers could have said. */
export interface Shown {
  readonly status: number
  readonly headers: JsonMap
  readonly body: Json
}

const keptHeaders = ['content-type', 'warning', 'retry-after', 'allow']

/** A run of one sequence on one server. */
export class Side {
  readonly #ask: Ask
  readonly #ns: string
  readonly #kinds: Readonly<Record<string, KindAddress>>
  readonly #normaliser = new Normaliser()
  readonly #first = new Map<string, string>()
  readonly #names = new Map<string, string>()
  #listed = ''
  #continue = ''
  /** Objects as they were last shown, by `KIND/NAME`. */
  readonly objects: Map<string, JsonMap> = new Map()
  /** Events the last watch has told. */
  events = 0

  constructor(ask: Ask, ns: string, kinds: Readonly<Record<string, KindAddress>>) {
    this.#ask = ask
    this.#ns = ns
    this.#kinds = kinds
  }

  /** @param events How many a watch is to wait for; undefined: those that are there at once. */
  async send(step: Step, events?: number): Promise<Shown> {
    if (step.method === 'WATCH') return await this.#watch(step, events)
    const { status, headers, body } = await this.#ask(this.#asked(step))
    const text = await textOf(body)
    const value = jsonOf(text)
    if (status < 300) this.#remember(step, value)
    if (status === 404) this.objects.delete(`${step.kind}/${step.name}`)
    const shown = this.#normaliser.value(isLate(step) ? withoutVersion(value) : value)
    return { status, headers: this.#headers(headers), body: shown }
  }

  #asked(step: Step): Asked {
    const kind = this.#kinds[step.kind] as KindAddress
    const name = step.name === undefined ? undefined : (this.#names.get(step.name) ?? step.name)
    const query = new URLSearchParams(this.#texts(step.query ?? {}) as Record<string, string>)
    const path = this.#text(
      pathOf(kind, step, name === undefined ? name : this.#placed(kind, name)),
    )
    const body = this.#body(step)
    return {
      method: step.method,
      path: query.size === 0 ? path : `${path}?${query.toString()}`,
      headers: {
        'user-agent': step.agent ?? 'differential/1',
        accept: step.accept ?? 'application/json',
        ...(body === undefined ? {} : { 'content-type': step.type ?? 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }
  }

  // Objects without a namespace have the run's name in theirs.
  #placed(kind: KindAddress, name: string): string {
    return kind.namespaced ? name : `${this.#ns}-${name}`
  }

  #body(step: Step): Json | undefined {
    if (step.edits === undefined)
      return step.body === undefined ? undefined : this.#texts(step.body)
    const key = `${step.kind}/${step.name}`
    const live = this.objects.get(step.sub === 'scale' ? `${key}/scale` : key) ?? { metadata: {} }
    return this.#texts(edited(live, step.edits))
  }

  #texts(value: Json): Json {
    return withTexts(value, (text) => this.#text(text))
  }

  #text(text: string): string {
    if (!text.includes('«')) return text
    return text.replace(/«(\w+)(?: ([^»]+))?»/g, (whole, what: string, key = '') => {
      const metadata = this.objects.get(key)?.['metadata']
      const said = (field: string): string => {
        const value = isMap(metadata) ? metadata[field] : undefined
        return typeof value === 'string' ? value : ''
      }
      if (what === 'ns') return this.#ns
      if (what === 'uid') return said('uid') || '11111111-2222-4333-8444-555555555555'
      if (what === 'rv') return said('resourceVersion') || '1'
      if (what === 'rv0') return this.#first.get(key) ?? '1'
      if (what === 'listed') return this.#listed
      return what === 'continue' ? this.#continue : whole
    })
  }

  #remember(step: Step, value: Json): void {
    if (!isMap(value)) return
    const { metadata } = value
    if (!isMap(metadata)) return
    if (step.name === undefined && step.method === 'GET') {
      if (typeof metadata['resourceVersion'] === 'string')
        this.#listed = metadata['resourceVersion']
      const token = metadata['continue']
      this.#continue = typeof token === 'string' ? token : ''
      return
    }
    const dryRun = step.query?.['dryRun'] !== undefined || 'dryRun' in bodyOf(step)
    const actual = metadata['name']
    if (typeof actual !== 'string' || value['kind'] === 'Status' || 'items' in value) return
    const kind = this.#kinds[step.kind] as KindAddress
    const made = isMap(step.body) && isMap(step.body['metadata']) ? step.body['metadata'] : {}
    const base = made['generateName']
    if (step.method === 'POST' && typeof base === 'string' && made['name'] === undefined) {
      this.#normaliser.names(actual, `${base}#`)
      if (!dryRun) this.#names.set(base, actual)
      this.#keep(`${step.kind}/${base}`, value, dryRun)
      return
    }
    const shown = kind.namespaced ? actual : actual.slice(this.#ns.length + 1)
    const name = [...this.#names].find(([, held]) => held === actual)?.[0] ?? shown
    const isScale = value['kind'] === 'Scale'
    if (value['kind'] !== kind.kind && !isScale) return
    this.#keep(`${step.kind}/${name}${isScale ? '/scale' : ''}`, value, dryRun)
  }

  #keep(key: string, value: JsonMap, dryRun: boolean): void {
    if (dryRun) return
    this.objects.set(key, value)
    const { metadata } = value
    const version = isMap(metadata) ? metadata['resourceVersion'] : undefined
    if (typeof version === 'string' && !this.#first.has(key)) this.#first.set(key, version)
  }

  async #watch(step: Step, wanted: number | undefined): Promise<Shown> {
    const stop = new AbortController()
    const asked = this.#asked({ ...step, method: 'GET' })
    const { status, headers, body } = await this.#ask({ ...asked, signal: stop.signal })
    if (status >= 300) {
      const value = jsonOf(await textOf(body))
      return { status, headers: this.#headers(headers), body: this.#normaliser.value(value) }
    }
    let text = ''
    const count = (): number => text.split('\n').length - 1
    const decoder = new TextDecoder()
    const parts = body[Symbol.asyncIterator]()
    try {
      for (;;) {
        const enough = wanted !== undefined && count() >= wanted
        const part = await withinMs(parts.next(), wanted === undefined ? 5 : enough ? 20 : 1_000)
        if (part === undefined || part.done === true) break
        text += decoder.decode(part.value, { stream: true })
      }
    } finally {
      stop.abort()
      parts.return?.().catch(() => {})
    }
    const events = text
      .split('\n')
      .filter((line) => line !== '')
      .map(jsonOf)
    this.events = events.length
    return {
      status,
      headers: this.#headers(headers),
      body: events.map((event) => this.#normaliser.value(event)),
    }
  }

  #headers(headers: Answered['headers']): JsonMap {
    const kept = keptHeaders.flatMap((name): [string, Json][] => {
      const value = headers[name]
      if (value === undefined) return []
      return [[name, this.#normaliser.text([value].flat().join(', '))]]
    })
    return Object.fromEntries(kept)
  }
}

// A list that may be older than the newest has the version of whatever keeps it.
function isLate({ method, name, query = {} }: Step): boolean {
  const isOfItsOwn = query['resourceVersion'] !== undefined
  return (
    method === 'GET' &&
    name === undefined &&
    isOfItsOwn &&
    query['resourceVersionMatch'] !== 'Exact'
  )
}

function withoutVersion(value: Json): Json {
  if (!isMap(value) || !isMap(value['metadata']) || value['kind'] === 'Status') return value
  const { resourceVersion: _, ...metadata } = value['metadata']
  return { ...value, metadata }
}

function bodyOf({ body }: Step): JsonMap {
  return isMap(body) ? body : {}
}

async function withinMs<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, ms, undefined)))
  work.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return Buffer.concat(parts).toString()
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}
