/**
 * Makes X.509 v3 certificates, which Node can only read: those of sealing keys, exactly of the
 * form Sealed Secrets gives them, and the few that embedded TLS needs.
 *
 * Source: RFC 5280; for sealing keys, what a Sealed Secrets controller 0.40 was seen to make.
 */
import { createHash } from 'node:crypto'
import { concatBytes, Fault, utf8, type Compute, type Entropy } from '#base'
import {
  bitString,
  booleanTrue,
  derNull,
  element,
  nameString,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  unsignedInteger,
} from '#der'
import type { KeyPair } from './key-task.ts'
import { pemOf } from './pem.ts'
import { signTask } from './sign-task.ts'

/** What a certificate is for; decides its extensions. */
export type CertificateUse =
  /** A sealing key's: critical key usage encipherOnly, critical CA:TRUE, subject key id. */
  'sealing' | 'ca' | 'server' | 'client'

/** A certificate to make. */
export interface CertificateRequest {
  readonly use: CertificateUse
  /** The subject's public key, SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array
  /** Empty or absent: a name without any part. */
  readonly commonName?: string
  /** Organizations of the subject; Kubernetes reads them as groups. */
  readonly organizations?: readonly string[]
  /** Subject alternative names: DNS names, IPv4 and IPv6 addresses. */
  readonly names?: readonly string[]
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

/** Who signs. Absent: the subject itself. */
export interface Issuer {
  /** The issuer's certificate request: its names and key id are copied from here. */
  readonly request: CertificateRequest
  /** PEM. */
  readonly privateKey: string
}

const oid = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  alternativeNames: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuthentication: '1.3.6.1.5.5.7.3.1',
  clientAuthentication: '1.3.6.1.5.5.7.3.2',
  sha256WithRsa: '1.2.840.113549.1.1.11',
  sha256WithEcdsa: '1.2.840.10045.4.3.2',
} as const

/**
 * Makes and signs a certificate. The serial number is 128 random bits from `entropy`; signing runs
 * through `compute`.
 *
 * @returns PEM, one CERTIFICATE block.
 * @throws Fault InvalidSpec for a name that is no DNS name or address.
 */
export async function makeCertificate(
  env: { readonly compute: Compute; readonly entropy: Entropy },
  request: CertificateRequest,
  issuer: Issuer,
  signal?: AbortSignal,
): Promise<string> {
  const algorithm = signatureAlgorithm(issuer.privateKey)
  const toBeSigned = sequence(
    element(0xa0, unsignedInteger(Uint8Array.of(2))), // version 3
    unsignedInteger(serialNumber(env.entropy)),
    algorithm,
    nameOf(issuer.request),
    sequence(time(request.notBeforeMs), time(request.notAfterMs)),
    nameOf(request),
    request.publicKey,
    element(0xa3, sequence(...extensionsOf(request, issuer.request))),
  )
  const signature = await env.compute.run(
    signTask,
    { privateKey: issuer.privateKey, bytes: toBeSigned },
    signal === undefined ? {} : { signal },
  )
  return pemOf('CERTIFICATE', sequence(toBeSigned, algorithm, bitString(signature)))
}

/** Makes a certificate that its own key signs. */
export function makeSelfSigned(
  env: { readonly compute: Compute; readonly entropy: Entropy },
  request: Omit<CertificateRequest, 'publicKey'>,
  key: KeyPair,
  signal?: AbortSignal,
): Promise<string> {
  const whole: CertificateRequest = { ...request, publicKey: key.publicKey }
  return makeCertificate(env, whole, { request: whole, privateKey: key.privateKey }, signal)
}

function serialNumber(entropy: Entropy): Uint8Array {
  const bytes = entropy.bytes(16)
  bytes[15] = (bytes[15] as number) | 1 // never zero, which RFC 5280 forbids
  return bytes
}

function signatureAlgorithm(privateKey: string): Uint8Array {
  return privateKey.includes('BEGIN EC ')
    ? sequence(objectIdentifier(oid.sha256WithEcdsa))
    : sequence(objectIdentifier(oid.sha256WithRsa), derNull)
}

function nameOf(request: CertificateRequest): Uint8Array {
  const part = (type: string, text: string): Uint8Array =>
    set(sequence(objectIdentifier(type), nameString(text)))
  const parts = (request.organizations ?? []).map((name) => part(oid.organization, name))
  if ((request.commonName ?? '') !== '') {
    parts.push(part(oid.commonName, request.commonName as string))
  }
  return sequence(...parts)
}

