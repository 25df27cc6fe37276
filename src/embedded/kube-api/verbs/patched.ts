/** What a patch of the three types that are not Apply makes of an object. */
import type { Call } from '../core.ts'
import { ApiError, badRequest, internal, shown, type FieldError } from '../errors.ts'
import { decodeJson, type Decoded } from '../http/body.ts'
import { apiVersionOf } from '../kinds/kind.ts'
import { readTyped, TypeMismatch } from '../kinds/strict.ts'
import { get, isFielded, type Fielded, type Obj } from '../object.ts'
import { goText } from '../patch/go-text.ts'
import { jsonPatch, PatchError } from '../patch/json-patch.ts'
import { mergePatch } from '../patch/merge-patch.ts'
import { patchedText, touchedByMerge, touchedByOperations, type Touched } from '../patch/quoted.ts'
import { misrestored } from '../patch/restore.ts'
import {
  ContradictionError,
  DirectiveError,
  strategicPatch,
  StrategicError,
} from '../patch/strategic.ts'
import { custom, fieldValidationOf, jsonType, warningsOf } from './decode.ts'

/** What a patch made. */
export interface Patched {
  readonly object: Obj
  /** What a refusal quotes of it. */
  readonly quoted: () => string
}

/**
 * The object after the patch, read as its kind; what is odd but no fault becomes a warning.
 *
 * @throws ApiError with the words of the real server for each type of patch.
 */
export function patchedObject(call: Call, type: string, bytes: Uint8Array, live: Obj): Patched {
  switch (type) {
    case 'application/json-patch+json':
      return byJsonPatch(call, bytes, live)
    case 'application/merge-patch+json':
      return byMergePatch(call, bytes, live)
    default:
      return byStrategicPatch(call, bytes, live)
  }
}

const refused = (why: string): ApiError => badRequest(`error decoding patch: ${why}`)

const mostOperations = 10_000

function byJsonPatch(call: Call, bytes: Uint8Array, live: Obj): Patched {
  const decoded = decodeJson(bytes, refused)
  const body = decoded.value ?? []
  if (!Array.isArray(body)) {
    throw refused(
      `json: cannot unmarshal ${jsonType(body)} into Go value of type []handlers.jsonPatchOp`,
    )
  }
  if (body.length > mostOperations) {
    throw new ApiError(
      413,
      'RequestEntityTooLarge',
      `Request entity too large: The allowed maximum operations in a JSON patch is ${mostOperations}, got ${body.length}`,
    )
  }
  const misfit = fieldValidationOf(call.query) === 'Ignore' ? undefined : operationMisfit(body)
  if (misfit !== undefined) throw refused(misfit)
  let patched: unknown
  try {
    patched = jsonPatch(live, body)
  } catch (error) {
    if (!(error instanceof PatchError)) throw error
    throw cannotProcess()
  }
  return readPatched(call, patched, operationFaults(decoded, body), () => touchedByOperations(body))
}

function cannotProcess(): ApiError {
  return new ApiError(
    422,
    'Invalid',
    'the server rejected our request due to an error in our request',
    {},
  )
}

// What Go cannot read as operations; it goes on to the next when one is null.
function operationMisfit(body: readonly unknown[]): string | undefined {
  for (const one of body) {
    if (one === null) continue
    if (!isFielded(one)) {
      return `json: cannot unmarshal ${jsonType(one)} into Go value of type handlers.jsonPatchOp`
    }
    for (const name of ['op', 'path', 'from']) {
      const value = get(one, name) ?? ''
      if (typeof value === 'string') continue
      return `json: cannot unmarshal ${jsonType(value)} into Go struct field jsonPatchOp.${name} of type string`
    }
  }
  return undefined
}

const operationFields: ReadonlySet<string> = new Set(['op', 'path', 'from', 'value'])

function operationFaults({ duplicates }: Decoded, body: readonly unknown[]): string[] {
  const unknown = body.flatMap((one, i) =>
    isFielded(one)
      ? Object.keys(one)
          .filter((key) => !operationFields.has(key))
          .map((key) => `unknown field "[${i}].${key}"`)
      : [],
  )
  // What an operation carries is not looked into.
  const own = duplicates.filter((text) => /"\[\d+\]\.\w+"$/.test(text))
  return [...own, ...unknown].map((text) => `json patch ${text}`)
}

function byMergePatch(call: Call, bytes: Uint8Array, live: Obj): Patched {
  const decoded = decodeJson(bytes, refused)
  const body = decoded.value
  if (body === null) throw badRequest('Invalid JSON Patch')
  if (!isFielded(body)) throw refused(notMap(body))
  const touched = (): Touched | undefined => touchedByMerge(live, body)
  return readPatched(call, mergePatch(live, body), decoded.duplicates, touched)
}

