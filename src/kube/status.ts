import { at, Fault, field, isObject, stringOf, type FaultReason, type Retry } from '#base'
import type { KubeObject, ObjectKey, Resource } from '#api'

/** What a call was about, for the front of its messages. */
export interface About {
  /** As kubectl says it: get, list, watch, create, update, patch, apply, delete. */
  readonly verb: string
  readonly resource?: Resource<KubeObject>
  readonly key?: { readonly namespace?: string | undefined; readonly name?: string | undefined }
}

/** One cause of a refusal, as the API server gave it. */
export interface ApiCause {
  readonly field: string
  readonly reason: string
  readonly message: string
}

/** The API server's own words about a failed call, without what could be a secret's value. */
export interface ApiStatus {
  readonly code: number
  /** As Kubernetes names it: `Forbidden`, `Invalid`, `NotFound` …; empty when it gave none. */
  readonly reason: string
  readonly message: string
  /** What it is about, where it says so: the plural of a kind, as in `namespaces`, and a name. */
  readonly subject: { readonly kind: string; readonly name: string }
  readonly causes: readonly ApiCause[]
}

/** A Fault's Status, for those who must repeat the API server's wording; kept along `within`. */
export function apiStatusOf(fault: unknown): ApiStatus | undefined {
  for (let link: unknown = fault; link instanceof Error; link = link.cause) {
    if (link instanceof ApiError) return link.status
  }
  return undefined
}

// The cause of every Fault made here; its message is empty so that no printer of causes repeats it.
class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: ApiStatus

  constructor(status: ApiStatus) {
    super('')
    this.status = status
  }
}

/** `get Secret apps/web`, the front of every message. */
export function aboutText(about: About): string {
  const { verb, resource, key } = about
  if (resource === undefined) return verb
  const parts = [key?.namespace, key?.name].filter((part) => part !== undefined && part !== '')
  return parts.length === 0
    ? `${verb} ${resource.kind}`
    : `${verb} ${resource.kind} ${parts.join('/')}`
}

/**
 * Whether an answer says that exactly this object is not there: a Status of reason NotFound that
 * names it. A 404 of a proxy, of a kind that is not served or of a missing namespace is no such proof.
 */
export function provesAbsence(
  code: number,
  body: unknown,
  resource: Resource<KubeObject>,
  key: ObjectKey,
): boolean {
  if (code !== 404 || field(body, 'kind') !== 'Status' || field(body, 'reason') !== 'NotFound') {
    return false
  }
  const kind = at(body, 'details', 'kind')
  const group = at(body, 'details', 'group') ?? ''
  return (
    at(body, 'details', 'name') === key.name &&
    (kind === resource.plural || kind === resource.kind) &&
    group === resource.group
  )
}

/**
 * The Fault that an answer other than 2xx stands for.
 *
 * @param body The parsed answer, or undefined when it was no JSON. It is quoted only where it is a
 * Status, and then without what could hold a value of a Secret.
 */
export function statusFault(
  about: About,
  code: number,
  body: unknown,
  retryAfterSeconds: number | undefined,
): Fault {
  const status = readStatus(about, code, body)
  const what = status === undefined ? plainText(code) : status.message
  const reason = reasonOf(code, status)
  const seconds = retryAfterSeconds ?? numberOf(at(body, 'details', 'retryAfterSeconds'))
  const first = status?.causes.find((cause) => cause.field !== '')
  const retry = retryOf(reason, status, seconds)
  const hint = hintOf(code, status)
  return new Fault(reason, `${aboutText(about)}: ${what}`, {
    status: code,
    ...(retry === undefined ? {} : { retry }),
    ...(first === undefined ? {} : { at: first.field.replace(/^\./, '') }),
    ...(hint === undefined ? {} : { hint }),
    ...(status === undefined ? {} : { cause: new ApiError(status) }),
  })
}

function readStatus(about: About, code: number, body: unknown): ApiStatus | undefined {
  if (field(body, 'kind') !== 'Status' || field(body, 'status') === 'Success') return undefined
  const reason = stringOf(field(body, 'reason')) ?? ''
  const listed = at(body, 'details', 'causes')
  const guarded = about.resource === undefined || mayHoldSecrets(about.resource)
  const causes = (Array.isArray(listed) ? (listed as readonly unknown[]) : [])
    .filter(isObject)
    .map((cause) => ({
      field: stringOf(field(cause, 'field')) ?? '',
      reason: stringOf(field(cause, 'reason')) ?? '',
      message: stringOf(field(cause, 'message')) ?? '',
    }))
    .map((cause) => (guarded ? withoutValues(cause) : cause))
  const given = stringOf(field(body, 'message')) ?? ''
  const message = guarded ? guardedMessage(about, reason, given, causes) : given
  return {
    code,
    reason,
    message: shortened(message === '' ? plainText(code) : message),
    subject: {
      kind: stringOf(at(body, 'details', 'kind')) ?? '',
      name: stringOf(at(body, 'details', 'name')) ?? '',
    },
    causes,
  }
}

// Kinds whose fields hold secret bytes, which validation and decoding errors like to quote.
function mayHoldSecrets(resource: Resource<KubeObject>): boolean {
  return resource.group === '' && resource.kind === 'Secret'
}

const speakOfNoValue: ReadonlySet<string> = new Set([
  'FieldValueForbidden',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldManagerConflict',
])