function extensionsOf(request: CertificateRequest, issuer: CertificateRequest): Uint8Array[] {
  const extensions = [critical(oid.keyUsage, keyUsage[request.use])]
  const extended = extendedUsage[request.use]
  if (extended !== undefined) {
    extensions.push(extension(oid.extendedKeyUsage, sequence(objectIdentifier(extended))))
  }
  if (request.use === 'sealing' || request.use === 'ca') {
    extensions.push(critical(oid.basicConstraints, sequence(booleanTrue)))
    extensions.push(extension(oid.subjectKeyId, octetString(keyId(request.publicKey))))
  } else {
    extensions.push(critical(oid.basicConstraints, sequence()))
    extensions.push(extension(oid.authorityKeyId, sequence(element(0x80, keyId(issuer.publicKey)))))
  }
  if ((request.names ?? []).length > 0) {
    const names = (request.names ?? []).map(alternativeName)
    extensions.push(extension(oid.alternativeNames, sequence(...names)))
  }
  return extensions
}

// Bits of KeyUsage (RFC 5280 §4.2.1.3), as the whole BIT STRING.
const keyUsage: Readonly<Record<CertificateUse, Uint8Array>> = {
  sealing: bitString(Uint8Array.of(0x01), 0), // encipherOnly
  ca: bitString(Uint8Array.of(0x86), 1), // digitalSignature, keyCertSign, cRLSign
  server: bitString(Uint8Array.of(0xa0), 5), // digitalSignature, keyEncipherment
  client: bitString(Uint8Array.of(0x80), 7), // digitalSignature
}

const extendedUsage: Readonly<Record<CertificateUse, string | undefined>> = {
  sealing: undefined,
  ca: undefined,
  server: oid.serverAuthentication,
  client: oid.clientAuthentication,
}

function extension(id: string, value: Uint8Array): Uint8Array {
  return sequence(objectIdentifier(id), octetString(value))
}

function critical(id: string, value: Uint8Array): Uint8Array {
  return sequence(objectIdentifier(id), booleanTrue, octetString(value))
}

/** The left 160 bits of SHA-256 over the key's bit string (RFC 7093 §2, method 1), as Go has it. */
function keyId(publicKey: Uint8Array): Uint8Array {
  const bits = subjectPublicKeyBits(publicKey)
  return new Uint8Array(createHash('sha256').update(bits).digest()).subarray(0, 20)
}

function subjectPublicKeyBits(spki: Uint8Array): Uint8Array {
  const outer = contentOf(spki)
  const algorithm = sizeOf(outer)
  return contentOf(outer.subarray(algorithm)).subarray(1) // behind the count of unused bits
}

function header(der: Uint8Array): { readonly at: number; readonly size: number } {
  const first = der[1] ?? 0
  if (first < 0x80) return { at: 2, size: first }
  let size = 0
  for (let i = 0; i < (first & 0x7f); i++) size = size * 256 + (der[2 + i] ?? 0)
  return { at: 2 + (first & 0x7f), size }
}

function contentOf(der: Uint8Array): Uint8Array {
  const { at, size } = header(der)
  return der.subarray(at, at + size)
}

function sizeOf(der: Uint8Array): number {
  const { at, size } = header(der)
  return at + size
}

function alternativeName(name: string): Uint8Array {
  const address = addressBytes(name)
  if (address !== undefined) return element(0x87, address)
  if (!/^(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9_-]+)*$/.test(name)) {
    throw new Fault('InvalidSpec', `${JSON.stringify(name)} is neither a DNS name nor an address`)
  }
  return element(0x82, utf8(name))
}

function addressBytes(name: string): Uint8Array | undefined {
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(name)
  if (four !== null) return Uint8Array.from(four.slice(1).map(Number))
  if (!/^[0-9A-Fa-f:]+$/.test(name) || !name.includes(':')) return undefined
  const [left = '', right] = name.split('::')
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const head = groups(left)
  const tail = right === undefined ? [] : groups(right)
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => 0)
  return concatBytes(
    [...head, ...zeros, ...tail].map((group) => Uint8Array.of(group >> 8, group & 255)),
  )
}
