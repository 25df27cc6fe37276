import { createRequire } from 'node:module'
import type * as CelModule from '@marcbachmann/cel-js'
import { namesInRules } from '../cel/declare.ts'
import { field, type FieldError } from '../errors.ts'
import { BigNumber, equalJson, fromBase64 } from '#base'
import { get, isFielded, put, type Fielded } from '../object.ts'
import { addLibrary } from './cel-library.ts'
import { durationNanos, momentMs } from './formatted.ts'
import { propertyOf, valuesOf, type Schema, type ValidationRule } from './schema.ts'
import { pastItem } from './values.ts'

type Program = (context: Record<string, unknown>) => unknown

interface Cel {
  readonly compile: (expression: string) => Program
  readonly some: (value: unknown) => unknown
  readonly none: unknown
}

let cel: Cel | undefined

// Loaded when the first rule is met: most servers never see one.
function celOf(): Cel {
  if (cel !== undefined) return cel
  const { Environment } = createRequire(import.meta.url)('@marcbachmann/cel-js') as typeof CelModule
  const env = new Environment({
    unlistedVariablesAreDyn: true,
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
  })
  env.registerFunction('isURL(string): bool', (text: string) => URL.canParse(text))
  env.registerFunction('url(string): map', (text: string) => urlParts(text))
  env.registerFunction(
    'map.getScheme(): string',
    (url: Record<string, string>) => url['scheme'] ?? '',
  )
  env.registerFunction('map.getHost(): string', (url: Record<string, string>) => url['host'] ?? '')
  env.registerFunction(
    'map.getHostname(): string',
    (url: Record<string, string>) => url['hostname'] ?? '',
  )
  addLibrary(env, { some: (value) => celOf().some(value), none: () => celOf().none })
  const programs = new Map<string, Program>()
  const compile = (expression: string): Program => {
    let program = programs.get(expression)
    if (program === undefined) {
      program = env.parse(expression) as unknown as Program
      programs.set(expression, program)
    }
    return program
  }
  const some = compile('optional.of(value)')
  cel = {
    compile,
    some: (value) => some({ value }),
    none: compile('optional.none()')({}),
  }
  return cel
}

function urlParts(text: string): Record<string, string> {
  if (!URL.canParse(text)) {
    const why = `parse ${JSON.stringify(text)}: invalid URI for request`
    throw new Error(`URL parse error during conversion from string: ${why}`)
  }
  const url = new URL(text)
  return { scheme: url.protocol.slice(0, -1), host: url.host, hostname: url.hostname }
}

const withRules = new WeakMap<Schema, boolean>()

/** Whether a rule stands anywhere in the schema. */
export function hasRules(schema: Schema): boolean {
  const held = withRules.get(schema)
  if (held !== undefined) return held
  const values = valuesOf(schema)
  const found =
    (schema['x-kubernetes-validations']?.length ?? 0) > 0 ||
    Object.values(schema.properties ?? {}).some(hasRules) ||
    (schema.items !== undefined && hasRules(schema.items)) ||
    (values !== undefined && hasRules(values))
  withRules.set(schema, found)
  return found
}

/**
 * Faults by the rules of a schema, which holds for everything but its rules.
 *
 * @param before The value there was, where the two correspond; undefined when there was none.
 * @param path Where the value stands.
 */
export function ruleFaults(
  value: unknown,
  before: unknown,
  schema: Schema,
  path = '',
): FieldError[] {
  const found: Found = { errors: [], warnings: [] }
  walk({ value, before, schema, path, unchanged: () => false }, found)
  return found.errors
}

/** As `ruleFaults`, for a whole object: what fails for what was so before is only worth a warning. */
export function objectRuleFaults(
  object: Fielded,
  before: Fielded | undefined,
  schema: Schema,
): { readonly errors: readonly FieldError[]; readonly warnings: readonly string[] } {
  const found: Found = { errors: [], warnings: [] }
  const unchanged = sameAs(object, before)
  walk({ value: object, before, schema, path: '', unchanged }, found)
  return found
}

interface Found {
  readonly errors: FieldError[]
  readonly warnings: string[]
}

interface Place {
  readonly value: unknown
  readonly before: unknown
  readonly schema: Schema
  readonly path: string
  /** Whether this, or what it is in where it has no past of its own, is as it was. */
  readonly unchanged: () => boolean
}

function sameAs(value: unknown, before: unknown): () => boolean {
  return () => before !== undefined && equalJson(value, before)
}

