/**
 * Canaries: marked values that a test plants where secrets go, and the search for them in everything
 * that was written anywhere else.
 *
 * ```ts
 * const password = canary('db-password')
 * // … run the story with it …
 * expect(scanForCanaries({ log, events, metrics, folder: { folder } })).toEqual([])
 * ```
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { gunzipSync, inflateSync } from 'node:zlib'

/** A canary that was found. */
export interface Leak {
  readonly canary: string
  /** `plain`, `base64`, `base64url`, `hex`, `percent-encoded`, `escaped`, `reversed` … */
  readonly form: string
  /** `log`, `events[3].message`, `folder/tmp/x.yaml` … */
  readonly at: string
}

/** A folder to search, file by file; names and link targets count too. */
export interface Folder {
  readonly folder: string
}

/** What can be searched: text, bytes, any object, or a {@link Folder}. */
export type Output = unknown

/** One way in which a canary may show. */
interface Form {
  readonly name: string
  readonly text: string
  readonly ignoresCase: boolean
}

interface Planted {
  /** What a report calls it. */
  readonly name: string
  readonly forms: readonly Form[]
}

const planted = new Map<string, Planted>()

/**
 * The canary of that name: the same value each time, never one of another name. It holds what
 * encodings treat specially, so that each of its forms differs.
 *
 * From then on {@link scanForCanaries} looks for it.
 */
export function canary(name: string): string {
  return plant(name, `${tokenText(name)}/+"&<é?????`)
}

/** As {@link canary}, of letters, digits and hyphens alone: fit for a header, a path or a token. */
export function tokenCanary(name: string): string {
  return plant(name, tokenText(name))
}

/** Looks for `value`, which did not come from {@link canary}, as well: a private key, a cookie. */
export function watchFor(name: string, value: string): void {
  if (value.length < 8) throw new RangeError('a value this short would be found by chance')
  plant(name, value)
}

/** Every canary found in `outputs`, which are named for the report. None when nothing leaked. */
export function scanForCanaries(outputs: Readonly<Record<string, Output>>): Leak[] {
  const leaks: Leak[] = []
  for (const [name, output] of Object.entries(outputs)) search(output, name, leaks, new Set())
  return leaks
}

/** Leaks as a test's message: which canary, where, in which form; never the value itself. */
export function describeLeaks(leaks: readonly Leak[]): string {
  return leaks.map(({ canary, form, at }) => `${canary} (${form}) in ${at}`).join('\n')
}

function tokenText(name: string): string {
  return `canary-${name}-${createHash('sha256').update(`canary ${name}`).digest('hex').slice(0, 16)}`
}

function plant(name: string, value: string): string {
  if (!planted.has(value)) planted.set(value, { name, forms: formsOf(value) })
  return value
}

function formsOf(value: string): Form[] {
  const bytes = Buffer.from(value)
  const encoded = encodeURIComponent(value)
  const json = JSON.stringify(value).slice(1, -1)
  const asciiJson = json.replace(/[^ -~]/g, (c) => `\\u${hex4(c)}`)
  const forms: [string, string, boolean?][] = [
    ['plain', value],
    ['hex', bytes.toString('hex'), true],
    ['hex with separators', bytes.toString('hex').replace(/(..)(?!$)/g, '$1:'), true],
    ['percent-encoded', encoded, true],
    ['form-encoded', encoded.replaceAll('%20', '+'), true],
    ['JSON', json],
    ['JSON in JSON', JSON.stringify(json).slice(1, -1)],
    ['ASCII JSON', asciiJson, true],
    ['JSON for HTML', json.replace(/[<>&]/g, (c) => `\\u${hex4(c)}`), true],
    ['HTML', value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')],
    ['byte list', [...bytes].join(',')],
    ['Go byte list', [...bytes].join(' ')],
    ['reversed', Array.from(value).reverse().join('')],
    ...base64Forms(bytes),
  ]
  const unique = new Map<string, Form>()
  // The first name for a text wins: a plain value is plain even where JSON would write it the same.
  for (const [name, text, ignoresCase = false] of forms.toReversed()) {
    unique.set(text, { name, text, ignoresCase })
  }
  return [...unique.values()]
}

/**
 * Base64 at each of the three offsets that a value can have inside something longer, without the
 * characters at both ends that its neighbours share; and base64 of base64, as in a Secret's manifest
 * inside a Secret.
 */
function base64Forms(bytes: Buffer): [string, string][] {
  const forms: [string, string][] = []
  for (const [name, encoding] of [
    ['base64', 'base64'],
    ['base64url', 'base64url'],
  ] as const) {
    for (const offset of [0, 1, 2]) {
      forms.push([name, innerBase64(bytes, offset, encoding)])
    }
    const inner = Buffer.from(bytes.toString(encoding))
    for (const offset of [0, 1, 2]) {
      forms.push([`${name} twice`, innerBase64(inner, offset, 'base64')])
    }
  }
  return forms
}

function innerBase64(bytes: Buffer, offset: number, encoding: 'base64' | 'base64url'): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString(encoding)
    .replace(/=+$/, '')
  const from = [0, 2, 3][offset] ?? 0
  const isWhole = (bytes.length + offset) % 3 === 0
  return text.slice(from, isWhole ? text.length : -1)
}

