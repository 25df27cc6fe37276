import { createRequire } from 'node:module'
import type * as CelModule from '@marcbachmann/cel-js'
import { namesInRules } from '../cel/declare.ts'
import { field, type FieldError } from '../errors.ts'
import { get, isFielded } from '../object.ts'
import { valuesOf, type Schema, type ValidationRule } from './schema.ts'

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
  env.registerFunction('isQuantity(string): bool', (text: string) => quantity.test(text))
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

const quantity = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+|[kMGTPE]i?|Ki|m|u|n)?$/

function urlParts(text: string): Record<string, string> {
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
  return faultsAt(value, before, schema, path)
}

function faultsAt(value: unknown, before: unknown, schema: Schema, path: string): FieldError[] {
  if (!hasRules(schema) || value === undefined || (value === null && schema.nullable === true))
    return []
  const errors: FieldError[] = []
  for (const rule of schema['x-kubernetes-validations'] ?? []) {
    const fault = faultOf(rule, value, before, schema, path)
    if (fault !== undefined) errors.push(fault)
  }
  if (Array.isArray(value)) errors.push(...itemFaults(value, before, schema, path))
  else if (isFielded(value)) {
    const values = valuesOf(schema)
    for (const key of Object.keys(value)) {
      const properties = schema.properties
      const inner =
        properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : values
      if (inner === undefined) continue
      errors.push(
        ...faultsAt(get(value, key), get(before, key), inner, path === '' ? key : `${path}.${key}`),
      )
    }
  }
  return errors
}

// Only items with keys have a past of their own.
function itemFaults(
  value: readonly unknown[],
  before: unknown,
  schema: Schema,
  path: string,
): FieldError[] {
  const { items } = schema
  if (items === undefined) return []
  const keys =
    schema['x-kubernetes-list-type'] === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? []) : []
  const old = Array.isArray(before) && keys.length > 0 ? (before as unknown[]) : []
  return value.flatMap((item, i) => {
    const past = old.find((one) => keys.every((key) => get(one, key) === get(item, key)))
    return faultsAt(item, past, items, `${path}[${i}]`)
  })
}

function faultOf(
  rule: ValidationRule,
  value: unknown,
  before: unknown,
  schema: Schema,
  path: string,
): FieldError | undefined {
  const usesOld = /\boldSelf\b/.test(rule.rule)
  if (usesOld && before === undefined && rule.optionalOldSelf !== true) return undefined
  const { compile, some, none } = celOf()
  const context: Record<string, unknown> = { self: celValue(value, schema) }
  if (usesOld) {
    const old = before === undefined ? undefined : celValue(before, schema)
    context['oldSelf'] =
      rule.optionalOldSelf === true ? (old === undefined ? none : some(old)) : old
  }
  const detail = rule.message ?? `failed rule: ${rule.rule.trim()}`
  try {
    if (compile(rule.rule)(context) === true) return undefined
  } catch (error) {
    return broken(error, value, detail, path)
  }
  return refusal(rule, value, path, messageOf(rule, context) ?? detail)
}

function messageOf(rule: ValidationRule, context: Record<string, unknown>): string | undefined {
  if (rule.messageExpression === undefined) return undefined
  try {
    const text = celOf().compile(rule.messageExpression)(context)
    return typeof text === 'string' && text.trim() !== '' && !text.includes('\n') ? text : undefined
  } catch {
    return undefined
  }
}

function broken(error: unknown, value: unknown, detail: string, path: string): FieldError {
  const first = (error instanceof Error ? error.message : '').split('\n')[0] ?? ''
  const why = first.replace(/^No such key/, 'no such key')
  return field.invalid(
    path === '' ? '<nil>' : path,
    wordOf(value),
    `${why} evaluating rule: ${detail}`,
  )
}

function wordOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function refusal(rule: ValidationRule, value: unknown, path: string, detail: string): FieldError {
  const inner = rule.fieldPath ?? ''
  const full = path === '' ? inner.replace(/^\./, '') : `${path}${inner}`
  const at = full === '' ? '<nil>' : full
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return field.forbidden(at, detail)
    case 'FieldValueRequired':
      return field.required(at, detail)
    case 'FieldValueDuplicate':
      return { type: 'Duplicate', field: at, message: `Duplicate value: ${detail}` }
    default: {
      const isScalar = typeof value !== 'object' || value === null
      if (isScalar && inner === '') return field.invalid(at, value, detail)
      return { type: 'Invalid', field: at, message: `Invalid value: ${detail}` }
    }
  }
}

// CEL tells integers from doubles; JSON does not.
function celValue(value: unknown, schema: Schema | undefined): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => celValue(item, schema?.items))
  if (typeof value === 'number') {
    return schema?.type === 'number' || !Number.isInteger(value) ? value : BigInt(value)
  }
  if (!isFielded(value)) return value
  const values = schema === undefined ? undefined : valuesOf(schema)
  const isMap = values !== undefined && schema?.properties === undefined
  const entries = Object.keys(value).flatMap((key): [string, unknown][] => {
    const properties = schema?.properties
    const inner =
      properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : values
    const shown = celValue(get(value, key), inner)
    const names = isMap ? [] : namesInRules(key).filter((name) => name !== key)
    return [key, ...names].map((name) => [name, shown])
  })
  return Object.fromEntries(entries)
}
