import { Fault } from './fault.ts'

/** What JSON can hold. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

/** A JSON object that has been seen to be one. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Whether `value` is an object with named fields: no array, no null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `object[key]` of its own, never inherited; `undefined` for anything that is no object. */
export function field(object: unknown, key: string): unknown {
  return isObject(object) && Object.hasOwn(object, key) ? object[key] : undefined
}

/** The value at a path of own fields and array indexes, or `undefined`. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value
  for (const step of path) {
    if (typeof step === 'number') {
      current = Array.isArray(current) ? (current as readonly unknown[])[step] : undefined
    } else current = field(current, step)
  }
  return current
}

/** `value` when it is a string, else `undefined`. */
export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A string map, without what is no string; own keys only. */
export function stringMapOf(value: unknown): Readonly<Record<string, string>> {
  const map: Record<string, string> = Object.create(null) as Record<string, string>
  if (isObject(value)) {
    for (const [key, entry] of Object.entries(value))
      if (typeof entry === 'string') map[key] = entry
  }
  return map
}

/**
 * A whole number beyond 2^53 that came in JSON and must go out as it came. Serialises as its
 * own digits through `stringifyJson`.
 */
export class BigNumber {
  readonly digits: string

  constructor(digits: string) {
    this.digits = digits
  }

  toString(): string {
    return this.digits
  }

  toJSON(): unknown {
    return rawJSON(this.digits)
  }
}

// Part of the language since ES2026; TypeScript's library does not know of it yet.
const { rawJSON } = JSON as typeof JSON & { readonly rawJSON: (text: string) => unknown }

// Plain JSON.parse loses digits beyond 2^53 and would set a prototype-shaped key as data that later
// merges trip over; only texts that could hold either pay for the reviver.
const needsCare = /\d{16}|__proto__/

/**
 * Parses JSON without losing what matters: whole numbers beyond 2^53 become {@link BigNumber};
 * `__proto__` stays an ordinary own key.
 *
 * @throws Fault InvalidAnswer, which never quotes the text (V8's own message would).
 */
export function parseJson(text: string): unknown {
  try {
    if (!needsCare.test(text)) return JSON.parse(text) as unknown
    return JSON.parse(text, careful) as unknown
  } catch {
    throw new Fault('InvalidAnswer', `not valid JSON (${text.length} characters)`)
  }
}

function careful(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source
  return source !== undefined && /^-?\d+$/.test(source) ? new BigNumber(source) : value
}

/** JSON text of `value`, with {@link BigNumber} as its digits. */
export function stringifyJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent)
}

/** Deep equality of JSON values; key order does not count. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && equalLists(a, b)
  if (Array.isArray(b)) return false
  if (a instanceof BigNumber && b instanceof BigNumber) return a.digits === b.digits
  return equalFields(a as JsonObject, b as JsonObject)
}

function equalLists(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!equalJson(a[i], b[i])) return false
  return true
}

function equalFields(a: JsonObject, b: JsonObject): boolean {
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  for (const key of keys) if (!Object.hasOwn(b, key) || !equalJson(a[key], b[key])) return false
  return true
}
