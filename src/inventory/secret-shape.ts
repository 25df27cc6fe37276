/**
 * What is wrong with the form of a Secret, told here: the server's own words would quote what stands
 * there, so of a Secret they are not repeated.
 */
import { Fault, fromBase64, isObject } from '#base'
import type { AnyObject } from '#api'

/** @returns A Fault InvalidSpec that names the field, never a value; undefined when the form is right. */
export function whyNoSecret(object: AnyObject): Fault | undefined {
  if (object.apiVersion !== 'v1' || object.kind !== 'Secret') return undefined
  const { type, immutable } = object
  if (!isAbsent(type) && typeof type !== 'string') return wrong('type', 'must be a string')
  if (!isAbsent(immutable) && typeof immutable !== 'boolean') {
    return wrong('immutable', 'must be true or false')
  }
  return entriesOf(object, 'data', true) ?? entriesOf(object, 'stringData', false)
}

function entriesOf(object: AnyObject, name: string, isEncoded: boolean): Fault | undefined {
  const map = object[name]
  if (isAbsent(map)) return undefined
  if (!isObject(map)) return wrong(name, 'must be a map of strings')
  for (const [key, value] of Object.entries(map)) {
    if (isAbsent(value)) continue
    const at = `${name}.${key}`
    if (typeof value !== 'string') return wrong(at, 'must be a string; quote it')
    if (isEncoded && fromBase64(value) === undefined) {
      return wrong(at, 'is not base64', 'encode it, or put it as it is under stringData')
    }
  }
  return undefined
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null
}

function wrong(at: string, what: string, hint?: string): Fault {
  return new Fault('InvalidSpec', `${at} ${what}`, { at, ...(hint === undefined ? {} : { hint }) })
}
