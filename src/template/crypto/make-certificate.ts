/** New X.509 certificates, as Go's x509.CreateCertificate makes them of sprig's template. */
import { createHash, createPublicKey, sign, type KeyObject } from 'node:crypto'

import { timeText, utf8 } from '#base'

import { FunctionError } from '../template-fault.ts'
import {
  element,
  nameString,
  objectIdentifier,
  octetString,
  sequence,
  smallInteger,
  tags,
  unsignedInteger,
} from '#der'
import { readDer } from './asn1.ts'
import { signatureOf } from './keys.ts'

/** Who signs: subject and key of the signing certificate. */
export interface Signer {
  readonly subject: Uint8Array
  readonly subjectKeyId: Uint8Array | undefined
  readonly key: KeyObject
}

/** What a new certificate says. */
export interface CertificateRequest {
  readonly commonName: string
  /** 4 or 16 bytes each. */
  readonly addresses: readonly Uint8Array[]
  readonly names: readonly string[]
  readonly isAuthority: boolean
  /** Milliseconds since 1970. */
  readonly notBefore: number
  readonly notAfter: number
  /** Any bytes; a number without sign. */
  readonly serial: Uint8Array
  readonly key: KeyObject
}

const serverAndClient = sequence(
  objectIdentifier('1.3.6.1.5.5.7.3.1'),
  objectIdentifier('1.3.6.1.5.5.7.3.2'),
)

/** The certificate's DER; without a signer it signs itself. @throws FunctionError */
export function makeCertificate(wanted: CertificateRequest, signer?: Signer): Uint8Array {
  const subject = nameOf(wanted.commonName)
  const signingKey = signer?.key ?? wanted.key
  const { algorithm, hash } = signatureOf(signingKey)
  const spki = new Uint8Array(createPublicKey(wanted.key).export({ format: 'der', type: 'spki' }))
  const tbs = sequence(
    element(0xa0, smallInteger(2)),
    unsignedInteger(wanted.serial),
    algorithm,
    signer?.subject ?? subject,
    sequence(time(wanted.notBefore), time(wanted.notAfter)),
    subject,
    spki,
    element(0xa3, sequence(...extensionsOf(wanted, spki, subject, signer))),
  )
  return sequence(tbs, algorithm, bits(sign(hash, tbs, signingKey)))
}

/** A name of a common name alone, as a Subject's DER. */
function nameOf(commonName: string): Uint8Array {
  if (commonName === '') return sequence()
  return sequence(element(tags.set, sequence(objectIdentifier('2.5.4.3'), nameString(commonName))))
}

function bits(bytes: Uint8Array, unused: number = 0): Uint8Array {
  return element(tags.bits, Uint8Array.of(unused), bytes)
}

function time(epochMs: number): Uint8Array {
  const digits = timeText(epochMs).replace(/[-:T]/g, '').slice(0, 14)
  const year = Number(digits.slice(0, 4))
  if (year >= 1950 && year < 2050) return element(0x17, utf8(`${digits.slice(2)}Z`))
  return element(0x18, utf8(`${digits}Z`))
}

function extensionsOf(
  wanted: CertificateRequest,
  spki: Uint8Array,
  subject: Uint8Array,
  signer: Signer | undefined,
): Uint8Array[] {
  const { isAuthority } = wanted
  const isForeign = signer !== undefined && !Buffer.from(signer.subject).equals(subject)
  const issuerId = isForeign ? signer.subjectKeyId : undefined
  const names = alternativeNames(wanted)
  return [
    // Digital signature, key encipherment, and for an authority certificate signing.
    extension(
      '2.5.29.15',
      isAuthority ? bits(Uint8Array.of(0xa4), 2) : bits(Uint8Array.of(0xa0), 5),
      true,
    ),
    extension('2.5.29.37', serverAndClient),
    extension('2.5.29.19', isAuthority ? sequence(Uint8Array.of(1, 1, 0xff)) : sequence(), true),
    ...(isAuthority ? [extension('2.5.29.14', octetString(keyId(spki)))] : []),
    ...(issuerId === undefined ? [] : [extension('2.5.29.35', sequence(element(0x80, issuerId)))]),
    ...(names.length === 0
      ? []
      : [extension('2.5.29.17', sequence(...names), subject.length === 2)]),
  ]
}

function extension(id: string, value: Uint8Array, isCritical: boolean = false): Uint8Array {
  const critical = isCritical ? [Uint8Array.of(tags.boolean, 1, 0xff)] : []
  return sequence(objectIdentifier(id), ...critical, octetString(value))
}

/** RFC 7093's first method over the key's bits: the leading 160 bits of SHA-256. */
function keyId(spki: Uint8Array): Uint8Array {
  const info = readDer(spki, tags.sequence)
  info.next(tags.sequence)
  const key = info.next(tags.bits).content.subarray(1)
  return createHash('sha256').update(key).digest().subarray(0, 20)
}

function alternativeNames({ names, addresses }: CertificateRequest): Uint8Array[] {
  return [
    ...names.map((name) => {
      // eslint-disable-next-line no-control-regex
      if (!/^[\x00-\x7f]*$/.test(name)) {
        throw new FunctionError('error creating certificate: x509: a name is not ASCII')
      }
      return element(0x82, utf8(name))
    }),
    ...addresses.map((address) => element(0x87, address)),
  ]
}
