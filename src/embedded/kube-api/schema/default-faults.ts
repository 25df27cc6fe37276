/** What is wrong with the defaults of a schema that is structural. */
import { equalJson } from '#base'
import { field, type FieldError } from '../errors.ts'
import { copy, get, isFielded, textAt } from '../object.ts'
import { ruleFaults } from './cel.ts'
import { prune } from './prune.ts'
import type { Schema } from './schema.ts'
import { valueFaults } from './values.ts'

/** Faults of all defaults. Defaults of map values are not looked at. @param at Path of the schema. */
export function defaultFaults(schema: Schema, at: string, isRoot = true): FieldError[] {
  const isEmbedded = isRoot || schema['x-kubernetes-embedded-resource'] === true
  const own = schema.default === undefined ? [] : faultsOf(schema, `${at}.default`, isEmbedded)
  const { items } = schema
  const inner = isFielded(items) ? defaultFaults(items, `${at}.items`, false) : []
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, one]) =>
    defaultFaults(one, `${at}.properties[${name}]`, false),
  )
  return [...own, ...inner, ...fields]
}

function faultsOf(schema: Schema, at: string, isEmbedded: boolean): FieldError[] {
  const value = schema.default
  const errors: FieldError[] = []
  const whole: Schema = isEmbedded ? { ...schema, 'x-kubernetes-embedded-resource': true } : schema
  const pruned = prune(copy(value), whole, [])
  if (!equalJson(pruned, value))
    errors.push(field.invalid(at, value, 'must not have unknown fields'))
  const missing = isEmbedded && isFielded(value) ? identityFaults(value, at) : []
  if (missing.length > 0) return [...errors, ...missing]
  const wrong = valueFaults(value, withoutEither(schema), '')
  if (wrong.length > 0) {
    const inside = (name: string): string =>
      name === '' || name === '<nil>' ? at : `${at}.${name}`
    return [...errors, ...wrong.map((fault) => ({ ...fault, field: inside(fault.field) }))]
  }
  return [...errors, ...ruleFaults(value, undefined, schema, at)]
}

function identityFaults(value: object, at: string): FieldError[] {
  return (['apiVersion', 'kind'] as const)
    .filter((key) => textAt(value, key) === '')
    .map((key) =>
      get(value, key) === undefined
        ? field.required(`${at}.${key}`)
        : field.invalid(`${at}.${key}`, get(value, key), 'must not be empty'),
    )
}

// Defaults are held to the schema as it is served, which says nothing of either type.
function withoutEither(schema: Schema): Schema {
  const { 'x-kubernetes-int-or-string': _, properties, items, ...rest } = schema
  return {
    ...rest,
    ...(isFielded(items) ? { items: withoutEither(items) } : {}),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, inner]) => [name, withoutEither(inner)]),
          ),
        }),
  }
}
