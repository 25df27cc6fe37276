/**
 * As much of the API server's structural schemas as our CRDs use: defaults, pruning, validation.
 * Written apart from `src/embedded`, so that the two can be held against each other.
 */
import { evaluate } from '@marcbachmann/cel-js'
import type { Schema } from '../../scripts/generate/schema.ts'

type Json = Record<string, unknown>

/** `value` with the schema's defaults, as the API server would store it. */
export function withDefaults(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema
    return items === undefined ? value : value.map((item) => withDefaults(items, item))
  }
  if (!isRecord(value)) return value
  const filled: Json = { ...value }
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    if (filled[name] === undefined && child.default !== undefined) {
      filled[name] = structuredClone(child.default)
    }
    if (filled[name] !== undefined) filled[name] = withDefaults(child, filled[name])
  }
  return filled
}

/** What is wrong with `value`, one line each, beginning with the path; none when it is accepted. */
export function problems(schema: Schema, value: unknown, path = ''): string[] {
  if (value === null) return schema.nullable === true ? [] : [`${path}: is null`]
  if (!hasType(schema, value)) return [`${path}: is no ${schema.type ?? 'integer or string'}`]
  return [
    ...valueProblems(schema, value, path),
    ...(Array.isArray(value) ? listProblems(schema, value, path) : []),
    ...(isRecord(value) ? objectProblems(schema, value, path) : []),
    ...ruleProblems(schema, value, path),
  ]
}

function hasType(schema: Schema, value: unknown): boolean {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return typeof value === 'string' || Number.isInteger(value)
  }
  switch (schema.type) {
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isRecord(value)
    case 'integer':
      return Number.isInteger(value)
    case 'number':
    case 'string':
    case 'boolean':
      return typeof value === schema.type
    default:
      return true
  }
}

function valueProblems(schema: Schema, value: unknown, path: string): string[] {
  const found: string[] = []
  if (schema.enum !== undefined && !schema.enum.includes(value)) found.push(`${path}: not in enum`)
  if (typeof value === 'string') {
    const length = Array.from(value).length
    if (length < limit(schema, 'minLength', 0)) found.push(`${path}: too short`)
    if (length > limit(schema, 'maxLength', Infinity)) found.push(`${path}: too long`)
    const pattern = schema['pattern']
    if (typeof pattern === 'string' && !new RegExp(pattern, 'u').test(value)) {
      found.push(`${path}: does not match ${pattern}`)
    }
  }
  if (typeof value === 'number' && value < limit(schema, 'minimum', -Infinity)) {
    found.push(`${path}: too small`)
  }
  return found
}

function listProblems(schema: Schema, value: readonly unknown[], path: string): string[] {
  const { items } = schema
  if (items === undefined) return []
  return value.flatMap((item, index) => problems(items, item, `${path}[${index}]`))
}

function objectProblems(schema: Schema, value: Json, path: string): string[] {
  const found: string[] = []
  const size = Object.keys(value).length
  if (size < limit(schema, 'minProperties', 0)) found.push(`${path}: too few fields`)
  if (size > limit(schema, 'maxProperties', Infinity)) found.push(`${path}: too many fields`)
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name)) found.push(`${at(path, name)}: is required`)
  }
  for (const [name, inner] of Object.entries(value)) {
    const child = schema.properties?.[name] ?? schema.additionalProperties
    if (child !== undefined) found.push(...problems(child, inner, at(path, name)))
    else if (!isOpen(schema, path)) found.push(`${at(path, name)}: unknown field`)
  }
  return found
}

// The API server looks after metadata itself; its schema here is a bare object.
function isOpen(schema: Schema, path: string): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true || path === 'metadata'
}

function ruleProblems(schema: Schema, value: unknown, path: string): string[] {
  const rules = schema['x-kubernetes-validations'] ?? []
  return rules
    .filter(({ rule }) => evaluate(rule, { self: value }) !== true)
    .map(({ message }) => `${path}: ${message}`)
}

function limit(schema: Schema, keyword: string, otherwise: number): number {
  const value = schema[keyword]
  return typeof value === 'number' ? value : otherwise
}

function at(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
