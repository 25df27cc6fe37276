import { parseJson, textOf, utf8, type Env, type Listener, type ServerRequest } from '#base'
import type { ServerResponse } from '#base'

/** A stored object as tests write it. */
export interface FakeObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly generation?: number
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

interface LogEntry {
  readonly type: string
  readonly object: FakeObject
  readonly version: number
}

/** A request as the fake saw it. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: ServerRequest['headers']
  readonly body: unknown
}

/** An open watch, for tests that put words into the server's mouth. */
export interface OpenWatch {
  readonly query: URLSearchParams
  send(event: unknown): void
  sendRaw(bytes: Uint8Array): void
  /** Ends it in good order. */
  end(): void
  /** Cuts the connection. */
  cut(): void
}

/**
 * A small API server for ConfigMaps-like collections, just true enough for the client and the
 * informer: versions, pages, watches from a version, Status answers. Its misbehaviour is set by
 * the test.
 */
export class FakeApi {
  readonly seen: SeenRequest[] = []
  readonly watches: Set<OpenWatch> = new Set()
  readonly #objects = new Map<string, FakeObject>()
  #log: LogEntry[] = []
  #version = 10
  #compactedAt = 0
  #uid = 0
  /** Answers in the server's place when it returns something. */
  intercept: (
    request: SeenRequest,
  ) => ServerResponse | undefined | Promise<ServerResponse | undefined> = () => undefined
  /** Whether watches are fed by writes; off: only by the test. */
  feeding = true

  static async start(env: Env, fake: FakeApi = new FakeApi()): Promise<[FakeApi, Listener]> {
    return [fake, await env.net.listen((request) => fake.answer(request))]
  }

  get version(): string {
    return String(this.#version)
  }

  put(object: FakeObject): FakeObject {
    const key = idOf(object)
    const held = this.#objects.get(key)
    this.#version++
    const stored: FakeObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      ...object,
      metadata: {
        ...object.metadata,
        uid: held?.metadata.uid ?? `uid-${++this.#uid}`,
        resourceVersion: String(this.#version),
      },
    }
    this.#objects.set(key, stored)
    this.#note(held === undefined ? 'ADDED' : 'MODIFIED', stored)
    return stored
  }

  /** What is stored under a name. */
  object(namespace: string, name: string): FakeObject | undefined {
    return this.#objects.get(`${namespace}/${name}`)
  }

  remove(namespace: string, name: string): void {
    const held = this.#objects.get(`${namespace}/${name}`)
    if (held === undefined) return
    this.#objects.delete(`${namespace}/${name}`)
    this.#version++
    this.#note('DELETED', {
      ...held,
      metadata: { ...held.metadata, resourceVersion: String(this.#version) },
    })
  }

  /** Forgets all history up to now. */
  compact(): void {
    this.#compactedAt = this.#version
    this.#log = []
  }

  /** A server restored from an older backup. */
  setVersion(version: number): void {
    this.#version = version
    this.#log = []
  }

  bookmark(): void {
    for (const watch of this.watches) {
      watch.send({
        type: 'BOOKMARK',
        object: {
          kind: 'ConfigMap',
          apiVersion: 'v1',
          metadata: { resourceVersion: this.version },
        },
      })
    }
  }

  #note(type: string, object: FakeObject): void {
    this.#log.push({ type, object, version: this.#version })
    if (this.feeding) for (const watch of this.watches) watch.send({ type, object })
  }

  async answer(request: ServerRequest): Promise<ServerResponse> {
    let text = ''
    for await (const part of request.body) text += textOf(part)
    const url = new URL(request.target, 'http://fake')
    const seen: SeenRequest = {
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: text === '' ? undefined : parseJson(text),
    }
    this.seen.push(seen)
    return (await this.intercept(seen)) ?? this.#serve(seen, request.signal)
  }

  #serve(request: SeenRequest, signal: AbortSignal): ServerResponse {
    const match =
      /^\/(?:api|apis\/[^/]+)\/[^/]+(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/(status))?$/.exec(
        request.path,
      )
    if (match === null) return status(404, 'NotFound', 'no such path')
    const [, namespace, plural = '', name] = match
    if (name !== undefined) return this.#serveOne(request, `${namespace ?? ''}/${name}`, plural)
    if (request.method === 'POST') {
      const object = request.body as FakeObject
      if (this.#objects.has(idOf(object))) return status(409, 'AlreadyExists', 'exists')
      return json(201, this.put(object))
    }
    if (request.query.get('watch') === 'true') return this.#watch(request, signal, namespace)
    return this.#list(request, namespace)
  }

