import { BigNumber } from '#base'

/** Objects as the server holds them, and safe ways to read and copy them. */

/** Metadata, as far as the server itself acts on it. */
export interface Meta {
  name?: string
  namespace?: string
  generateName?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
  labels?: Record<string, string>
  annotations?: Record<string, string>
  ownerReferences?: OwnerReference[]
  finalizers?: string[]
  managedFields?: ManagedEntry[]
  selfLink?: string
}

export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}

export interface ManagedEntry {
  manager?: string
  operation?: string
  apiVersion?: string
  time?: string
  fieldsType?: string
  fieldsV1?: Fields
  subresource?: string
}

export interface Fields {
  [key: string]: Fields
}

/** A JSON object whose fields are not known. */
export type Fielded = Record<string, unknown>

/** Any object of the API. What the store holds is never changed in place. */
export interface Obj {
  apiVersion: string
  kind: string
  metadata: Meta
  [field: string]: unknown
}

/** Whether `value` is an object with named fields; a number that needs an object of its own is none. */
export function isFielded(value: unknown): value is Fielded {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !(value instanceof BigNumber)
}

/** An own field; never an inherited one. */
export function get(object: unknown, ...path: readonly string[]): unknown {
  let current = object
  for (const key of path) {
    if (!isFielded(current) || !Object.hasOwn(current, key)) return undefined
    current = current[key]
  }
  return current
}

/** Sets an own field, `__proto__` included. */
export function put(object: Fielded, key: string, value: unknown): void {
  if (key !== '__proto__') object[key] = value
  else {
    Object.defineProperty(object, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
}

/** Takes a field away. */
export function drop(object: object, key: string): void {
  Reflect.deleteProperty(object, key)
}

/** Sorts in place, as `sort` does; what is few, or in order already, costs nothing beside it. */
export function sortFew(texts: string[]): string[] {
  if (texts.length > 16) return texts.sort()
  for (let i = 1; i < texts.length; i++) {
    const text = texts[i] as string
    let at = i
    for (; at > 0 && (texts[at - 1] as string) > text; at--) texts[at] = texts[at - 1] as string
    texts[at] = text
  }
  return texts
}

/** A copy that shares nothing that can be changed. */
export function copy<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => copy(item)) as T
  if (!isFielded(value)) return value
  const result: Fielded = {}
  for (const key of Object.keys(value)) put(result, key, copy(value[key]))
  return result as T
}

/** The string at a path, or the empty text. */
export function textAt(object: unknown, ...path: readonly string[]): string {
  const value = get(object, ...path)
  return typeof value === 'string' ? value : ''
}

/** The list at a path, or an empty one. */
export function listAt(object: unknown, ...path: readonly string[]): readonly unknown[] {
  const value = get(object, ...path)
  return Array.isArray(value) ? value : []
}

/** A scalar as text; what is no text as its JSON. */
export function scalarText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined ? '' : JSON.stringify(value)
}