function notMap(body: unknown): string {
  return `json: cannot unmarshal ${jsonType(body)} into Go value of type map[string]interface {}`
}

function byStrategicPatch(call: Call, bytes: Uint8Array, live: Obj): Patched {
  const { kind } = call
  const decoded = decodeJson(bytes, badRequest)
  const body = decoded.value ?? {}
  if (!isFielded(body)) throw badRequest(notMap(body))
  const patched = merged(live, body, call)
  const wrong = misrestored(patched, kind.shape())
  if (wrong !== undefined) throw patchInvalid(wrong, goText(body))
  // What the patch says of its kind has no weight: the object is of the kind of its address.
  const typed: Fielded = { ...patched, apiVersion: apiVersionOf(kind), kind: kind.kind }
  const strict: string[] = []
  const quoted = (): string => goText(body)
  const object = readObject(call, typed, strict, quoted)
  report(call, [...decoded.duplicates, ...strict.sort()], quoted)
  return { object, quoted }
}

function merged(live: Obj, body: Fielded, call: Call): Fielded {
  try {
    return strategicPatch(live, body, call.kind.shape()) as Fielded
  } catch (error) {
    if (error instanceof StrategicError) throw internal(error.message)
    if (error instanceof DirectiveError) throw badRequest(error.message)
    if (error instanceof ContradictionError) throw cannotProcess()
    throw error
  }
}

/**
 * The value as an object of the kind.
 *
 * @param faults What was odd about the patch itself.
 * @param touched Where the patch has been; default: everywhere.
 * @throws ApiError 422 that quotes the value.
 */
export function readPatched(
  call: Call,
  value: unknown,
  faults: readonly string[] = [],
  touched?: () => Touched | undefined,
): Patched {
  if (!isFielded(value)) throw cannotProcess()
  const { kind } = call
  const isTyped = kind.custom === undefined && touched !== undefined
  if (isTyped) {
    // Go knows what it reads before it reads it.
    value['apiVersion'] ??= apiVersionOf(kind)
    value['kind'] ??= kind.kind
  }
  const quoted = (): string =>
    isTyped ? patchedText(value, kind.shape(), touched()) : JSON.stringify(sorted(value))
  if (isTyped) checkTypeMeta(value, quoted)
  const strict: string[] = []
  const object = readObject(call, value, strict, quoted)
  report(call, [...faults, ...inKeyOrder(strict)], quoted)
  return { object, quoted }
}

function checkTypeMeta(value: Fielded, quoted: () => string): void {
  for (const name of ['apiVersion', 'kind']) {
    if (typeof value[name] === 'string') continue
    const why = `json: cannot unmarshal ${jsonType(value[name])} into Go struct field .${name} of type string`
    throw patchInvalid(`couldn't get version/kind; json parse error: ${why}`, quoted())
  }
}

// The patched text that Go reads again has its keys in order.
function inKeyOrder(strict: readonly string[]): string[] {
  return strict.toSorted()
}

function readObject(call: Call, value: Fielded, strict: string[], quoted: () => string): Obj {
  const { kind } = call
  try {
    return kind.custom === undefined
      ? (readTyped(value, kind.shape(), strict, kind.kind) as Obj)
      : custom(kind, value, strict)
  } catch (error) {
    if (error instanceof TypeMismatch) throw patchInvalid(error.message, quoted())
    throw error
  }
}

function report(call: Call, strict: readonly string[], quoted: () => string): void {
  if (strict.length === 0) return
  const wanted = fieldValidationOf(call.query)
  if (wanted === 'Strict') {
    throw patchInvalid(`strict decoding error: ${strict.join(', ')}`, quoted())
  }
  if (wanted === 'Warn') call.warnings.push(...warningsOf(strict))
}

/** 422 for a patch whose outcome cannot be read; it quotes what could not. */
export function patchInvalid(why: string, given: unknown): ApiError {
  const value = typeof given === 'string' ? given : JSON.stringify(sorted(given))
  const errors: FieldError[] = [
    {
      type: 'Invalid',
      field: 'patch',
      message: `Invalid value: ${shown(value)}: ${why}`,
    },
  ]
  const [first] = errors
  return new ApiError(422, 'Invalid', ` "" is invalid: patch: ${first?.message ?? ''}`, {
    causes: errors.map((error) => ({
      reason: 'FieldValueInvalid',
      message: error.message,
      field: error.field,
    })),
  })
}

/** With the keys of all maps in order. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => sorted(item))
  if (!isFielded(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  )
}
