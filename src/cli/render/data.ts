/**
 * The data that a template is tried over: `--data key=value`, `--data key=@file`, `--data key=-`, and
 * `--data-file` with a map in YAML or JSON, a Secret's manifest, or lines as in `.env`. Later ones win.
 */
import { isMap, isScalar, parseDocument } from 'yaml'
import {
  Fault,
  field,
  fromBase64,
  isObject,
  limits,
  parseJson,
  stringifyJson,
  textIfUtf8,
  utf8,
} from '#base'
import { ordered } from '../seal/print.ts'
import { dotenvEntries } from './dotenv.ts'

/** Reads a file, or standard input for `-`. @throws Fault NotFound */
export type ReadInput = (path: string) => Promise<Uint8Array>

type Data = ReadonlyMap<string, Uint8Array>

/** One `--data`. @throws Fault InvalidSpec; never with the value. */
export async function entryOf(
  given: string,
  read: ReadInput,
): Promise<readonly [string, Uint8Array]> {
  const equals = given.indexOf('=')
  if (equals <= 0) {
    // The text may be a value whose key was forgotten: it is not repeated.
    throw new Fault('InvalidSpec', 'a --data has no key', {
      hint: 'write --data key=value, --data key=@file or --data key=- (standard input)',
    })
  }
  const key = given.slice(0, equals)
  const value = given.slice(equals + 1)
  if (value === '-') return [key, await read('-')]
  if (value.startsWith('@@')) return [key, utf8(value.slice(1))]
  if (value.startsWith('@')) return [key, await read(value.slice(1))]
  return [key, utf8(value)]
}

/** One `--data-file`. @throws Fault InvalidSpec; never with a value. */
export async function entriesOf(path: string, read: ReadInput): Promise<Data> {
  const bytes = await read(path)
  const text = textIfUtf8(bytes)
  if (text === undefined) {
    throw unfit(path, 'it is no UTF-8 text', 'give a binary value with --data key=@file')
  }
  if (/(^|\/)\.env[^/]*$|\.env$/.test(path)) return dotenvEntries(text, path)
  const value = parsed(text)
  if (isObject(value)) return isSecret(value) ? secretData(value, path) : plainData(value)
  if (value === null) return new Map()
  if (value === undefined || typeof value === 'string') return dotenvEntries(text, path)
  throw unfit(path, 'it is no map of keys and values')
}

function unfit(path: string, why: string, hint?: string): Fault {
  const from = path === '-' ? 'standard input' : path
  return new Fault('InvalidSpec', `cannot take data from ${from}: ${why}`, {
    hint: hint ?? 'give a map in YAML or JSON, a Secret, or lines of KEY=value',
  })
}

/** @returns undefined for what is neither YAML nor JSON: a parser's own words might quote a value. */
function parsed(text: string): unknown {
  try {
    return text.trimStart().startsWith('{') ? parseJson(text) : parsedYaml(text)
  } catch {
    return undefined
  }
}

/** A plain value is taken as it is written: `pin: 0123` and `answer: yes` are texts to a template. */
function parsedYaml(text: string): unknown {
  const document = parseDocument(text, { version: '1.1', merge: true, logLevel: 'silent' })
  if (document.errors.length > 0) return undefined
  const value = document.toJS({ maxAliasCount: limits.yamlAliases }) as unknown
  if (!isMap(document.contents) || !isObject(value)) return value ?? null
  const written = document.contents.items.flatMap(({ key, value: node }) =>
    isScalar(key) && isScalar(node) && node.value !== null && node.source !== undefined
      ? [[key.source, node.source] as const]
      : [],
  )
  return ordered([...Object.entries(value), ...written])
}

/** As a backend's JSON becomes a Secret's values: text as it is, the rest as compact JSON. */
function plainData(map: object): Data {
  return new Map(Object.entries(map).map(([key, value]) => [key, utf8(plainText(value))]))
}

function plainText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === null || value === undefined ? '' : stringifyJson(value)
}

function isSecret(map: object): boolean {
  return field(map, 'kind') === 'Secret' && field(map, 'apiVersion') === 'v1'
}

function secretData(map: object, path: string): Data {
  const entries = new Map<string, Uint8Array>()
  const data = field(map, 'data')
  for (const [key, value] of isObject(data) ? Object.entries(data) : []) {
    const bytes = typeof value === 'string' ? fromBase64(value) : undefined
    if (bytes === undefined) throw unfit(path, `data.${key} of the Secret is no base64`)
    entries.set(key, bytes)
  }
  const plain = field(map, 'stringData')
  for (const [key, value] of isObject(plain) ? plainData(plain) : []) entries.set(key, value)
  return entries
}
