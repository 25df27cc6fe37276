import { stringifyJson, utf8 } from '#base'
import { flag, type Call } from '../core.ts'
import { ApiError } from '../errors.ts'
import { cutConnection } from '../faults/faults.ts'
import type { Answer } from '../http/exchange.ts'
import type { Form } from '../http/negotiate.ts'
import { viewOf } from '../http/render.ts'
import { yamlText } from '../http/yaml.ts'
import { apiVersionOf, type Kind } from '../kinds/kind.ts'
import { predicateOf, type Predicate } from '../storage/selectors.ts'
import { entryKey, type Entry, type LogEvent } from '../storage/store.ts'
import { tableOf } from '../tables/table.ts'
import { formOf, partial } from './answer.ts'
import { checkListOptions, intOf, prefixOf } from './list.ts'

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED'

/** Lines that a slow reader has not taken yet; beyond this it is cut off and has to list anew. */
const mostWaiting = 20_000

/** Bookmarks come once a minute. */
const bookmarkEveryMs = 60_000

/**
 * Watch: every later event of the kind that the selectors let through, as one JSON line each,
 * until the time is up or somebody hangs up.
 */
export function watch(call: Call): Answer {
  checkListOptions(call.query, true)
  intOf(call.query, 'limit')
  const form = formOf(call)
  if (form.media === 'yaml') {
    const types = 'application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch'
    const why = `only the following media types are accepted: ${types}`
    throw new ApiError(406, 'NotAcceptable', why)
  }
  const stream = new WatchStream(call, form)
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: stream.lines(),
  }
}

// An event goes to all watchers of the kind, one after the other, as the same bytes: those of the last
// one are enough to keep, and those of all would take as much memory as the objects.
let newest: { event: LogEvent; kind: Kind; bytes: Uint8Array } | undefined

class WatchStream {
  readonly #call: Call
  readonly #form: Form
  readonly #wanted: Predicate | undefined
  readonly #prefix: string
  readonly #queue: Uint8Array[] = []
  #wake: () => void = () => {}
  #ended = false
  #isCut = false
  #stop: () => void = () => {}
  #tableStarted = false

  constructor(call: Call, form: Form) {
    this.#call = call
    this.#form = form
    const wanted = predicateOf(call.kind, call.query)
    const { name } = call.target
    // The old watch path may end in one object's name.
    this.#wanted =
      name === '' ? wanted : (object) => object.metadata.name === name && wanted?.(object) !== false
    this.#prefix = prefixOf(call.kind, call.target.namespace)
    const timeout = intOf(call.query, 'timeoutSeconds')
    this.#start(timeout)
  }

  #start(timeoutSeconds: number | undefined): void {
    const { core, kind, query, exchange } = this.#call
    const { store, env } = core
    const text = query.get('resourceVersion') ?? ''
    const from = text === '' ? 0 : watchRevision(text)
    const initial = query.get('sendInitialEvents')
    const bookmarks = flag(query, 'allowWatchBookmarks')
    const isFromNow = from === 0 || (initial !== null && flag(query, 'sendInitialEvents'))
    store.open(kind.bucket)
    if (isFromNow) {
      if (initial === null || flag(query, 'sendInitialEvents')) {
        for (const [, entry] of store.entries(kind.bucket, this.#prefix)) {
          if (this.#wanted?.(viewOf(kind, entry).object) !== false) this.#send('ADDED', entry)
        }
      }
      if (flag(query, 'sendInitialEvents') && bookmarks) this.#bookmark(true)
    } else if (from < store.floor(kind.bucket)) {
      this.#sendError(from)
      this.end()
      return
    } else {
      for (const event of store.since(kind.bucket, from)) this.#take(event, from)
    }
    // A version from the future: nothing is known of what lies before it.
    const after = isFromNow ? 0 : from
    const unsubscribe = store.subscribe(kind.bucket, (event) => this.#take(event, after))
    // As the real server does, a time of its own when the client names none: 30 to 60 minutes.
    const seconds =
      timeoutSeconds !== undefined && timeoutSeconds !== 0
        ? Math.max(0, timeoutSeconds)
        : 1800 + Math.floor(env.random.next() * 1800)
    const timer = env.clock.timer(seconds * 1000, () => this.end())
    let marker = env.clock.timer(bookmarkEveryMs, () => {})
    const mark = (): void => {
      this.#bookmark(false)
      marker = env.clock.timer(bookmarkEveryMs, mark)
    }
    marker.cancel()
    if (bookmarks) marker = env.clock.timer(bookmarkEveryMs, mark)
    const onAbort = (): void => this.end()
    exchange.signal.addEventListener('abort', onAbort, { once: true })
    core.closed.addEventListener('abort', onAbort, { once: true })
    const cut = (): void => {
      this.#isCut = true
      this.end()
    }
    core.cuts.add(cut)
    const leave = this.#endWithDefinition()
    this.#stop = () => {
      unsubscribe()
      leave()
      timer.cancel()
      marker.cancel()
      exchange.signal.removeEventListener('abort', onAbort)
      core.closed.removeEventListener('abort', onAbort)
      core.cuts.delete(cut)
    }
    if (exchange.signal.aborted || core.closed.aborted) this.end()
  }

  // A watch of a custom kind lasts no longer than its definition stays as it is.
  #endWithDefinition(): () => void {
    const { core, kind } = this.#call
    if (kind.custom === undefined) return () => {}
    const { definition } = kind.custom
    const open = core.customWatches.get(definition) ?? new Set()
    core.customWatches.set(definition, open)
    const end = (): void => this.end()
    open.add(end)
    return () => open.delete(end)
  }

