/** Bugs to plant, one for each invariant: a simulation that cannot find them proves nothing. */
import { secrets, type KubeObject, type Resource } from '#api'
import { Fault, fromBase64, textOf, type HttpRequest, type HttpResponse } from '#base'
import type { Client, ListResult, WatchEvent } from '#kube'
import { marks } from '#seal'
import type { Invariant } from './invariants.ts'

export interface PlantedBug {
  readonly finds: Invariant
  /** The operator's client, with the mistake. */
  readonly client?: (client: Client) => Client
  /** What the operator makes of an answer of Vault. */
  readonly misread?: (answer: HttpResponse, request: HttpRequest) => HttpResponse
}

export const plantedBugs: Readonly<Record<string, PlantedBug>> = {
  'an outage of the backend is taken for absence': {
    finds: 'S1',
    misread: (answer, request) =>
      answer.status < 500 || request.url.includes('/auth/')
        ? answer
        : {
            status: 404,
            headers: { 'content-type': 'application/json' },
            body: (async function* body() {
              yield new TextEncoder().encode('{"errors":[]}')
            })(),
          },
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
        update: async (resource, object, options) => {
          try {
            return await client.update(resource, object, options)
          } catch (thrown) {
            if (!(thrown instanceof Fault) || object.kind !== 'Secret') throw thrown
            const data = (object as { readonly data?: Readonly<Record<string, string>> }).data ?? {}
            const values = Object.values(data).map((value) => textOf(fromBase64(value) ?? none))
            throw thrown.within(`update Secret with ${values.join()}`)
          }
        },
      }),
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
  return object.kind === 'ExternalSecret' ? { ...object, status: { ...statusOf(object), conditions: [] } } : object
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
