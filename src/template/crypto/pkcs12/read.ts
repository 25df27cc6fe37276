/**
 * Reads PKCS#12 files as External Secrets' library does: DER only, protected by a password, two
 * parts, one key.
 *
 * Source: RFC 7292.
 */
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'

import { fromBytes } from '#go'

import { FunctionError } from '../../template-fault.ts'
import { parseCertificate, type Certificate } from '../certificate.ts'
import { tags, type DerReader } from '#der'
import { readDer } from '../asn1.ts'
import { keyOfDer } from '../keys.ts'
import { decryptBy } from './encryption.ts'
import { bmpPassword, derive, purposes, type Spend } from './kdf.ts'
import { macHashes, oids } from './oids.ts'

/** What a file holds. */
export interface Pkcs12 {
  readonly key: KeyObject
  /** The first is the key's own; the others its issuers. */
  readonly certificates: readonly Certificate[]
}

/** One thing in a file. */
interface Bag {
  readonly id: string
  readonly value: DerReader
}

/**
 * @param spend Told of the rounds that a file asks for before they are run.
 * @throws FunctionError when the password is wrong or the file is of another kind.
 */
export function readPkcs12(file: Uint8Array, password: string, spend: Spend): Pkcs12 {
  const { bags, password: worked } = openFile(file, bmpPassword(password), spend)
  const certificates: Certificate[] = []
  let key: KeyObject | undefined
  for (const { id, value } of bags) {
    if (id === oids.certBag) certificates.push(certificateOf(value))
    if (id !== oids.shroudedKeyBag) continue
    if (key !== undefined) throw new FunctionError('pkcs12: expected exactly one key bag')
    key = keyOf(value, worked, spend)
  }
  if (certificates.length === 0) throw new FunctionError('pkcs12: certificate missing')
  if (key === undefined) throw new FunctionError('pkcs12: private key missing')
  return { key, certificates }
}

function openFile(
  file: Uint8Array,
  password: Uint8Array,
  spend: Spend,
): { readonly bags: readonly Bag[]; readonly password: Uint8Array } {
  const outer = framed('error reading P12 data', () => readDer(file, tags.sequence))
  if (framed('error reading P12 data', () => outer.integer()) !== 3) {
    throw new FunctionError("pkcs12: can only decode v3 PFX PDU's")
  }
  const content = outer.enter(tags.sequence)
  if (content.oid() !== oids.data) {
    throw new FunctionError('pkcs12: only password-protected PFX is implemented')
  }
  const safe = content.enter(0xa0).next(tags.octets).content
  if (outer.isDone) throw new FunctionError('pkcs12: no MAC in data')
  const worked = checkMac(outer.enter(tags.sequence), safe, password, spend)
  return { bags: bagsOf(safe, worked, spend), password: worked }
}

function framed<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof FunctionError) throw new FunctionError(`pkcs12: ${what}`)
    throw thrown
  }
}

/** The password that fits: some programs take an empty one for no bytes at all. */
function checkMac(
  mac: DerReader,
  data: Uint8Array,
  password: Uint8Array,
  spend: Spend,
): Uint8Array {
  const digestInfo = mac.enter(tags.sequence)
  const hash = macHashes.get(digestInfo.enter(tags.sequence).oid())
  if (hash === undefined) throw new FunctionError('pkcs12: unknown digest algorithm')
  const digest = digestInfo.next(tags.octets).content
  const salt = mac.next(tags.octets).content
  const rounds = mac.isDone ? 1 : mac.integer()
  const none = new Uint8Array(0)
  for (const one of password.length === 2 ? [password, none] : [password]) {
    const key = derive(hash.name, one, { salt, rounds }, purposes.mac, hash.bytes, spend)
    const own = createHmac(hash.name, key).update(data).digest()
    if (own.length === digest.length && timingSafeEqual(own, digest)) return one
  }
  throw new FunctionError('pkcs12: decryption password incorrect')
}

function bagsOf(safe: Uint8Array, password: Uint8Array, spend: Spend): readonly Bag[] {
  const parts = readDer(safe, tags.sequence)
  const bags: Bag[] = []
  let count = 0
  for (; !parts.isDone; count++) {
    const contents = readDer(contentOf(parts.enter(tags.sequence), password, spend), tags.sequence)
    while (!contents.isDone) {
      const bag = contents.enter(tags.sequence)
      bags.push({ id: bag.oid(), value: bag.enter(0xa0) })
    }
  }
  if (count !== 2) {
    throw new FunctionError('pkcs12: expected exactly two items in the authenticated safe')
  }
  return bags
}

function contentOf(info: DerReader, password: Uint8Array, spend: Spend): Uint8Array {
  const id = info.oid()
  const content = info.enter(0xa0)
  if (id === oids.data) return content.next(tags.octets).content
  if (id !== oids.encryptedData) {
    throw new FunctionError('pkcs12: only data and encryptedData content types are supported')
  }
  const encrypted = content.enter(tags.sequence)
  if (encrypted.integer() !== 0) {
    throw new FunctionError('pkcs12: only version 0 of EncryptedData is supported')
  }
  const inner = encrypted.enter(tags.sequence)
  inner.oid()
  const algorithm = inner.enter(tags.sequence)
  return decryptBy(algorithm, inner.next(0x80).content, password, spend)
}

function certificateOf(bag: DerReader): Certificate {
  const certificate = bag.enter(tags.sequence)
  if (certificate.oid() !== oids.x509Certificate) {
    throw new FunctionError('pkcs12: only X509 certificates are supported')
  }
  return parseCertificate(certificate.enter(0xa0).next(tags.octets).content)
}

function keyOf(bag: DerReader, password: Uint8Array, spend: Spend): KeyObject {
  const info = bag.enter(tags.sequence)
  const algorithm = info.enter(tags.sequence)
  const plain = decryptBy(algorithm, info.next(tags.octets).content, password, spend)
  return framed('error parsing PKCS#8 private key', () => keyOfDer(fromBytes(plain)))
}