  #take(event: LogEvent, after: number): void {
    if (event.revision <= after) return
    const { metadata } = event.entry.object
    if (!entryKey(metadata.namespace ?? '', metadata.name ?? '').startsWith(this.#prefix)) return
    if (this.#wanted === undefined) return this.#push(this.#lineOf(event))
    const { kind } = this.#call
    const isWanted = event.type !== 'DELETED' && this.#wanted(viewOf(kind, event.entry).object)
    const wasWanted =
      event.previous !== undefined && this.#wanted(viewOf(kind, event.previous).object)
    if (isWanted) {
      if (wasWanted) this.#push(this.#lineOf(event))
      else this.#send('ADDED', event.entry)
    } else if (wasWanted) this.#sendGone(event)
  }

  // What leaves the selector is shown as it was, under the new resourceVersion.
  #sendGone(event: LogEvent): void {
    const previous = event.previous as Entry
    const object = {
      ...previous.object,
      metadata: { ...previous.object.metadata, resourceVersion: String(event.revision) },
    }
    this.#send('DELETED', { object, revision: event.revision })
  }

  #lineOf(event: LogEvent): Uint8Array {
    const { kind } = this.#call
    if (this.#form.as !== '' || this.#form.media !== 'json') {
      return this.#line(event.type, event.entry)
    }
    if (newest?.event === event && newest.kind === kind) return newest.bytes
    const bytes = this.#line(event.type, event.entry)
    newest = { event, kind, bytes }
    return bytes
  }

  #send(type: EventType, entry: Entry): void {
    this.#push(this.#line(type, entry))
  }

  #line(type: string, entry: Entry): Uint8Array {
    const { kind } = this.#call
    const view = viewOf(kind, entry)
    if (this.#form.as === '' && this.#form.media === 'json') {
      return utf8(`{"type":"${type}","object":${view.text}}\n`)
    }
    return this.#encode(type, this.#shaped(view.object))
  }

  #shaped(object: ReturnType<typeof viewOf>['object']): object {
    if (this.#form.as === 'Table') {
      const call = this.#call
      const { version } = this.#form
      const metadata = { resourceVersion: object.metadata.resourceVersion }
      const table = tableOf(call, call.kind, [object], metadata, version) as {
        columnDefinitions: unknown
      }
      if (this.#tableStarted) table.columnDefinitions = null
      this.#tableStarted = true
      return table
    }
    if (this.#form.as.startsWith('PartialObjectMetadata'))
      return partial(object, this.#form.version)
    return object
  }

  #encode(type: string, object: object): Uint8Array {
    const event = { type, object }
    if (this.#form.media === 'yaml') return utf8(`---\n${yamlText(event)}`)
    return utf8(`${stringifyJson(event)}\n`)
  }

  #bookmark(isEndOfInitial: boolean): void {
    const { kind, core } = this.#call
    const metadata = {
      resourceVersion: String(core.store.revision),
      ...(kind.custom === undefined ? {} : {}),
      ...(isEndOfInitial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    }
    const object = { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata }
    if (this.#form.as === 'Table') {
      return this.#push(this.#encode('BOOKMARK', this.#shaped(object)))
    }
    const shown = this.#form.as.startsWith('PartialObjectMetadata')
      ? partial(object, this.#form.version)
      : object
    this.#push(this.#encode('BOOKMARK', shown))
  }

  #sendError(from: number): void {
    const { store } = this.#call.core
    const floor = store.floor(this.#call.kind.bucket)
    const error = new ApiError(410, 'Expired', `too old resource version: ${from} (${floor})`)
    this.#push(this.#encode('ERROR', error.status()))
  }

  #push(line: Uint8Array): void {
    if (this.#ended) return
    this.#queue.push(line)
    if (this.#queue.length > mostWaiting) this.end()
    this.#wake()
  }

  end(): void {
    this.#ended = true
    this.#stop()
    this.#wake()
  }

  async *lines(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        if (this.#isCut) throw cutConnection()
        const line = this.#queue.shift()
        if (line !== undefined) yield line
        else if (this.#ended) return
        else await new Promise<void>((resolve) => (this.#wake = resolve))
      }
    } finally {
      this.end()
    }
  }
}

export function watchRevision(text: string): number {
  const isNumber = /^\d+$/.test(text)
  if (isNumber && BigInt(text) < 2n ** 64n) return Number(text)
  const why = isNumber ? 'value out of range' : 'invalid syntax'
  const given = JSON.stringify(text)
  throw new ApiError(
    500,
    '',
    `resourceVersion: Invalid value: ${given}: strconv.ParseUint: parsing ${given}: ${why}`,
  )
}
