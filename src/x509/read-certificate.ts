import { createHash, X509Certificate } from 'node:crypto'
import { parseTime, timeText } from '#base'
import { pemBlocks, pemOf } from './pem.ts'

/** What Lockstep wants to know of a certificate. */
export interface Certificate {
  /** One CERTIFICATE block. */
  readonly pem: string
  /** `rsa`, `ec` … as node:crypto names key types. */
  readonly keyType: string
  /** Bits of an RSA modulus; 0 for other keys. */
  readonly bits: number
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** The same as RFC 3339. */
  readonly notAfter: string
  /** Lower-case hexadecimal SHA-256 of the certificate, as `openssl x509 -fingerprint` counts. */
  readonly sha256: string
}

/**
 * The first CERTIFICATE block of a PEM text, or `undefined` when there is none that can be read.
 * Neither signature nor chain nor validity is looked at.
 */
export function readCertificate(pem: string): Certificate | undefined {
  const block = pemBlocks(pem).find(({ label }) => label === 'CERTIFICATE')
  if (block === undefined) return undefined
  try {
    const certificate = new X509Certificate(block.bytes)
    const key = certificate.publicKey
    const notAfterMs = parseTime(certificate.validTo) ?? Number.NaN
    return {
      pem: pemOf('CERTIFICATE', block.bytes),
      keyType: key.asymmetricKeyType ?? 'unknown',
      bits: key.asymmetricKeyDetails?.modulusLength ?? 0,
      publicKey: new Uint8Array(key.export({ type: 'spki', format: 'der' })),
      notBeforeMs: parseTime(certificate.validFrom) ?? Number.NaN,
      notAfterMs,
      notAfter: timeText(notAfterMs),
      sha256: createHash('sha256').update(block.bytes).digest('hex'),
    }
  } catch {
    return undefined
  }
}
