import { at, Fault, parseTime, stringifyJson, stringOf, type HttpHeaders } from '#base'
import {
  apiVersionOf,
  keyOf,
  serviceAccounts,
  type KubeObject,
  type NewObject,
  type ObjectKey,
  type Resource,
} from '#api'
import {
  faultOfAnswer,
  goodJson,
  jsonOf,
  metadataAccept,
  metadataListAccept,
  metadataOf,
  notKubernetes,
  objectOf,
} from './answer.ts'
import type {
  ApplyOptions,
  CallOptions,
  Client,
  DeleteOptions,
  DiscoveredResource,
  Impersonation,
  ListOptions,
  ListResult,
  MetadataOnly,
  PatchOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './client.ts'
import { impersonationHeaders } from './impersonation.ts'
import { listPages } from './list.ts'
import { collectionPath, objectPath, queryText } from './paths.ts'
import { ServedKinds } from './served-kinds.ts'
import { aboutText, provesAbsence, type About } from './status.ts'
import {
  Connections,
  Transport,
  type Answer,
  type Call,
  type TransportOptions,
} from './transport.ts'
import { watchEvents } from './watch.ts'

/** What `createClient` takes. */
export type ClientOptions = TransportOptions

/**
 * A client of one API server as one identity. Opens no connection before the first call; at most 32
 * calls are in flight, fewer while the server is busy, and each watch has a connection of its own.
 */
export function createClient(options: ClientOptions): HttpClient {
  const connections = new Connections(options)
  const { as: identity } = options.server
  const headers = identity === undefined ? {} : impersonationHeaders(identity)
  return new HttpClient(new Transport(connections, headers), { owner: true })
}

/** {@link Client} over HTTP, with what tests and metrics look at. */
export class HttpClient implements Client {
  readonly #transport: Transport
  readonly #owner: boolean
  readonly #served: ServedKinds

  constructor(transport: Transport, options: { readonly owner: boolean }) {
    this.#transport = transport
    this.#served = new ServedKinds(transport)
    this.#owner = options.owner
  }

  /** How many connections were opened in all. */
  opened(): number {
    return this.#transport.connections.opened()
  }

  /** Calls under way, and those waiting for their turn. */
  load(): { readonly inFlight: number; readonly waiting: number; readonly limit: number } {
    const { inFlight, waiting, limit } = this.#transport.connections.gate
    return { inFlight, waiting, limit }
  }

  async get<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    options: CallOptions = {},
  ): Promise<T | null> {
    const about: About = { verb: 'get', resource, key }
    const body = await this.#getOne(about, resource, key, 'application/json', options)
    return body === null ? null : objectOf(about, resource, body)
  }

  async getMetadata(
    resource: Resource<KubeObject>,
    key: ObjectKey,
    options: CallOptions = {},
  ): Promise<MetadataOnly | null> {
    const about: About = { verb: 'get', resource, key }
    const body = await this.#getOne(about, resource, key, metadataAccept, options)
    return body === null ? null : metadataOf(about, resource, body)
  }

  list<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions = {},
  ): Promise<ListResult<T>> {
    const about: About = { verb: 'list', resource, key: { namespace: options.namespace } }
    return listPages(this.#transport, resource, options, 'application/json', (item) =>
      objectOf(about, resource, item),
    )
  }

  listMetadata(
    resource: Resource<KubeObject>,
    options: ListOptions = {},
  ): Promise<ListResult<MetadataOnly>> {
    const about: About = { verb: 'list', resource, key: { namespace: options.namespace } }
    return listPages(this.#transport, resource, options, metadataListAccept, (item) =>
      metadataOf(about, resource, item),
    )
  }

  watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncIterable<WatchEvent<T>> {
    const about: About = { verb: 'watch', resource, key: { namespace: options.namespace } }
    return watchEvents(this.#transport, resource, options, 'application/json', (body) =>
      objectOf(about, resource, body),
    )
  }

  watchMetadata(
    resource: Resource<KubeObject>,
    options: WatchOptions,
  ): AsyncIterable<WatchEvent<MetadataOnly>> {
    const about: About = { verb: 'watch', resource, key: { namespace: options.namespace } }
    return watchEvents(this.#transport, resource, options, metadataAccept, (body) =>
      metadataOf(about, resource, body),
    )
  }

  async create<T extends KubeObject>(
    resource: Resource<T>,
    object: NewObject<T>,
    options: WriteOptions = {},
  ): Promise<T> {
    const { metadata } = object
    const key = { namespace: metadata.namespace, name: metadata.name ?? metadata.generateName }
    const about: About = { verb: 'create', resource, key }
    if (resource.namespaced && (metadata.namespace ?? '') === '') {
      throw new Fault('InvalidSpec', `create ${resource.kind}: a namespace is required`, {
        at: 'metadata.namespace',
      })
    }
    const path = collectionPath(resource, metadata.namespace)
    return await this.#write(about, resource, 'POST', path, withKind(resource, object), options)
  }

  async update<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options: WriteOptions = {},
  ): Promise<T> {
    return await this.#replace('update', resource, object, undefined, options)
  }

  async updateStatus<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options: WriteOptions = {},
  ): Promise<T> {
    return await this.#replace('update status of', resource, object, 'status', options)
  }

  async patch<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    body: unknown,
    options: PatchOptions,
  ): Promise<T> {
    const about: About = { verb: 'patch', resource, key }
    const path = objectPath(resource, key, options.subresource)
    const media = {
      json: 'application/json-patch+json',
      merge: 'application/merge-patch+json',
      strategic: 'application/strategic-merge-patch+json',
    }[options.type]
    return await this.#write(about, resource, 'PATCH', path, body, options, media)
  }

  async apply<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options: ApplyOptions,
  ): Promise<T> {
    const key = keyOf(object)
    const about: About = { verb: 'apply', resource, key }
    const path = objectPath(resource, key, options.subresource)
    const body = withKind(resource, object)
    // JSON is YAML; the media type is what makes the patch an apply.
    const media = 'application/apply-patch+yaml'
    const force = options.force === true ? true : undefined
    return await this.#write(about, resource, 'PATCH', path, body, options, media, force)
  }

  async delete(
    resource: Resource<KubeObject>,
    key: ObjectKey,
    options: DeleteOptions = {},
  ): Promise<boolean> {
    const about: About = { verb: 'delete', resource, key }
    const preconditions = {
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.resourceVersion === undefined
        ? {}
        : { resourceVersion: options.resourceVersion }),
    }
    const answer = await this.#exchange(about, {
      method: 'DELETE',
      target: objectPath(resource, key),
      headers: json,
      body: stringifyJson({
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        ...(Object.keys(preconditions).length === 0 ? {} : { preconditions }),
        ...(options.propagation === undefined ? {} : { propagationPolicy: options.propagation }),
      }),
      ...signalOf(options),
    })
    const body = jsonOf(answer)
    if (provesAbsence(answer.status, body, resource, key)) return false
    if (answer.status < 200 || answer.status > 299) throw faultOfAnswer(about, answer, body)
    if (body === undefined || body === null) throw notKubernetes(about)
    return true
  }

  async requestToken(
    serviceAccount: ObjectKey,
    request: { readonly audiences?: readonly string[]; readonly expirationSeconds?: number },
    options: CallOptions = {},
  ): Promise<{ readonly token: string; readonly expiresMs: number }> {
    const about: About = {
      verb: 'request token of',
      resource: serviceAccounts,
      key: serviceAccount,
    }
    const answer = await this.#exchange(about, {
      method: 'POST',
      target: objectPath(serviceAccounts, serviceAccount, 'token'),
      headers: json,
      body: stringifyJson({
        kind: 'TokenRequest',
        apiVersion: 'authentication.k8s.io/v1',
        spec: {
          ...(request.audiences === undefined ? {} : { audiences: request.audiences }),
          ...(request.expirationSeconds === undefined
            ? {}
            : { expirationSeconds: request.expirationSeconds }),
        },
      }),
      ...signalOf(options),
    })
    const body = goodJson(about, answer)
    const token = stringOf(at(body, 'status', 'token'))
    const expiresMs = parseTime(stringOf(at(body, 'status', 'expirationTimestamp')))
    if (token === undefined || token === '' || expiresMs === undefined) throw notKubernetes(about)
    return { token, expiresMs }
  }

  async discover(
    options: CallOptions & { readonly refresh?: boolean } = {},
  ): Promise<readonly DiscoveredResource[]> {
    return await this.#served.all(options)
  }

  async resourceOf(
    apiVersion: string,
    kind: string,
    options: CallOptions = {},
  ): Promise<DiscoveredResource | null> {
    return await this.#served.find(apiVersion, kind, options)
  }

  as(identity: Impersonation): Client {
    return new HttpClient(this.#transport.under(impersonationHeaders(identity)), { owner: false })
  }

  /**
   * The same connections and identity for one who may write only at times: before each call that is
   * no read, when nothing but the sending is left, `mayWrite` is asked, and what it throws is thrown.
   * Holds for `as` as well.
   */
  behind(mayWrite: () => void): HttpClient {
    return new HttpClient(this.#transport.behind(mayWrite), { owner: false })
  }

  async raw(
    method: string,
    path: string,
    options: CallOptions & {
      readonly body?: Uint8Array | string
      readonly headers?: Readonly<Record<string, string>>
    } = {},
  ): Promise<{
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: Uint8Array
  }> {
    const answer = await this.#exchange(
      { verb: `${method.toLowerCase()} ${path.split('?')[0] ?? ''}` },
      {
        method,
        target: path,
        ...(options.headers === undefined ? {} : { headers: options.headers }),
        ...(options.body === undefined ? {} : { body: options.body }),
        ...signalOf(options),
      },
    )
    const headers: Record<string, string> = {}
    for (const [name, value] of Object.entries(answer.headers)) {
      headers[name] = typeof value === 'string' ? value : value.join(', ')
    }
    return { status: answer.status, headers, body: answer.body }
  }

  onRecovered(listener: () => void): void {
    this.#transport.connections.onRecovered(listener)
  }

  async close(): Promise<void> {
    if (this.#owner) await this.#transport.connections.close()
  }

  async #getOne(
    about: About,
    resource: Resource<KubeObject>,
    key: ObjectKey,
    accept: string,
    options: CallOptions,
  ): Promise<unknown> {
    const answer = await this.#exchange(about, {
      method: 'GET',
      target: objectPath(resource, key),
      headers: { accept },
      urgent: isLease(resource),
      ...signalOf(options),
    })
    if (answer.status === 404 && provesAbsence(404, jsonOf(answer), resource, key)) return null
    return goodJson(about, answer)
  }

  async #replace<T extends KubeObject>(
    verb: string,
    resource: Resource<T>,
    object: T,
    subresource: 'status' | undefined,
    options: WriteOptions,
  ): Promise<T> {
    const key = keyOf(object)
    const about: About = { verb, resource, key }
    // Without it the server would write over whatever is there (Secrets and ConfigMaps allow that).
    if ((object.metadata.resourceVersion ?? '') === '') {
      throw new Fault(
        'InvalidSpec',
        `${verb} ${resource.kind} ${key.name}: metadata.resourceVersion is required`,
        { at: 'metadata.resourceVersion' },
      )
    }
    const path = objectPath(resource, key, subresource)
    return await this.#write(about, resource, 'PUT', path, withKind(resource, object), options)
  }

  async #write<T extends KubeObject>(
    about: About,
    resource: Resource<T>,
    method: string,
    path: string,
    body: unknown,
    options: WriteOptions,
    media: string = 'application/json',
    force?: boolean,
  ): Promise<T> {
    const query = queryText({
      fieldManager: options.fieldManager,
      dryRun: options.dryRun === true ? 'All' : undefined,
      fieldValidation: options.fieldValidation,
      force,
    })
    const answer = await this.#exchange(about, {
      method,
      target: path + query,
      headers: { accept: 'application/json', 'content-type': media },
      body: stringifyJson(body),
      urgent: isLease(resource),
      ...signalOf(options),
    })
    return objectOf(about, resource, goodJson(about, answer))
  }

  async #exchange(about: About, call: Call): Promise<Answer> {
    try {
      return await this.#transport.exchange(call)
    } catch (thrown) {
      call.signal?.throwIfAborted()
      throw thrown instanceof Fault ? thrown.within(aboutText(about)) : thrown
    }
  }
}

const json: HttpHeaders = { accept: 'application/json', 'content-type': 'application/json' }

function signalOf(options: CallOptions): { readonly signal?: AbortSignal } {
  return options.signal === undefined ? {} : { signal: options.signal }
}

function withKind(resource: Resource<KubeObject>, object: object): object {
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind }
}

function isLease(resource: Resource<KubeObject>): boolean {
  return resource.group === 'coordination.k8s.io' && resource.plural === 'leases'
}
