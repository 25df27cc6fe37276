import { BigNumber, parseJson, textIfUtf8 } from '#base'
import { parseDocument, type DocumentOptions, type ParseOptions, type SchemaOptions } from 'yaml'
import type { ApiError } from '../errors.ts'
import { badRequest } from '../errors.ts'
import type { Exchange } from './exchange.ts'

/** A body as a JSON value, and what strict reading would say of it. */
export interface Decoded {
  readonly value: unknown
  /** `duplicate field "…"`, in order of appearance. */
  readonly duplicates: readonly string[]
  readonly isYaml: boolean
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
  return { value: plainNumbers(value), duplicates: duplicateKeys(text), isYaml: false }
}

// Whole numbers beyond 2^53 are kept by BigNumber; nothing else needs a change.
function plainNumbers(value: unknown): unknown {
  return value instanceof BigNumber ? Number(value.digits) : value
}

/** Why Go's decoder would refuse the text; positions are not repeated. */
export function whyNotJson(text: string): string {
  if (text.trim() === '') return 'unexpected end of JSON input'
  const first = text.trimStart()[0] ?? ''
  if (!'{["-0123456789tfn'.includes(first)) {
    return `invalid character '${first}' looking for beginning of value`
  }
  return 'unexpected end of JSON input'
}

/** Paths of keys that stand twice in one object of a JSON text known to be valid. */
export function duplicateKeys(text: string): string[] {
  // Two keys alike need two quotes alike; most texts end here at the price of one scan.
  const found: string[] = []
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
        if (top.keys.has(key)) found.push(`duplicate field "${here()}"`)
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
  return found
}

// Times stay texts, as they do for Go's untyped reading.
const dialect: DocumentOptions & SchemaOptions & ParseOptions = {
  version: '1.1',
  merge: true,
  customTags: (tags) =>
    tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:timestamp'),
}

/** Parses YAML as Go's sigs.k8s.io/yaml does: YAML 1.1 words, one document. */
export function decodeYaml(bytes: Uint8Array, refuse: (why: string) => ApiError): Decoded {
  const text = textIfUtf8(bytes)
  if (text === undefined) throw refuse('yaml: invalid leading UTF-8 octet')
  const first = text.replace(/^---[ \t]*\n/, '').split(/^---/m)[0] ?? ''
  const document = parseDocument(first, { ...dialect, uniqueKeys: false })
  const error = document.errors[0]
  if (error !== undefined) throw refuse(yamlError(error.code, error.linePos?.[0].line ?? 1))
  const value: unknown = document.toJS({ maxAliasCount: 100 })
  return { value: stringKeys(value), duplicates: duplicateYamlKeys(first), isYaml: true }
}

function yamlError(code: string, line: number): string {
  const why =
    code === 'TAB_AS_INDENT'
      ? 'found character that cannot start any token'
      : 'did not find expected node content'
  return `yaml: line ${line}: ${why}`
}

function stringKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => stringKeys(item))
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, stringKeys(item)]))
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

/** The JSON of a request that must have one. */
export async function bodyOf(exchange: Exchange): Promise<Uint8Array> {
  return await exchange.body()
}

/** 400 with Go's words for a body that is no JSON. */
export function notJson(why: string): ApiError {
  return badRequest(`couldn't get version/kind; json parse error: ${why}`)
}