function walk(place: Place, found: Found): void {
  const { value, schema } = place
  if (!hasRules(schema) || value === undefined || value === null) return
  for (const rule of schema['x-kubernetes-validations'] ?? []) {
    const fault = faultOf(rule, place)
    if (fault === undefined) continue
    const looksBack = /\boldSelf\b/.test(rule.rule)
    if (!looksBack && fault.kind === 'failed' && place.unchanged()) {
      found.warnings.push(`${fault.error.field}: ${fault.error.message}`)
    } else found.errors.push(fault.error)
  }
  if (Array.isArray(value)) walkItems(place, value, found)
  else if (isFielded(value)) walkFields(place, value, found)
}

function walkFields(
  { value, before, schema, path, unchanged }: Place,
  map: Fielded,
  found: Found,
): void {
  const values = valuesOf(schema)
  for (const key of Object.keys(map)) {
    const own = propertyOf(schema, key)
    const inner = own ?? values
    if (inner === undefined) continue
    const [now, past] = [get(value, key), get(before, key)]
    const at = own === undefined ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`
    const same = past === undefined ? unchanged : sameAs(now, past)
    walk({ value: now, before: past, schema: inner, path: at, unchanged: same }, found)
  }
}

// Only items with keys have a past of their own.
function walkItems(place: Place, list: readonly unknown[], found: Found): void {
  const { before, schema, path, unchanged } = place
  const { items } = schema
  if (items === undefined) return
  for (const [i, item] of list.entries()) {
    const past = pastItem(item, schema, before === undefined ? undefined : { value: before })?.value
    const same = past === undefined ? unchanged : sameAs(item, past)
    walk(
      { value: item, before: past, schema: items, path: `${path}[${i}]`, unchanged: same },
      found,
    )
  }
}

interface Fault {
  /** Whether the rule says no, or could not be asked. */
  readonly kind: 'failed' | 'broken'
  readonly error: FieldError
}

function faultOf(rule: ValidationRule, { value, before, schema, path }: Place): Fault | undefined {
  const usesOld = /\boldSelf\b/.test(rule.rule)
  if (usesOld && before === undefined && rule.optionalOldSelf !== true) return undefined
  const message = rule.message?.trim() ?? ''
  const detail = message === '' ? `failed rule: ${rule.rule.trim()}` : message
  let context: Record<string, unknown>
  try {
    context = contextOf(rule, usesOld, { value, before, schema })
    if (celOf().compile(rule.rule)(context) === true) return undefined
  } catch (error) {
    const said = message === '' ? rule.rule.trim() : message
    return { kind: 'broken', error: broken(error, schema, said, path) }
  }
  const error = refusal(rule, value, schema, path, messageOf(rule, context) ?? detail)
  return { kind: 'failed', error }
}

function contextOf(
  rule: ValidationRule,
  usesOld: boolean,
  { value, before, schema }: Pick<Place, 'value' | 'before' | 'schema'>,
): Record<string, unknown> {
  const context: Record<string, unknown> = { self: celValue(value, schema) }
  if (!usesOld && rule.messageExpression === undefined) return context
  const { some, none } = celOf()
  const old = before === undefined ? undefined : celValue(before, schema)
  context['oldSelf'] = rule.optionalOldSelf === true ? (old === undefined ? none : some(old)) : old
  return context
}

const longestMessage = 5 * 1024

function messageOf(rule: ValidationRule, context: Record<string, unknown>): string | undefined {
  if (rule.messageExpression === undefined) return undefined
  try {
    const text = celOf().compile(rule.messageExpression)(context)
    const trimmed = typeof text === 'string' ? text.trim() : ''
    const isFit = trimmed !== '' && !/[\n\r]/.test(trimmed) && trimmed.length <= longestMessage
    return isFit ? trimmed : undefined
  } catch {
    return undefined
  }
}

function broken(error: unknown, schema: Schema, detail: string, path: string): FieldError {
  const first = (error instanceof Error ? error.message : '').split('\n')[0] ?? ''
  const at = path === '' ? '<nil>' : path
  const type = schema.type ?? ''
  if (/^(?:no such overload|found no matching overload)/.test(first)) {
    const why =
      "'no such overload': call arguments did not match a supported operator, function or macro signature for rule"
    return field.invalid(at, type, `${why}: ${detail}`)
  }
  return field.invalid(at, type, `${goError(first)} evaluating rule: ${detail}`)
}

const conversions: Readonly<Record<string, string>> = {
  'int()': 'int',
  'uint()': 'uint',
  'double()': 'double',
  'bool()': 'bool',
}

// What went wrong, as the real evaluator says it.
function goError(text: string): string {
  const index = /index out of bounds, index (-?\d+)/.exec(text)?.[1]
  if (index !== undefined) return `index out of bounds: ${index}`
  const [call = ''] = text.split(' ')
  const target = Object.hasOwn(conversions, call) ? conversions[call] : undefined
  if (target !== undefined) return `type conversion error from 'string' to '${target}'`
  if (text.startsWith('Invalid duration string')) {
    return "type conversion error from 'string' to 'google.protobuf.Duration'"
  }
  if (/^(?:timestamp\(\)|Invalid timestamp)/.test(text)) {
    return "type conversion error from 'string' to 'google.protobuf.Timestamp'"
  }
  return text.replace(/^No such key/, 'no such key')
}

function refusal(
  rule: ValidationRule,
  value: unknown,
  schema: Schema,
  path: string,
  detail: string,
): FieldError {
  const inner = rule.fieldPath ?? ''
  const full = path === '' ? inner.replace(/^\./, '') : `${path}${inner}`
  const at = full === '' ? '<nil>' : full
  const isShown = schema.type !== 'object' && schema.type !== 'array'
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return field.forbidden(at, detail)
    case 'FieldValueRequired':
      return field.required(at, detail)
    case 'FieldValueDuplicate':
      return isShown
        ? field.duplicate(at, value)
        : { type: 'Duplicate', field: at, message: 'Duplicate value' }
    default:
      return isShown
        ? field.invalid(at, value, detail)
        : { type: 'Invalid', field: at, message: `Invalid value: ${detail}` }
  }
}

// Texts of some formats are times, durations and bytes to a rule.
function formattedValue(value: string, schema: Schema | undefined): unknown {
  switch (schema?.type === 'string' ? schema.format : undefined) {
    case 'date-time':
    case 'datetime':
      return momentOf(value) ?? unreadable(`Invalid date-time formatted string ${value}`)
    case 'date':
      return momentOf(`${value}T00:00:00Z`) ?? unreadable(`Invalid date formatted string ${value}`)
    case 'duration': {
      const nanos = durationNanos(value)
      if (nanos === undefined) {
        return unreadable(`Invalid duration ${value}: unable to parse ${value} as duration`)
      }
      return celOf().compile('duration(value)')({ value: `${nanos}ns` })
    }
    case 'byte':
      return fromBase64(value) ?? value
    default:
      return value
  }
}

// Counted from 1970: read as a text, it would be held to fewer years than Go's are.
function momentOf(text: string): unknown {
  const ms = momentMs(text)
  if (ms === undefined) return undefined
  const moment = "timestamp('1970-01-01T00:00:00Z') + duration(value)"
  return celOf().compile(moment)({ value: `${ms}ms` })
}

function unreadable(why: string): never {
  throw new Error(why)
}

// Beyond int64, Go has read a double.
function celNumber({ digits }: BigNumber, schema: Schema | undefined): bigint | number {
  const isWhole = schema?.type !== 'number' && /^-?\d+$/.test(digits)
  const exact = isWhole ? BigInt(digits) : undefined
  return exact !== undefined && BigInt.asIntN(64, exact) === exact ? exact : Number(digits)
}

// CEL tells integers from doubles; JSON does not.
function celValue(value: unknown, schema: Schema | undefined): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => celValue(item, schema?.items))
  if (typeof value === 'string') return formattedValue(value, schema)
  if (typeof value === 'number') {
    return schema?.type === 'number' || !Number.isInteger(value) ? value : BigInt(value)
  }
  if (value instanceof BigNumber) return celNumber(value, schema)
  if (!isFielded(value)) return value
  const values = schema === undefined ? undefined : valuesOf(schema)
  const isMap = values !== undefined && schema?.properties === undefined
  const result: Fielded = {}
  for (const key of Object.keys(value)) {
    const properties = schema?.properties
    const inner =
      properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : values
    const names = isMap ? [] : namesInRules(key).filter((name) => name !== key)
    putShown(result, [key, ...names], () => celValue(get(value, key), inner))
  }
  return result
}

// What cannot be read is a fault of the rules that read it, and of no other.
function putShown(result: Fielded, names: readonly string[], read: () => unknown): void {
  try {
    const shown = read()
    for (const name of names) put(result, name, shown)
  } catch (error) {
    const fail = (): never => {
      throw error
    }
    for (const name of names) {
      Object.defineProperty(result, name, { get: fail, enumerable: true, configurable: true })
    }
  }
}
