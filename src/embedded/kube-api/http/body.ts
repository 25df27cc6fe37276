import { BigNumber, parseJson, textIfUtf8 } from '#base'
import { parseDocument, type DocumentOptions, type ParseOptions, type SchemaOptions } from 'yaml'
import type { ApiError } from '../errors.ts'
import { isFielded } from '../object.ts'
import { whyNotJson } from './json-syntax.ts'
import { yamlFault } from './yaml-fault.ts'
import type { Exchange } from './exchange.ts'
import { extentOf, mayRepeatKeys } from './key-count.ts'

/** A body as a JSON value, and what strict reading would say of it. */
export interface Decoded {
  readonly value: unknown
  /** `duplicate field "…"`, in order of appearance. */
  readonly duplicates: readonly string[]
  readonly isYaml: boolean
  /** The JSON that was read; absent for other forms. */
  readonly text?: string
}

/** The media type without parameters. */
export function contentType(exchange: Exchange): string {
  return (exchange.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

/** Parses JSON, noting keys that stand twice. @throws ApiError 400 through `refuse`. */
export function decodeJson(bytes: Uint8Array, refuse: (why: string) => ApiError): Decoded {
  const text = textIfUtf8(bytes)
  if (text === undefined) throw refuse('invalid UTF-8')
  let value: unknown
  try {
    value = parseJson(text)
  } catch {
    throw refuse(whyNotJson(text))
  }
  const extent = extentOf(value)
  if (extent.depth > mostDepth) throw refuse(tooDeep)
  const duplicates = mayRepeatKeys(text, extent) ? duplicateKeys(text) : []
  if (loneHalf.test(text)) value = wellFormed(value)
  return { value: plainNumbers(value), duplicates, isYaml: false, text }
}

// Go stops at 10,000. Here it is less, since functions that call themselves for what is inside have a stack
// that ends.
const mostDepth = 1_000
const tooDeep = 'exceeded max depth'

const loneHalf = /\\u[dD][89a-fA-F]/

// Halves of letters that Go's strings cannot hold.
function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map((item: unknown) => wellFormed(item))
  if (!isFielded(value) || value instanceof BigNumber) return value
  const pairs = Object.entries(value).map(([key, item]) => [key.toWellFormed(), wellFormed(item)])
  return Object.fromEntries(pairs)
}

// Whole numbers beyond 2^53 are kept by BigNumber; nothing else needs a change.
function plainNumbers(value: unknown): unknown {
  return value instanceof BigNumber ? Number(value.digits) : value
}

/** Paths of keys that stand twice in one object of a JSON text known to be valid. */
export function duplicateKeys(text: string): string[] {
  const found: string[] = []
  eachKey(text, (path, isAgain) => {
    if (isAgain) found.push(`duplicate field "${path}"`)
  })
  return found
}

/** What was found wrong with fields, in the order in which the text has them. */
export function inOrderOf(text: string | undefined, faults: readonly string[]): string[] {
  if (text === undefined || faults.length < 2) return [...faults]
  const places = new Map<string, number>()
  let place = 0
  eachKey(text, (path, isAgain) => {
    const fault = `${isAgain ? 'duplicate' : 'unknown'} field "${path}"`
    if (!places.has(fault)) places.set(fault, place)
    place++
  })
  const placeOf = (fault: string): number => places.get(fault) ?? place
  return faults.toSorted((a, b) => placeOf(a) - placeOf(b))
}

/** Calls `see` for every key of every object, in order, and says whether that object had it before. */
function eachKey(text: string, see: (path: string, isAgain: boolean) => void): void {
  const stack: { keys: Set<string> | undefined; path: string; index: number }[] = []
  let i = 0
  let key: string | undefined
  const here = (): string => {
    const top = stack[stack.length - 1]
    if (top === undefined) return ''
    if (top.keys === undefined) return `${top.path}[${top.index}]`
    return top.path === '' ? (key ?? '') : `${top.path}.${key ?? ''}`
  }
  while (i < text.length) {
    const letter = text[i]
    if (letter === '"') {
      const start = i
      for (i++; text[i] !== '"'; i++) if (text[i] === '\\') i++
      i++
      const top = stack[stack.length - 1]
      if (top?.keys !== undefined && key === undefined) {
        key = JSON.parse(text.slice(start, i)) as string
        see(here(), top.keys.has(key))
        top.keys.add(key)
      }
      continue
    }
    if (letter === '{') {
      stack.push({ keys: new Set(), path: here(), index: 0 })
      key = undefined
    } else if (letter === '[') {
      stack.push({ keys: undefined, path: here(), index: 0 })
      key = undefined
    } else if (letter === '}' || letter === ']') {
      stack.pop()
      key = undefined
    } else if (letter === ',') {
      const top = stack[stack.length - 1]
      if (top !== undefined) {
        if (top.keys === undefined) top.index++
        key = undefined
      }
    }
    i++
  }
}

// Times stay texts, as they do for Go's untyped reading.
const dialect: DocumentOptions & SchemaOptions & ParseOptions = {
  version: '1.1',
  merge: true,
  intAsBigInt: true,
  customTags: (tags) =>
    tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:timestamp'),
}

/** Parses YAML as Go's sigs.k8s.io/yaml does: YAML 1.1 words, one document. */
export function decodeYaml(bytes: Uint8Array, refuse: (why: string) => ApiError): Decoded {
  const text = textIfUtf8(bytes)
  if (text === undefined) throw refuse('yaml: invalid leading UTF-8 octet')
  const first = text.replace(/^---[ \t]*\n/, '').split(/^---/m)[0] ?? ''
  const document = parseDocument(first, { ...dialect, uniqueKeys: false })
  const [error] = document.errors
  if (error !== undefined) throw refuse(yamlFault(document.errors, first))
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 100 })
  } catch (thrown) {
    if (thrown instanceof RangeError) throw refuse(`yaml: ${tooDeep}`)
    const name = /alias.*: (\S+)/.exec(thrown instanceof Error ? thrown.message : '')?.[1]
    throw refuse(`yaml: unknown anchor '${name ?? ''}' referenced`)
  }
  if (extentOf(value).depth > mostDepth) throw refuse(`yaml: ${tooDeep}`)
  return { value: stringKeys(value), duplicates: duplicateYamlKeys(first), isYaml: true }
}

function stringKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => stringKeys(item))
  if (typeof value === 'bigint') return wholeNumber(value)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, stringKeys(item)]))
}

// As reading JSON has it: what a number of the language would round keeps its digits.
function wholeNumber(value: bigint): number | BigNumber {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : new BigNumber(String(value))
}

function duplicateYamlKeys(text: string): string[] {
  const strict = parseDocument(text, { ...dialect, uniqueKeys: true })
  const lines = strict.errors
    .filter((error) => error.code === 'DUPLICATE_KEY')
    .map((error) => {
      const key = /^\s*(?:- )*"?([^":]*)/.exec(text.slice(error.pos[0]))?.[1]?.trim() ?? ''
      return `  line ${error.linePos?.[0].line ?? 1}: key "${key}" already set in map`
    })
  return lines.length === 0 ? [] : [`yaml: unmarshal errors:\n${lines.join('\n')}`]
}
