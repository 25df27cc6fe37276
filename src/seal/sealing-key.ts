import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { concatBytes, Fault, utf8 } from '#base'
import { readCertificate, type Certificate } from '#x509'

/** A private key that opens what was sealed to its certificate. */
export interface SealingKey {
  /** `SHA256:…` of the public key, as `ssh-keygen -l` and Sealed Secrets' logs name it. */
  readonly id: string
  /** Never printed, never serialised: a handle. */
  readonly privateKey: KeyObject
  /** Bytes of the modulus, and so of a wrapped key. */
  readonly sizeBytes: number
}

/** A sealing key with the certificate that others seal to. */
export interface CertifiedKey extends SealingKey {
  readonly certificate: Certificate
}

/**
 * A private key from PEM: PKCS#1 or PKCS#8.
 *
 * @throws Fault InvalidSpec when it is no private key, or none of RSA. Never quotes the text.
 */
export function sealingKeyOf(pem: string): SealingKey {
  const privateKey = readPrivateKey(pem)
  if (privateKey.asymmetricKeyType !== 'rsa') {
    throw new Fault('InvalidSpec', 'the private key is no RSA key')
  }
  return {
    id: keyIdOf(privateKey),
    privateKey,
    sizeBytes: (privateKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8,
  }
}

/** A private key with its certificate. @throws Fault InvalidSpec also when the two do not belong together. */
export function certifiedKeyOf(certificatePem: string, keyPem: string): CertifiedKey {
  const certificate = rsaCertificateOf(certificatePem)
  const key = sealingKeyOf(keyPem)
  const publicHalf = createPublicKey(key.privateKey).export({ type: 'spki', format: 'der' })
  if (!Buffer.from(certificate.publicKey).equals(publicHalf)) {
    throw new Fault('InvalidSpec', 'the certificate is not that of the private key')
  }
  return { ...key, certificate }
}

/**
 * The first certificate of a PEM text, if one can seal to it.
 *
 * @throws Fault InvalidSpec, in the words kubeseal has for it.
 */
export function rsaCertificateOf(pem: string): Certificate {
  const certificate = readCertificate(pem)
  if (certificate === undefined) {
    throw new Fault('InvalidSpec', 'data does not contain any valid RSA or ECDSA certificates', {
      hint: 'give the PEM certificate of a sealing key; `lockstep seal --fetch-cert` prints it',
    })
  }
  if (certificate.keyType !== 'rsa') {
    throw new Fault('InvalidSpec', 'expected RSA public key but found another kind of key', {
      hint: 'sealing needs the certificate of an RSA key; `lockstep seal --fetch-cert` prints it',
    })
  }
  return certificate
}

function readPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch {
    throw new Fault('InvalidSpec', 'not a private key in PEM')
  }
}

/** OpenSSH's fingerprint: SHA-256 over the ssh wire form (RFC 4253 §6.6), base64 without padding. */
function keyIdOf(privateKey: KeyObject): string {
  const { n = '', e = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  const wire = concatBytes([
    lengthPrefixed(utf8('ssh-rsa')),
    lengthPrefixed(mpint(Buffer.from(e, 'base64url'))),
    lengthPrefixed(mpint(Buffer.from(n, 'base64url'))),
  ])
  return `SHA256:${createHash('sha256').update(wire).digest('base64').replace(/=+$/, '')}`
}

function mpint(bytes: Uint8Array): Uint8Array {
  return (bytes[0] ?? 0) >= 0x80 ? concatBytes([Uint8Array.of(0), bytes]) : bytes
}

function lengthPrefixed(bytes: Uint8Array): Uint8Array {
  const size = bytes.length
  return concatBytes([Uint8Array.of(size >>> 24, size >>> 16, size >>> 8, size), bytes])
}