function withoutValues(cause: ApiCause): ApiCause {
  const ofMetadata = cause.field === 'type' || cause.field.startsWith('metadata.')
  if (ofMetadata || speakOfNoValue.has(cause.reason)) return cause
  return { ...cause, message: cause.reason === '' ? 'refused' : cause.reason }
}

const namesOnly: ReadonlySet<string> = new Set([
  'Unauthorized',
  'NotFound',
  'AlreadyExists',
  'Conflict',
  'Gone',
  'Expired',
  'TooManyRequests',
  'ServerTimeout',
  'Timeout',
  'MethodNotAllowed',
  'RequestEntityTooLarge',
  'ServiceUnavailable',
])

function guardedMessage(
  about: About,
  reason: string,
  given: string,
  causes: readonly ApiCause[],
): string {
  const webhook = /^admission webhook "([^"]{1,253})" denied the request/.exec(given)
  if (webhook !== null) return withheld(webhook[0])
  if (namesOnly.has(reason)) return given
  if (reason === 'Forbidden') return forbiddenText(given)
  const named = causes
    .filter((cause) => cause.field !== '')
    .map((cause) => `${cause.field}: ${cause.message}`)
    .join('; ')
  if (named !== '') return `${about.resource?.kind ?? 'the object'} is invalid: ${named}`
  return reason === '' ? '' : `the API server answered ${reason}`
}

// What the API server itself says after `is forbidden:`; an admission policy's words come from an
// expression over the object and may quote a value.
const ownRefusals =
  /^(User "|unable to create new content in namespace|exceeded quota: |failed quota: |no quota|not yet ready to handle request|unknown namespace)/

function forbiddenText(given: string): string {
  const front = /^.{0,600}? is forbidden: /s.exec(given)?.[0]
  if (front === undefined) return withheld('forbidden')
  const words = given.slice(front.length)
  if (ownRefusals.test(words)) return given
  const policy =
    /^ValidatingAdmissionPolicy '[^']{1,253}'(?: with binding '[^']{1,253}')? denied request/
  return withheld(`${front}${policy.exec(words)?.[0] ?? 'refused by admission'}`)
}

function withheld(text: string): string {
  return `${text} (its words are withheld: they may quote a value)`
}

function shortened(text: string): string {
  return text.length > 4096 ? `${text.slice(0, 4096)}…` : text
}

const byReason: ReadonlyMap<string, FaultReason> = new Map([
  ['Unauthorized', 'AccessDenied'],
  ['Forbidden', 'AccessDenied'],
  ['NotFound', 'NotFound'],
  ['AlreadyExists', 'AlreadyExists'],
  ['Conflict', 'Conflict'],
  ['Gone', 'Expired'],
  ['Expired', 'Expired'],
  ['Invalid', 'InvalidSpec'],
  ['BadRequest', 'InvalidSpec'],
  ['TooManyRequests', 'RateLimited'],
  ['RequestEntityTooLarge', 'TooLarge'],
  ['MethodNotAllowed', 'Unsupported'],
  ['NotAcceptable', 'InvalidAnswer'],
  ['UnsupportedMediaType', 'Unsupported'],
  ['ServiceUnavailable', 'Unavailable'],
  ['InternalError', 'Unavailable'],
  ['ServerTimeout', 'Unavailable'],
  ['StoreReadError', 'Unavailable'],
  ['Timeout', 'Timeout'],
])

const byCode: ReadonlyMap<number, FaultReason> = new Map([
  [400, 'InvalidSpec'],
  [401, 'AccessDenied'],
  [403, 'AccessDenied'],
  [404, 'NotFound'],
  [405, 'Unsupported'],
  [409, 'Conflict'],
  [410, 'Expired'],
  [413, 'TooLarge'],
  [415, 'Unsupported'],
  [422, 'InvalidSpec'],
  [429, 'RateLimited'],
  [504, 'Timeout'],
])

// A missing object may come (or come back) any time; a word without a Status is a proxy's, and
// tells nothing about the object.
function reasonOf(code: number, status: ApiStatus | undefined): FaultReason {
  const named = status === undefined ? undefined : byReason.get(status.reason)
  if (named !== undefined) return named
  if (status === undefined && (code === 404 || code === 400 || code === 422)) return 'InvalidAnswer'
  const coded = byCode.get(code)
  if (coded !== undefined) return coded
  return code >= 500 ? 'Unavailable' : 'InvalidAnswer'
}

function retryOf(
  reason: FaultReason,
  status: ApiStatus | undefined,
  seconds: number | undefined,
): Retry | undefined {
  if (seconds !== undefined && (reason === 'RateLimited' || reason === 'Unavailable')) {
    return { kind: 'after', ms: Math.min(seconds, 3600) * 1000 }
  }
  // A namespace on its way out refuses new content for good; its end is an event of its own.
  if (status?.causes.some((cause) => cause.reason === 'NamespaceTerminating') === true) {
    return { kind: 'onChange' }
  }
  return undefined
}

function hintOf(code: number, status: ApiStatus | undefined): string | undefined {
  if (status?.causes.some((cause) => cause.reason === 'NamespaceTerminating') === true) {
    return 'the namespace is being deleted'
  }
  if (code === 401) return 'check the token or client certificate; it may have expired'
  if (code === 403) return 'check the Roles bound to this identity (kubectl auth can-i)'
  return undefined
}

function plainText(code: number): string {
  return `the server answered with status ${code}`
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}
