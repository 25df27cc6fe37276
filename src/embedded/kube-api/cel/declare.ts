import { valuesOf, type Schema } from '../schema/schema.ts'
import type { Sized } from './cost.ts'
import { dyn, plain, type Type } from './types.ts'

/** What rules see of a schema: its type, its sizes, and the fewest bytes that a value takes as JSON. */
export interface Declared {
  readonly type: Type
  readonly sized: Sized
  readonly fewestBytes: number
}

/** The largest request, which bounds what no limit of the schema bounds. */
export const requestBytes = 3_145_728

const emptyBytes = 2 // quotes, brackets or braces

/**
 * What rules at `schema` see as `self`; undefined where it says no type.
 *
 * @param isRoot An object of the kind itself, which has the fields that every object has.
 */
export function declared(schema: Schema, isRoot = false): Declared | undefined {
  return declaredIn(schema, isRoot, 'selfType1')
}

// Objects are of one type only where they are one: the name of each says where it stands.
function declaredIn(schema: Schema, isRoot: boolean, typeName: string): Declared | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return { type: dyn, sized: { most: requestBytes - emptyBytes }, fewestBytes: 1 }
  }
  switch (schema.type) {
    case 'string':
      return declaredText(schema)
    case 'boolean':
      return { type: plain('bool'), sized: { most: 0 }, fewestBytes: 4 }
    case 'integer':
      return { type: plain('int'), sized: { most: 0 }, fewestBytes: 1 }
    case 'number':
      return { type: plain('double'), sized: { most: 0 }, fewestBytes: 1 }
    case 'array':
      return declaredList(schema, typeName)
    case 'object':
      return declaredObject(schema, isRoot, typeName)
    default:
      return undefined
  }
}

function declaredText(schema: Schema): Declared {
  const { format, maxLength } = schema
  switch (format) {
    case 'byte':
      return {
        type: plain('bytes'),
        sized: { most: maxLength ?? requestBytes - emptyBytes },
        fewestBytes: emptyBytes,
      }
    case 'duration':
      return { type: plain('duration'), sized: { most: 32 }, fewestBytes: 3 }
    case 'date':
      return { type: plain('timestamp'), sized: { most: 12 }, fewestBytes: 12 }
    case 'date-time':
      return { type: plain('timestamp'), sized: { most: 34 }, fewestBytes: 21 }
    default: {
      const longest = (schema.enum ?? []).map((one) => String(one).length)
      // Each character may take four bytes.
      const limited = maxLength === undefined ? undefined : maxLength * 4
      const most =
        limited ?? (longest.length > 0 ? Math.max(...longest) : requestBytes - emptyBytes)
      return { type: plain('string'), sized: { most }, fewestBytes: emptyBytes }
    }
  }
}

function declaredList(schema: Schema, typeName: string): Declared | undefined {
  const items =
    schema.items === undefined ? undefined : declaredIn(schema.items, false, `${typeName}.@idx`)
  if (items === undefined) return undefined
  const fitting = Math.floor((requestBytes - 2) / (items.fewestBytes + 1))
  return {
    type: { kind: 'list', of: items.type },
    sized: { most: schema.maxItems ?? fitting, items: items.sized },
    fewestBytes: emptyBytes,
  }
}

function declaredObject(schema: Schema, isRoot: boolean, typeName: string): Declared | undefined {
  const values = valuesOf(schema)
  if (values !== undefined) {
    const value = declaredIn(values, false, `${typeName}.@elem`)
    if (value === undefined) return undefined
    const fitting = Math.floor((requestBytes - 2) / (value.fewestBytes + 6))
    return {
      type: { kind: 'map', key: plain('string'), of: value.type },
      sized: { most: schema.maxProperties ?? fitting, items: value.sized },
      fewestBytes: emptyBytes,
    }
  }
  const fields = new Map<string, Type>()
  const sizes = new Map<string, Sized>()
  let fewestBytes = emptyBytes
  for (const [name, inner] of fieldsOf(schema, isRoot)) {
    const field = declaredIn(inner, false, `${typeName}.${name}`)
    if (field === undefined) continue
    if (schema.required?.includes(name) === true && inner.default === undefined) {
      fewestBytes += name.length + field.fewestBytes + 4
    }
    for (const known of namesInRules(name)) {
      fields.set(known, field.type)
      sizes.set(known, field.sized)
    }
  }
  const type: Type = { kind: 'object', name: typeName, fields }
  return { type, sized: { most: 0, fields: sizes }, fewestBytes }
}

const text: Schema = { type: 'string' }

const everyObject: readonly (readonly [string, Schema])[] = [
  ['apiVersion', text],
  ['kind', text],
  ['metadata', { type: 'object', properties: { name: text, generateName: text } }],
]

/** The fields of an object that rules see: those of its schema, and what every object has. */
export function fieldsOf(schema: Schema, isRoot: boolean): readonly (readonly [string, Schema])[] {
  const own = Object.entries(schema.properties ?? {})
  if (!isRoot && schema['x-kubernetes-embedded-resource'] !== true) return own
  return [...own.filter(([name]) => !everyObject.some(([one]) => one === name)), ...everyObject]
}

const reserved: ReadonlySet<string> = new Set(
  'true,false,null,in,as,break,const,continue,else,for,function,if,import,let,loop,package,namespace,return,var,void,while'.split(
    ',',
  ),
)

const signs: Readonly<Record<string, string>> = {
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
  __: '__underscores__',
}

/** How rules write a field's name: what is no identifier is spelled out; empty where it cannot be. */
export function namesInRules(name: string): readonly string[] {
  if (reserved.has(name)) return [name, `__${name}__`]
  if (!/^[A-Za-z_][\w./-]*$/.test(name)) return []
  return [name.replace(/__|[./-]/g, (sign) => signs[sign] ?? sign)]
}
