import { stringifyJson, fromBase64, textOf } from '#base'
import type { Call } from '../core.ts'
import { badRequest, expired, field, invalid, ApiError } from '../errors.ts'
import type { Answer } from '../http/exchange.ts'
import { continueToken, viewOf } from '../http/render.ts'
import { apiVersionOf, type Kind } from '../kinds/kind.ts'
import type { FieldError } from '../errors.ts'
import type { Obj } from '../object.ts'
import { predicateOf, selectedName } from '../storage/selectors.ts'
import type { Entry } from '../storage/store.ts'
import { tableOf } from '../tables/table.ts'
import type { Form } from '../http/negotiate.ts'
import { answerValue, checkForm, formOf, partial } from './answer.ts'
import { ordered } from './decode.ts'

/** Go's strconv.ParseInt on a query parameter. @throws ApiError 400 in its words. */
export function intOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  if (!/^[-+]?\d+$/.test(text)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  }
  if (Math.abs(Number(text)) >= 2 ** 63) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`)
  }
  return Number(text)
}

/** A resourceVersion in a query. @throws ApiError 400/422 when it is no number. */
export function revisionOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw badRequest(
    `Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
  )
}

/** Refuses combinations of list options that make no sense. */
export function checkListOptions(query: URLSearchParams, isWatch: boolean): void {
  const errors: FieldError[] = []
  const match = query.get('resourceVersionMatch') ?? ''
  const version = query.get('resourceVersion') ?? ''
  const next = query.get('continue') ?? ''
  const sends = query.get('sendInitialEvents')
  if (isWatch && sends === null) {
    if (next !== '')
      errors.push(
        field.forbidden(
          'resourceVersionMatch',
          'resourceVersionMatch is forbidden when continue is provided',
        ),
      )
    if (match !== '') {
      errors.push(
        field.forbidden(
          'resourceVersionMatch',
          'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
        ),
      )
      if (match !== 'NotOlderThan')
        errors.push(field.notSupported('resourceVersionMatch', match, ['NotOlderThan']))
    }
  } else if (isWatch) {
    if (match !== 'NotOlderThan') {
      errors.push(
        field.forbidden(
          'resourceVersionMatch',
          'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
        ),
      )
      if (match !== '')
        errors.push(field.notSupported('resourceVersionMatch', match, ['NotOlderThan']))
    }
    if (next !== '')
      errors.push(
        field.forbidden(
          'resourceVersionMatch',
          'resourceVersionMatch is forbidden when continue is provided',
        ),
      )
  } else {
    if (match !== '') {
      if (version === '')
        errors.push(
          field.forbidden(
            'resourceVersionMatch',
            'resourceVersionMatch is forbidden unless resourceVersion is provided',
          ),
        )
      if (next !== '')
        errors.push(
          field.forbidden(
            'resourceVersionMatch',
            'resourceVersionMatch is forbidden when continue is provided',
          ),
        )
      if (match !== 'Exact' && match !== 'NotOlderThan') {
        errors.push(
          field.notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']),
        )
      } else if (match === 'Exact' && version === '0') {
        errors.push(
          field.forbidden(
            'resourceVersionMatch',
            'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
          ),
        )
      }
    }
    if (sends !== null)
      errors.push(field.forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  }
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors)
}

/** What a list shows, and how it goes on. */
export interface Page {
  readonly entries: readonly Entry[]
  readonly revision: number
  readonly next: string
  readonly remaining: number | undefined
}

/** GET on a collection. */
export function list(call: Call): Answer {
  const { kind } = call
  checkListOptions(call.query, false)
  intOf(call.query, 'timeoutSeconds')
  const form = formOf(call)
  const page = listOf(call)
  const metadata = {
    ...(kind.custom === undefined && page.next === '' ? {} : { continue: page.next }),
    ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
    resourceVersion: String(page.revision),
  }
  if (form.as !== '') {
    const bare = { ...metadata, ...(page.next === '' ? { continue: undefined } : {}) }
    return shapedList(call, form, page.entries, bare)
  }
  if (form.media === 'yaml') {
    const items = page.entries.map((entry) => itemOf(kind, viewOf(kind, entry).object))
    return answerValue(
      { kind: kind.listKind, apiVersion: apiVersionOf(kind), metadata, items },
      200,
      form,
    )
  }
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: listText(kind, metadata, page.entries),
  }
}

/** A list as a Table, or of metadata alone. @throws ApiError 406. */
export function shapedList(
  call: Call,
  form: Form,
  entries: readonly Entry[],
  metadata: object,
): Answer {
  const { kind } = call
  checkForm(kind, form, true)
  const objects = entries.map((entry) => viewOf(kind, entry).object)
  if (form.as === 'Table') {
    return answerValue(tableOf(call, kind, objects, metadata, form.version), 200, form)
  }
  const items = objects.length === 0 ? null : objects.map((object) => partial(object, form.version))
  const apiVersion = `meta.k8s.io/${form.version}`
  return answerValue({ kind: 'PartialObjectMetadataList', apiVersion, metadata, items }, 200, form)
}

// Built-in items leave out what the list says already.
function itemOf(kind: Kind, object: Obj): object {
  if (kind.custom !== undefined) return object
  const { kind: _, apiVersion: __, ...rest } = ordered(object)
  return rest
}

