/** What functions need to know of an X.509 certificate. */
import { fromBytes, type ByteString } from '#go'

import { FunctionError } from '../template-fault.ts'
import { addressText } from './address.ts'
import { tags, type DerElement } from '#der'
import { derReader } from './asn1.ts'
import { dnText } from './names.ts'
import { blocksOf } from './pem.ts'

/** A certificate; names and keys as their DER bytes. */
export interface Certificate {
  readonly raw: Uint8Array
  readonly subject: Uint8Array
  /** Subject in the form of RFC 2253, as Go prints it. */
  readonly subjectText: string
  readonly publicKeyInfo: Uint8Array
  readonly subjectKeyId: ByteString | undefined
  readonly authorityKeyId: ByteString | undefined
  /** Names, addresses, mail addresses, URIs: in this order. */
  readonly alternativeNames: readonly ByteString[]
}

/** @throws FunctionError in Go's words. */
export function parseCertificate(raw: Uint8Array): Certificate {
  const outer = within('certificate', () => derReader(raw).enter(tags.sequence))
  const tbs = within('tbs certificate', () => outer.next(tags.sequence))
  const algorithm = within('algorithm identifier', () => outer.next(tags.sequence))
  within('signature', () => outer.next(tags.bits))
  return readTbs(raw, tbs, algorithm)
}

function within<T>(part: string, read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof FunctionError) throw new FunctionError(`x509: malformed ${part}`)
    throw thrown
  }
}

function readTbs(raw: Uint8Array, tbs: DerElement, algorithm: DerElement): Certificate {
  const reader = derReader(tbs.content)
  within('version', () => reader.optional(0xa0))
  within('serial number', () => reader.next(tags.integer))
  const inner = within('signature algorithm identifier', () => reader.next(tags.sequence))
  if (!same(inner.whole, algorithm.whole)) {
    throw new FunctionError("x509: inner and outer signature algorithm identifiers don't match")
  }
  within('issuer', () => reader.next(tags.sequence))
  within('validity', () => reader.next(tags.sequence))
  const subject = within('subject', () => reader.next(tags.sequence))
  const publicKeyInfo = within('spki', () => reader.next(tags.sequence))
  reader.optional(0x81)
  reader.optional(0x82)
  const extensions = within('extensions', () => readExtensions(reader.optional(0xa3)))
  return {
    raw,
    subject: subject.whole,
    subjectText: within('subject', () => dnText(subject.content)),
    publicKeyInfo: publicKeyInfo.whole,
    ...within('extension', () => namesAndIds(extensions)),
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return fromBytes(a) === fromBytes(b)
}

function readExtensions(part: DerElement | undefined): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>()
  if (part === undefined) return found
  const all = derReader(part.content).enter(tags.sequence)
  while (!all.isDone) {
    const one = all.enter(tags.sequence)
    const id = one.oid()
    one.optional(tags.boolean)
    found.set(id, one.next(tags.octets).content)
  }
  return found
}

function namesAndIds(
  extensions: ReadonlyMap<string, Uint8Array>,
): Pick<Certificate, 'subjectKeyId' | 'authorityKeyId' | 'alternativeNames'> {
  const subject = extensions.get('2.5.29.14')
  const authority = extensions.get('2.5.29.35')
  const alternatives = extensions.get('2.5.29.17')
  return {
    subjectKeyId: subject && fromBytes(derReader(subject).next(tags.octets).content),
    authorityKeyId: authority && authorityId(authority),
    alternativeNames: alternatives === undefined ? [] : alternativeNames(alternatives),
  }
}

function authorityId(bytes: Uint8Array): ByteString | undefined {
  const id = derReader(bytes).enter(tags.sequence).optional(0x80)
  return id && fromBytes(id.content)
}

function alternativeNames(bytes: Uint8Array): ByteString[] {
  const all = derReader(bytes).enter(tags.sequence).rest()
  const of = (tag: number): ByteString[] =>
    all.filter((name) => name.tag === tag).map((name) => fromBytes(name.content))
  const addresses = all.filter((name) => name.tag === 0x87).map((name) => address(name.content))
  return [...of(0x82), ...addresses, ...of(0x81), ...of(0x86)]
}

function address(bytes: Uint8Array): ByteString {
  const text = addressText(bytes)
  if (text === undefined) throw new FunctionError('x509: cannot parse IP address')
  return text
}

/** The certificates of a PEM text; every block must be one. @throws FunctionError in Go's words. */
export function certificatesOf(text: ByteString): Certificate[] {
  return blocksOf(text).blocks.map(({ bytes }) => parseCertificate(Buffer.from(bytes, 'latin1')))
}
