/**
 * Writes PKCS#12 files as External Secrets does: PBES2 with AES-256, a MAC with SHA-256, 2,048
 * rounds each.
 *
 * Source: RFC 7292.
 */
import { createHash, createHmac, type KeyObject } from 'node:crypto'

import type { Certificate } from '../certificate.ts'
import { derNull, element, objectIdentifier, octetString, sequence, smallInteger, tags } from '#der'
import { pkcs8Of } from '../keys.ts'
import { encryptPbes2, writtenRounds } from './encryption.ts'
import { bmpPassword, derive, purposes } from './kdf.ts'
import { oids } from './oids.ts'

type RandomBytes = (count: number) => Uint8Array

/** A file of one key, its certificate and the issuers of that. @throws FunctionError */
export function writePkcs12(
  key: KeyObject,
  certificates: readonly Certificate[],
  password: string,
  randomBytes: RandomBytes,
): Uint8Array {
  const secret = bmpPassword(password)
  const fingerprint = createHash('sha1')
    .update(certificates[0]?.raw ?? '')
    .digest()
  const link = attribute(oids.localKeyId, octetString(fingerprint))
  const bags = certificates.map(({ raw }, i) => certBag(raw, i === 0 ? [link] : []))
  const encrypted = encryptPbes2(pkcs8Of(key), secret, randomBytes)
  const shrouded = sequence(encrypted.algorithm, octetString(encrypted.data))
  const keyBag = bag(oids.shroudedKeyBag, shrouded, [link])
  const parts = [encryptedPart(bags, secret, randomBytes), dataPart(octetString(sequence(keyBag)))]
  return fileOf(sequence(...parts), secret, randomBytes)
}

/** A file of trusted certificates, marked as Java wants them. @throws FunctionError */
export function writeTrustStore(
  certificates: readonly Certificate[],
  password: string,
  randomBytes: RandomBytes,
): Uint8Array {
  const secret = bmpPassword(password)
  const bags = certificates.map(({ raw, subjectText }) =>
    certBag(raw, [
      attribute(oids.friendlyName, element(0x1e, bmpPassword(subjectText).slice(0, -2))),
      attribute(oids.javaTrustStore, objectIdentifier(oids.anyExtendedKeyUsage)),
    ]),
  )
  return fileOf(sequence(encryptedPart(bags, secret, randomBytes)), secret, randomBytes)
}

function attribute(id: string, value: Uint8Array): Uint8Array {
  return sequence(objectIdentifier(id), element(tags.set, value))
}

function bag(id: string, value: Uint8Array, attributes: readonly Uint8Array[]): Uint8Array {
  const set = attributes.length === 0 ? [] : [element(tags.set, ...attributes)]
  return sequence(objectIdentifier(id), element(0xa0, value), ...set)
}

function certBag(raw: Uint8Array, attributes: readonly Uint8Array[]): Uint8Array {
  const certificate = sequence(
    objectIdentifier(oids.x509Certificate),
    element(0xa0, octetString(raw)),
  )
  return bag(oids.certBag, certificate, attributes)
}

function dataPart(content: Uint8Array): Uint8Array {
  return sequence(objectIdentifier(oids.data), element(0xa0, content))
}

function encryptedPart(
  bags: readonly Uint8Array[],
  secret: Uint8Array,
  randomBytes: RandomBytes,
): Uint8Array {
  const { algorithm, data } = encryptPbes2(sequence(...bags), secret, randomBytes)
  const inner = sequence(objectIdentifier(oids.data), algorithm, element(0x80, data))
  return sequence(
    objectIdentifier(oids.encryptedData),
    element(0xa0, sequence(smallInteger(0), inner)),
  )
}

function fileOf(safe: Uint8Array, secret: Uint8Array, randomBytes: RandomBytes): Uint8Array {
  const salt = randomBytes(16)
  const key = derive('sha256', secret, { salt, rounds: writtenRounds }, purposes.mac, 32, () => {})
  const digest = createHmac('sha256', key).update(safe).digest()
  const info = sequence(sequence(objectIdentifier(oids.sha256), derNull), octetString(digest))
  const mac = sequence(info, octetString(salt), smallInteger(writtenRounds))
  return sequence(smallInteger(3), dataPart(octetString(safe)), mac)
}