function listText(kind: Kind, metadata: object, entries: readonly Entry[]): string {
  const apiVersion = apiVersionOf(kind)
  const head = `{"kind":${JSON.stringify(kind.listKind)},"apiVersion":${JSON.stringify(apiVersion)},"metadata":${stringifyJson(metadata)},"items":[`
  const cut =
    kind.custom === undefined
      ? `{"kind":${JSON.stringify(kind.kind)},"apiVersion":${JSON.stringify(apiVersion)},`
      : ''
  const texts: string[] = []
  for (const entry of entries) {
    const { text } = viewOf(kind, entry)
    texts.push(cut !== '' && text.startsWith(cut) ? `{${text.slice(cut.length)}` : text)
  }
  return `${head}${texts.join(',')}]}\n`
}

/** Keys of the kind's bucket that a namespace selects. */
export function prefixOf(kind: Kind, namespace: string): string {
  return kind.namespaced && namespace !== '' ? `${namespace}/` : ''
}

/** What the query of a list, or of a deletecollection, selects. @throws ApiError 400, 410, 504. */
export function listOf(call: Call): Page {
  const { core, kind, target, query } = call
  // Version 0 is answered from the cache, whole.
  const asked = intOf(query, 'limit') ?? 0
  const limit = query.get('resourceVersion') === '0' ? 0 : asked
  const prefix = prefixOf(kind, target.namespace)
  const wanted = predicateOf(kind, query)
  // One object asked for by its name has no further page.
  const isOfOne = (prefix !== '' || !kind.namespaced) && selectedName(query) !== undefined
  const token = query.get('continue') ?? ''
  const start = token === '' ? startOf(call) : continued(call, token)
  const { revision, from } = start
  const listing = core.store.listing(kind.bucket, prefix, revision, from)
  if (listing === undefined) throw expiredPage(call, from)
  const entries: Entry[] = []
  let next = ''
  let last = ''
  let remaining: number | undefined
  let seen = 0
  for (const [key, entry] of listing.entries) {
    // More keys are enough for another page, whether or not any of them is wanted.
    if (limit > 0 && entries.length === limit && !isOfOne) {
      next = continueToken(core, revision, `${last}\0`)
      if (wanted === undefined) remaining = listing.count - seen
      break
    }
    seen++
    if (wanted !== undefined && !wanted(viewOf(kind, entry).object)) continue
    entries.push(entry)
    last = key
  }
  return { entries, revision, next, remaining }
}

interface Start {
  readonly revision: number
  /** First key of the page; empty: from the beginning. */
  readonly from: string
}

function startOf(call: Call): Start {
  const { core, kind, query } = call
  const text = query.get('resourceVersion') ?? ''
  const newest = core.store.revision
  if (text === '' || text === '0') return { revision: newest, from: '' }
  const asked = revisionOfList(text)
  if (asked > newest) throw tooLarge(asked, newest)
  if (query.get('resourceVersionMatch') !== 'Exact') {
    const paged = (intOf(query, 'limit') ?? 0) > 0 && query.get('resourceVersionMatch') === null
    if (!paged) return { revision: newest, from: '' }
  }
  void kind
  if (asked < core.store.compacted) {
    throw expired('The resourceVersion for the provided list is too old.')
  }
  return { revision: asked, from: '' }
}

function revisionOfList(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw badRequest(
    `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
  )
}

export function tooLarge(asked: number, newest: number): ApiError {
  return new ApiError(
    504,
    'Timeout',
    `Timeout: Too large resource version: ${asked}, current: ${newest}`,
    {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
    { 'retry-after': '1' },
  )
}

function continued(call: Call, token: string): Start {
  const bytes = fromBase64(padded(token.replaceAll('-', '+').replaceAll('_', '/')))
  let value: { v?: string; rv?: number; start?: string } | undefined
  try {
    value = bytes === undefined ? undefined : (JSON.parse(textOf(bytes)) as typeof value)
  } catch {
    value = undefined
  }
  const fault = tokenFault(token, bytes, value)
  if (fault !== undefined)
    throw badRequest(`invalid continue token: continue key is not valid: ${fault}`)
  if (value === undefined || value.start === undefined) throw badRequest('invalid continue token')
  const version = call.query.get('resourceVersion') ?? ''
  if (version !== '' && version !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue')
  }
  const rv = value.rv ?? 0
  // -1: go on with what is there now, as after an expiry.
  if (rv < 0) return { revision: call.core.store.revision, from: value.start }
  if (rv < call.core.store.compacted) throw expiredPage(call, value.start)
  return { revision: rv, from: value.start }
}

interface Token {
  readonly v?: string
  readonly rv?: number
  readonly start?: string
}

function tokenFault(
  token: string,
  bytes: Uint8Array | undefined,
  value: Token | undefined,
): string | undefined {
  if (bytes === undefined || !/^[\w-]*$/.test(token)) {
    return `illegal base64 data at input byte ${Math.max(0, token.search(/[^\w-]/))}`
  }
  if (value === undefined) {
    const code = bytes[0] ?? 0
    const isPlain = (code >= 0x20 && code < 0x7f) || code >= 0xa1
    const first = isPlain ? String.fromCodePoint(code) : `\\u${code.toString(16).padStart(4, '0')}`
    return `invalid character '${first}' looking for beginning of value`
  }
  if (value.v !== 'meta.k8s.io/v1')
    return `server does not recognize this encoded version ${value.v ?? ''}`
  if (value.rv === undefined || value.rv === 0) {
    return 'incorrect encoded start resourceVersion (version meta.k8s.io/v1)'
  }
  const { start = '' } = value
  if (start === '') return 'encoded start key empty (version meta.k8s.io/v1)'
  return start.split('/').includes('..') ? start : undefined
}

function padded(text: string): string {
  return text + '='.repeat((4 - (text.length % 4)) % 4)
}

function expiredPage(call: Call, from: string): ApiError {
  const error = expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  )
  return Object.assign(error, { next: continueToken(call.core, -1, from) })
}
