import { BigNumber } from '#base'
/** What the API server answers when it refuses: a Status object, thrown as an ApiError. */
export interface StatusCause {
  reason?: string
  message?: string
  field?: string
}

export interface StatusDetails {
  name?: string
  group?: string
  kind?: string
  uid?: string
  causes?: readonly StatusCause[]
  retryAfterSeconds?: number
}

export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: Readonly<Record<string, never>>
  readonly status: 'Failure' | 'Success'
  readonly message?: string
  readonly reason?: string
  readonly details?: StatusDetails
  readonly code?: number
}

/** A refusal with its HTTP status and Status body. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: number
  readonly reason: string
  readonly details: StatusDetails | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: number,
    reason: string,
    message: string,
    details?: StatusDetails,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message)
    this.code = code
    this.reason = reason
    this.details = details
    this.headers = headers
  }

  status(): Status {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      ...(this.message === '' ? {} : { message: this.message }),
      ...(this.reason === '' ? {} : { reason: this.reason }),
      ...(this.details === undefined ? {} : { details: this.details }),
      code: this.code,
    }
  }
}

/** How errors name what they are about: `deployments.apps` by plural, `Deployment.apps` by kind. */
export interface Named {
  readonly group: string
  readonly plural: string
  readonly kind: string
}

function qualified(word: string, group: string): string {
  return group === '' ? word : `${word}.${group}`
}

function detailsOf(kind: Named, name: string, byKind = false): StatusDetails {
  return {
    ...(name === '' ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: byKind ? kind.kind : kind.plural,
  }
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message)
}

export function notFound(kind: Named, name: string): ApiError {
  const message = `${qualified(kind.plural, kind.group)} "${name}" not found`
  return new ApiError(404, 'NotFound', message, detailsOf(kind, name))
}

/** The answer for a path, version or subresource that is not served. */
export function noSuchResource(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {})
}

export function methodNotAllowed(): ApiError {
  const message = 'the server does not allow this method on the requested resource'
  return new ApiError(405, 'MethodNotAllowed', message, {})
}

export function alreadyExists(kind: Named, name: string, isLeaving = false): ApiError {
  const message = `${isLeaving ? 'object is being deleted: ' : ''}${qualified(kind.plural, kind.group)} "${name}" already exists`
  return new ApiError(409, 'AlreadyExists', message, detailsOf(kind, name))
}

export const modified: string =
  'the object has been modified; please apply your changes to the latest version and try again'

export function conflict(kind: Named, name: string, why: string): ApiError {
  const what = qualified(kind.plural, kind.group)
  const message = `Operation cannot be fulfilled on ${what} "${name}": ${why}`
  return new ApiError(409, 'Conflict', message, detailsOf(kind, name))
}

export function forbidden(kind: Named, name: string, why: string): ApiError {
  const about = name === '' ? '' : ` "${name}"`
  const message = `${qualified(kind.plural, kind.group)}${about} is forbidden: ${why}`
  return new ApiError(403, 'Forbidden', message, detailsOf(kind, name))
}

export function expired(message: string): ApiError {
  return new ApiError(410, 'Expired', message)
}

export function internal(message: string): ApiError {
  return new ApiError(500, '', message)
}

export type FieldErrorType =
  | 'Required'
  | 'Invalid'
  | 'TypeInvalid'
  | 'NotSupported'
  | 'Forbidden'
  | 'TooLong'
  | 'TooMany'
  | 'Duplicate'
  | 'NotFound'
  | 'Internal'

/** One fault of one field. */
export interface FieldError {
  readonly type: FieldErrorType
  /** Path, as in `spec.data[2].key`. */
  readonly field: string
  /** The whole text after the path. */
  readonly message: string
}

/** A value as the messages show it: strings quoted, others as JSON. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'null'
  if (value instanceof BigNumber) return value.digits
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value)
}

// What Go's %q writes where JSON writes something else.
const unlike: Readonly<Record<string, string>> = { '\x07': '\\a', '\v': '\\v' }

/** A text as Go's %q has it. */
export function quoted(text: string): string {
  const json = JSON.stringify(text)
  if (!/[^\x20-\x7e\n\r\t\f\b]/.test(text)) return json
  const letter = (one: string): string => unlike[one] ?? escaped(one)
  return `"${Array.from(text, (one) => (invisible.test(one) ? letter(one) : JSON.stringify(one).slice(1, -1))).join('')}"`
}

const invisible = /[^\P{C}\n\r\t\f\b]|[\p{Zl}\p{Zp}]|(?! )\p{Zs}/u

function escaped(letter: string): string {
  const code = letter.codePointAt(0) ?? 0
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`
  const hex = code.toString(16)
  return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`
}

const after = (head: string, detail: string): string =>
  detail === '' ? head : `${head}: ${detail}`

export const field = {
  required: (path: string, detail = ''): FieldError => ({
    type: 'Required',
    field: path,
    message: after('Required value', detail),
  }),
  invalid: (path: string, value: unknown, detail: string): FieldError => ({
    type: 'Invalid',
    field: path,
    message: after(`Invalid value: ${shown(value)}`, detail),
  }),
  typeInvalid: (path: string, value: unknown, detail: string): FieldError => ({
    type: 'TypeInvalid',
    field: path,
    message: after(`Invalid value: ${shown(value)}`, detail),
  }),
  notSupported: (path: string, value: unknown, supported: readonly string[]): FieldError => ({
    type: 'NotSupported',
    field: path,
    message: `Unsupported value: ${shown(value)}: supported values: ${supported.map((one) => `"${one}"`).join(', ')}`,
  }),
  forbidden: (path: string, detail: string): FieldError => ({
    type: 'Forbidden',
    field: path,
    message: after('Forbidden', detail),
  }),
  tooLong: (path: string, max: number, unit = 'bytes'): FieldError => ({
    type: 'TooLong',
    field: path,
    message: `Too long: may not be more than ${max} ${max === 1 ? unit.replace(/s$/, '') : unit}`,
  }),
  tooMany: (path: string, actual: number, max: number): FieldError => ({
    type: 'TooMany',
    field: path,
    message: `Too many: ${actual}: must have at most ${max} item${max === 1 ? '' : 's'}`,
  }),
  duplicate: (path: string, value: unknown): FieldError => ({
    type: 'Duplicate',
    field: path,
    message: `Duplicate value: ${shown(value)}`,
  }),
  notFound: (path: string, value: unknown): FieldError => ({
    type: 'NotFound',
    field: path,
    message: `Not found: ${shown(value)}`,
  }),
}

/** 422 with one cause for each field. */
export function invalid(
  kind: { readonly group: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
): ApiError {
  const lines = [...new Set(errors.map((error) => fieldText(error)))]
  const list = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`
  const causes = errors.map((error) => ({
    reason: `FieldValue${error.type}`,
    message: error.message,
    field: error.field,
  }))
  return new ApiError(
    422,
    'Invalid',
    `${qualified(kind.kind, kind.group)} "${name}" is invalid: ${list}`,
    {
      ...(name === '' ? {} : { name }),
      ...(kind.group === '' ? {} : { group: kind.group }),
      kind: kind.kind,
      causes,
    },
  )
}

function fieldText(error: FieldError): string {
  return error.field === '' || error.field === '<nil>'
    ? `<nil>: ${error.message}`
    : `${error.field}: ${error.message}`
}
