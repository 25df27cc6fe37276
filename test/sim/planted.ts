/** Bugs to plant, one for each invariant: a simulation that cannot find them proves nothing. */
import { confirmAbsence, externalSecrets, keyOf, parseHeld, type KubeObject } from '#api'
import {
  Fault,
  fromBase64,
  isObject,
  textOf,
  utf8,
  type Env,
  type HttpRequest,
  type HttpResponse,
} from '#base'
import type { Client, WatchEvent } from '#kube'
import { marks } from '#seal'
import { readyMessageOf, type Invariant } from './invariants.ts'
import type { Scenario } from './scenario.ts'

export interface PlantedBug {
  readonly finds: Invariant
  /** The operator's client, with the mistake. */
  readonly client?: (client: Client) => Client
  /** What the operator makes of an answer of Vault. */
  readonly misread?: (answer: HttpResponse, request: HttpRequest) => HttpResponse
  /** Leaders do not ask whether the lease is theirs before they write. */
  readonly fence?: 'none'
  /** What the lease takes for the world. */
  readonly leaseEnv?: (env: Env) => Env
  /** What the seeds have to be about for it to show; else they are drawn. */
  readonly scenario?: Partial<Scenario>
}

export const plantedBugs: Readonly<Record<string, PlantedBug>> = {
  // Of one entry alone, and remembered for some reads: the guard before each deletion asks anew, and
  // would hold if everything vanished together.
  'an outage of the backend is taken for absence': {
    finds: 'S1',
    misread: remembered(
      (answer, request) => answer.status >= 400 && request.url.endsWith('/data/apps/c'),
    ),
  },
  'a foreign Secret is taken for one that may be managed': {
    finds: 'S4',
    client: (client) =>
      changed(client, {
        get: async (resource, key, options) => {
          const found = await client.get(resource, key, options)
          if (found === null || found.kind !== 'Secret' || key.name !== 'foreign') return found
          const annotations = { ...found.metadata.annotations, [marks.managed]: 'true' }
          return { ...found, metadata: { ...found.metadata, annotations } }
        },
      }),
  },
  'deletes carry no preconditions': {
    finds: 'S5',
    client: (client) =>
      changed(client, {
        delete: (resource, key, { signal } = {}) =>
          client.delete(resource, key, signal === undefined ? {} : { signal }),
      }),
  },
  'the text of an error quotes the value': {
    finds: 'S7',
    client: (client) =>
      changed(client, {
        create: (resource, object, options) =>
          quoting(object, () => client.create(resource, object, options)),
        update: (resource, object, options) =>
          quoting(object, () => client.update(resource, object, options)),
      }),
  },
  'a leader does not look at its lease before it writes': {
    finds: 'S11',
    fence: 'none',
    scenario: { replicas: 2, stalls: true },
  },
  'a lease is counted by the wall clock': {
    finds: 'S11',
    leaseEnv: (env) => ({ ...env, clock: { ...env.clock, monotonic: () => env.clock.now() } }),
    scenario: { replicas: 2, stalls: true, jumps: true },
  },
  'the operator confirms its own question': {
    finds: 'S1',
    client: (client) =>
      changed(client, {
        updateStatus: async (resource, object, options) => {
          const written = await client.updateStatus(resource, object, options)
          const held = parseHeld(readyMessageOf(object), object.metadata.namespace ?? '')
          if (held !== undefined) {
            const body = { metadata: { annotations: { [confirmAbsence]: held.answer } } }
            await client.patch(externalSecrets, keyOf(object), body, { type: 'merge' })
          }
          return written
        },
      }),
    scenario: { replicas: 1, absence: true },
  },
  'status is written at every pass': {
    finds: 'S8',
    client: (client) =>
      changed(client, {
        list: async (resource, options) => {
          const { items, ...rest } = await client.list(resource, options)
          return { ...rest, items: items.map(withoutStatus) }
        },
        watch: (resource, options) => withoutStatuses(client.watch(resource, options)),
      }),
  },
}

const none = new Uint8Array()

/** The next few answers about what once failed say that it is not there. */
function remembered(
  hasFailed: (answer: HttpResponse, request: HttpRequest) => boolean,
): (answer: HttpResponse, request: HttpRequest) => HttpResponse {
  let left = 0
  return (answer, request) => {
    if (hasFailed(answer, request)) left = 4
    if (left === 0 || !request.url.endsWith('/data/apps/c')) return answer
    left--
    return { status: 404, headers: { 'content-type': 'application/json' }, body: noErrors() }
  }
}

async function* noErrors(): AsyncGenerator<Uint8Array> {
  yield utf8('{"errors":[]}')
}

/** A failure told with all that was to be written. */
async function quoting<T>(object: object, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (thrown) {
    const data: unknown = 'data' in object ? object.data : undefined
    if (!(thrown instanceof Fault) || !isObject(data)) throw thrown
    const values = Object.values(data).map((value) => textOf(fromBase64(String(value)) ?? none))
    throw new Fault(thrown.reason, `cannot write ${values.join()}`, { cause: thrown })
  }
}

/** The client with some of its methods replaced, also where it acts as somebody else. */
function changed(client: Client, methods: Partial<Client>): Client {
  return new Proxy(client, {
    get: (target, name) => {
      const method: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name)
      return typeof method === 'function' ? method.bind(target) : method
    },
  })
}

function withoutStatus<T extends KubeObject>(object: T): T {
  return object.kind === 'ExternalSecret'
    ? { ...object, status: { ...statusOf(object), conditions: [] } }
    : object
}

function statusOf(object: KubeObject): object {
  return (object as { readonly status?: object }).status ?? {}
}

async function* withoutStatuses<T extends KubeObject>(
  events: AsyncIterable<WatchEvent<T>>,
): AsyncGenerator<WatchEvent<T>> {
  for await (const event of events) {
    yield event.type === 'BOOKMARK' ? event : { ...event, object: withoutStatus(event.object) }
  }
}
