import { at, Fault, field, limits, parseJson, stringOf, type HttpResponse } from '#base'
import type { KubeObject, Resource } from '#api'
import type { WatchEvent, WatchOptions } from './client.ts'
import { faultOfAnswer, jsonOf, notKubernetes } from './answer.ts'
import { linesOf } from './lines.ts'
import { collectionPath, queryText } from './paths.ts'
import { statusFault, type About } from './status.ts'
import { wholeBody, type Transport } from './transport.ts'

// The server sends a bookmark about every minute; two missed ones and some grace mean a dead stream.
const silenceMs = 130_000
const eventBytes = 8 * limits.objectBytes

/** Opens a watch and yields its events; see `Client.watch`. */
export async function* watchEvents<T>(
  transport: Transport,
  resource: Resource<KubeObject>,
  options: WatchOptions,
  accept: string,
  objectOf: (body: unknown) => T,
): AsyncGenerator<WatchEvent<T>> {
  const { clock, random } = transport.connections.env
  const about: About = { verb: 'watch', resource, key: { namespace: options.namespace } }
  const cut = new AbortController()
  const onAbort = (): void => cut.abort(options.signal?.reason)
  options.signal?.throwIfAborted()
  options.signal?.addEventListener('abort', onAbort, { once: true })
  // One timer that looks at the time of the last chunk; setting a new one for each chunk costs more.
  let heardMs = clock.monotonic()
  const look = (): void => {
    const quietMs = clock.monotonic() - heardMs
    if (quietMs >= silenceMs) {
      cut.abort(new Fault('Unavailable', 'watch: nothing was heard for 130 s'))
    } else timer = clock.timer(silenceMs - quietMs, look)
  }
  let timer = clock.timer(silenceMs, look)
  const heard = (): void => {
    heardMs = clock.monotonic()
  }
  try {
    const seconds = options.timeoutSeconds ?? 290 + Math.floor(random.next() * 291)
    const target =
      collectionPath(resource, options.namespace) + queryText(watchQuery(options, seconds))
    const response = await transport.stream(
      { method: 'GET', target, headers: { accept } },
      cut.signal,
    )
    if (response.status !== 200) throw await refusal(about, response)
    for await (const line of linesOf(heeding(response.body, heard), eventBytes)) {
      yield eventOf(about, line, objectOf)
    }
  } catch (thrown) {
    options.signal?.throwIfAborted()
    throw thrown
  } finally {
    timer.cancel()
    options.signal?.removeEventListener('abort', onAbort)
    cut.abort(new Fault('Cancelled', 'the watch is over'))
  }
}

function watchQuery(
  options: WatchOptions,
  seconds: number,
): Readonly<Record<string, string | number | boolean | undefined>> {
  const initial = options.initialEvents === true
  return {
    watch: true,
    allowWatchBookmarks: true,
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    timeoutSeconds: seconds,
    // An empty version means "the newest" and is not sent, as client-go does.
    resourceVersion: options.resourceVersion === '' ? undefined : options.resourceVersion,
    sendInitialEvents: initial ? true : undefined,
    resourceVersionMatch: initial ? 'NotOlderThan' : undefined,
  }
}

async function* heeding(
  body: AsyncIterable<Uint8Array>,
  heard: () => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    heard()
    yield chunk
  }
}

async function refusal(about: About, response: HttpResponse): Promise<Fault> {
  const answer = {
    status: response.status,
    headers: response.headers,
    body: await wholeBody(response, limits.objectBytes),
  }
  return faultOfAnswer(about, answer, jsonOf(answer))
}

function eventOf<T>(about: About, line: string, objectOf: (body: unknown) => T): WatchEvent<T> {
  const event = parseJson(line)
  const object = field(event, 'object')
  const type = field(event, 'type')
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: objectOf(object) }
    case 'BOOKMARK': {
      const resourceVersion = stringOf(at(object, 'metadata', 'resourceVersion'))
      if (resourceVersion === undefined) throw notKubernetes(about)
      const mark = at(object, 'metadata', 'annotations', 'k8s.io/initial-events-end')
      return { type, resourceVersion, initialEventsEnd: mark === 'true' }
    }
    case 'ERROR': {
      const code = field(object, 'code')
      throw statusFault(about, typeof code === 'number' ? code : 500, object, undefined)
    }
    default:
      throw notKubernetes(about)
  }
}