  #serveOne(request: SeenRequest, id: string, plural: string): ServerResponse {
    const held = this.#objects.get(id)
    const name = id.slice(id.indexOf('/') + 1)
    if (held === undefined) {
      const group = /^\/apis\/([^/]+)/.exec(request.path)?.[1]
      const details = { name, kind: plural, ...(group === undefined ? {} : { group }) }
      return status(404, 'NotFound', `${plural} "${name}" not found`, details)
    }
    if (request.method === 'GET') return json(200, held)
    if (request.method === 'DELETE') {
      this.remove(held.metadata.namespace ?? '', name)
      return json(200, { kind: 'Status', apiVersion: 'v1', status: 'Success' })
    }
    if (request.method === 'PATCH') {
      return json(200, this.put({ ...held, ...(request.body as object) }))
    }
    const sent = request.body as FakeObject
    if (sent.metadata.resourceVersion !== held.metadata.resourceVersion) {
      return status(409, 'Conflict', 'the object has been modified', { name, kind: plural })
    }
    if (!request.path.endsWith('/status')) return json(200, this.put(sent))
    return json(200, this.put({ ...held, status: sent['status'] }))
  }

  #list(request: SeenRequest, namespace: string | undefined): ServerResponse {
    const all = [...this.#objects.values()].filter(
      (object) => namespace === undefined || object.metadata.namespace === namespace,
    )
    const limit = Number(request.query.get('limit') ?? 0)
    const from = Number(request.query.get('continue') ?? 0)
    const page = limit === 0 ? all.slice(from) : all.slice(from, from + limit)
    const rest = from + page.length < all.length
    return json(200, {
      kind: 'ConfigMapList',
      apiVersion: 'v1',
      metadata: {
        resourceVersion: this.version,
        ...(rest ? { continue: String(from + page.length) } : {}),
      },
      // As for built-in kinds: the items leave kind and apiVersion to the list.
      items: page.map((item) => ({ ...item, kind: undefined, apiVersion: undefined })),
    })
  }

  #watch(request: SeenRequest, signal: AbortSignal, namespace: string | undefined): ServerResponse {
    const from = Number(request.query.get('resourceVersion') ?? 0)
    if (from < this.#compactedAt) return status(410, 'Expired', 'too old resource version')
    const lines: Uint8Array[] = []
    let wake: () => void = () => {}
    let ended: 'end' | 'cut' | undefined
    const watch: OpenWatch = {
      query: request.query,
      send: (event) => watch.sendRaw(utf8(`${JSON.stringify(event)}\n`)),
      sendRaw: (bytes) => {
        lines.push(bytes)
        wake()
      },
      end: () => {
        ended = 'end'
        wake()
      },
      cut: () => {
        ended = 'cut'
        wake()
      },
    }
    for (const entry of this.#log) {
      const inside = namespace === undefined || entry.object.metadata.namespace === namespace
      if (entry.version > from && inside) watch.send({ type: entry.type, object: entry.object })
    }
    this.watches.add(watch)
    const { watches } = this
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: (async function* () {
        try {
          for (;;) {
            for (let line = lines.shift(); line !== undefined; line = lines.shift()) yield line
            if (ended === 'end') return
            if (ended === 'cut') throw new Error('cut')
            if (signal.aborted) return
            await new Promise<void>((resolve) => {
              wake = resolve
              signal.addEventListener('abort', () => resolve(), { once: true })
            })
          }
        } finally {
          watches.delete(watch)
        }
      })(),
    }
  }
}

function idOf(object: FakeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`
}

/** An answer of JSON. */
export function json(code: number, body: unknown): ServerResponse {
  return {
    status: code,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
}

/** A refusal as the API server words it. */
export function status(
  code: number,
  reason: string,
  message: string,
  details: object = {},
  headers: Readonly<Record<string, string>> = {},
): ServerResponse {
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message,
    reason,
    details,
    code,
  }
  const answer = json(code, body)
  return { ...answer, headers: { ...answer.headers, ...headers } }
}
