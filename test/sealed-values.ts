/** What the Sealed Secrets conformance tests share: finding sealed values in text, opening them. */
import {
  constants,
  createDecipheriv,
  createPrivateKey,
  privateDecrypt,
  type KeyObject,
} from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { parseAllDocuments } from 'yaml'

export const sealedSecretCases: URL = new URL('./conformance/sealed-secret/', import.meta.url)

/** The fixed test keys by name, without `ec`. */
export function testKeys(): ReadonlyMap<string, KeyObject> {
  const folder = new URL('keys/', sealedSecretCases)
  const names = readdirSync(folder).filter((name) => /^[a-z0-9]+\.key$/.test(name))
  return new Map(
    names
      .filter((name) => name !== 'ec.key')
      .map((name) => [name.slice(0, -4), createPrivateKey(readFileSync(new URL(name, folder)))]),
  )
}

/** Opens with node:crypto alone, apart from the code under test. */
export function openSealed(key: KeyObject, label: string, value: string): Buffer | undefined {
  const raw = Buffer.from(value, 'base64')
  const length = raw.readUInt16BE(0)
  try {
    const session = privateDecrypt(
      {
        key,
        padding: constants.RSA_PKCS1_OAEP_PADDING,
        oaepHash: 'sha256',
        oaepLabel: Buffer.from(label),
      },
      raw.subarray(2, 2 + length),
    )
    const gcm = createDecipheriv('aes-256-gcm', session, Buffer.alloc(12))
    gcm.setAuthTag(raw.subarray(-16))
    return Buffer.concat([gcm.update(raw.subarray(2 + length, -16)), gcm.final()])
  } catch {
    return undefined
  }
}

const sizes = new Set([128, 256, 384, 512, 1024])

function looksSealed(text: string): boolean {
  const raw = Buffer.from(text, 'base64')
  return (
    raw.length >= 20 && sizes.has(raw.readUInt16BE(0)) && raw.length >= raw.readUInt16BE(0) + 18
  )
}

/** The text with each sealed value as `SEALED(n)`; the values themselves go into `found`. */
export function maskSealed(text: string, found: string[]): string {
  return text.replace(/[A-Za-z0-9+/]{180,}={0,2}/g, (value) => {
    if (!looksSealed(value)) return value
    found.push(value)
    return `SEALED(${found.length - 1})`
  })
}

/** Bytes as the recordings show them: text, or `base64:…`. */
export function shown(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  // oxlint-disable-next-line no-control-regex -- exactly what the recordings do
  const plain = !/[\u0000-\u0008\u000e-\u001f]/.test(text)
  return Buffer.from(text, 'utf8').equals(bytes) && plain
    ? text
    : `base64:${bytes.toString('base64')}`
}

function jsonStream(text: string): unknown[] {
  const documents: unknown[] = []
  let depth = 0
  let start = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]
    if (quoted) {
      if (letter === '\\') i++
      else if (letter === '"') quoted = false
    } else if (letter === '"') quoted = true
    else if (letter === '{' && depth++ === 0) start = i
    else if (letter === '}' && --depth === 0) documents.push(JSON.parse(text.slice(start, i + 1)))
  }
  return documents
}

function documentsOf(text: string): { flavour: 'json' | 'yaml'; documents: unknown[] } | undefined {
  const trimmed = text.trim()
  try {
    if (trimmed.startsWith('{')) return { flavour: 'json', documents: jsonStream(trimmed) }
    if (!/^(---|apiVersion:|kind:)/.test(trimmed)) return undefined
    const documents = parseAllDocuments(trimmed).map((document) => document.toJS() as unknown)
    return { flavour: 'yaml', documents }
  } catch {
    return undefined
  }
}

/** Whether two outputs are equal, or hold equal documents of the same flavour. */
export function sameOutput(expected: string, actual: string): boolean {
  if (expected === actual) return true
  const one = documentsOf(expected)
  const two = documentsOf(actual)
  return (
    one !== undefined &&
    two !== undefined &&
    one.flavour === two.flavour &&
    isDeepStrictEqual(one.documents, two.documents)
  )
}