function hex4(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(4, '0')
}

function search(output: Output, at: string, leaks: Leak[], seen: Set<object>): void {
  if (typeof output === 'string') return searchText(output, at, leaks)
  if (typeof output === 'bigint' || typeof output === 'symbol') {
    return searchText(output.toString(), at, leaks)
  }
  if (typeof output !== 'object' || output === null || seen.has(output)) return
  seen.add(output)
  if (output instanceof ArrayBuffer) return searchBytes(Buffer.from(output), at, leaks)
  if (ArrayBuffer.isView(output)) {
    return searchBytes(Buffer.from(output.buffer, output.byteOffset, output.byteLength), at, leaks)
  }
  if (isFolder(output)) return searchFolder(output.folder, at, leaks)
  searchObject(output, at, leaks, seen)
}

function searchObject(output: object, at: string, leaks: Leak[], seen: Set<object>): void {
  if (output instanceof Map || output instanceof Set) {
    for (const [key, value] of output.entries()) {
      search(key, `${at} key`, leaks, seen)
      search(value, `${at}[${labelOf(key)}]`, leaks, seen)
    }
  }
  // Own properties, hidden ones too: an Error keeps its message, stack and cause there.
  for (const key of Reflect.ownKeys(output)) {
    const label = Array.isArray(output) ? `${at}[${String(key)}]` : `${at}.${String(key)}`
    searchText(String(key), `${label} (key)`, leaks)
    search(valueOf(output, key), label, leaks, seen)
  }
}

function valueOf(output: object, key: string | symbol): unknown {
  try {
    return Reflect.get(output, key)
  } catch {
    return undefined // a getter that refuses shows nothing
  }
}

function labelOf(key: unknown): string {
  return typeof key === 'string' || typeof key === 'number' ? String(key) : '…'
}

function isFolder(output: object): output is Folder {
  const keys = Object.keys(output)
  return keys.length === 1 && typeof (output as Partial<Folder>).folder === 'string'
}

function searchFolder(folder: string, at: string, leaks: Leak[]): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`
    const label = `${at}/${entry.name}`
    searchText(entry.name, `${label} (name)`, leaks)
    if (entry.isDirectory()) searchFolder(path, label, leaks)
    else if (entry.isSymbolicLink()) searchText(readlinkSync(path), `${label} (link)`, leaks)
    else if (entry.isFile()) searchBytes(readFileSync(path), label, leaks)
  }
}

function searchBytes(bytes: Buffer, at: string, leaks: Leak[]): void {
  searchText(bytes.toString('utf8'), at, leaks)
  searchText(bytes.toString('utf16le'), `${at} (UTF-16)`, leaks)
  const inflated = inflate(bytes)
  if (inflated !== undefined) searchBytes(inflated, `${at} (unpacked)`, leaks)
}

// Git's objects are zlib streams, archives and traced bodies gzip.
function inflate(bytes: Buffer): Buffer | undefined {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
  const isZlib = bytes.length > 2 && (bytes[0]! & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0
  if (!isGzip && !isZlib) return undefined
  try {
    return isGzip ? gunzipSync(bytes) : inflateSync(bytes)
  } catch {
    return undefined
  }
}

function searchText(text: string, at: string, leaks: Leak[]): void {
  if (text.length < 8) return
  const unbroken = withoutBreaks(text)
  let lower: string | undefined
  for (const { name, forms } of planted.values()) {
    for (const form of forms) {
      const inText = form.ignoresCase ? (lower ??= unbroken.toLowerCase()) : unbroken
      const wanted = form.ignoresCase ? form.text.toLowerCase() : form.text
      if (!inText.includes(wanted) && !text.includes(form.text)) continue
      leaks.push({ canary: name, form: form.name, at })
      break // one report for a place and canary is enough
    }
  }
}

/** Text without line breaks and the indentation after them: base64 and PEM come wrapped. */
function withoutBreaks(text: string): string {
  return text.includes('\n') ? text.replace(/\r?\n[ \t]*/g, '') : text
}
