import type { KeyPair } from '#x509'

/** How the controller is set up. Defaults are those of the original. */
export interface SealedSecretOptions {
  /** Namespace of the sealing keys: the controller's own. */
  readonly keyNamespace: string
  /** `generateName` of new keys; a Secret of exactly this name is a key even without the label. Default `sealed-secrets-key`. */
  readonly keyPrefix?: string
  /** RSA bits of new keys. Default 4096. */
  readonly keySize?: number
  /** How long a new certificate is valid, in milliseconds. Default ten years. */
  readonly keyTtlMs?: number
  /** A new key so long after the newest one, in milliseconds; 0: never. Default 30 days. */
  readonly keyRenewPeriodMs?: number
  /** Keys that are older make a new one at the start. Milliseconds since 1970. */
  readonly keyCutoffMs?: number
  /** What makes a key the newest. Default `CertNotBefore`. */
  readonly keyOrder?: 'CertNotBefore' | 'SecretCreationTimestamp'
  /** Common name of new certificates. Default empty. */
  readonly commonName?: string
  /** Whether conditions are written. Default true. */
  readonly updateStatus?: boolean
  /** Only SealedSecrets of these namespaces. Absent: of all. */
  readonly namespaces?: readonly string[]
  /** Whether the old form, one blob in `spec.data`, is opened. Default true. */
  readonly acceptDeprecatedV1Data?: boolean
  /** Requests a second, and at once beyond the first, to verify and rotate; each default 2. */
  readonly rateLimit?: number
  readonly rateLimitBurst?: number
  /** Whether `/v1/verify` and `/v1/rotate` are served. Default true. */
  readonly serveVerifyAndRotate?: boolean
  /** Makes RSA keys; a simulation hands in ready ones. Default: in a worker thread. */
  readonly generateKey?: (bits: number, signal: AbortSignal) => Promise<KeyPair>
}

/** The options with every default filled in. */
export type Settings = Required<
  Omit<SealedSecretOptions, 'generateKey' | 'namespaces' | 'keyCutoffMs'>
> &
  Pick<SealedSecretOptions, 'generateKey' | 'namespaces' | 'keyCutoffMs'>

const dayMs = 86_400_000

/** Fills the defaults in. */
export function settingsOf(options: SealedSecretOptions): Settings {
  return {
    keyPrefix: 'sealed-secrets-key',
    keySize: 4096,
    keyTtlMs: 3_650 * dayMs,
    keyRenewPeriodMs: 30 * dayMs,
    keyOrder: 'CertNotBefore',
    commonName: '',
    updateStatus: true,
    acceptDeprecatedV1Data: true,
    rateLimit: 2,
    rateLimitBurst: 2,
    serveVerifyAndRotate: true,
    ...options,
  }
}
