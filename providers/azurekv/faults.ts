import { Fault, type FaultReason } from '#base'

/** The vault itself said that there is no such secret, or no such version of it. */
export class SecretAbsent extends Error {
  override readonly name = 'SecretAbsent'
}

/** What the vault answered in place of a secret. */
export interface KeyVaultRefusal {
  readonly status: number
  /** `error.code`, `error.innererror.code`; only ever compared, never shown unless known. */
  readonly code: string | undefined
  readonly inner: string | undefined
}

interface Meaning {
  readonly message: string
  readonly hint?: string
}

const policy = 'Give the application the role "Key Vault Secrets User", or the right "get".'
const firewall = 'Let the cluster through the firewall of the vault, or use a private endpoint.'

/**
 * Why a vault forbids.
 *
 * Source: https://learn.microsoft.com/azure/key-vault/general/common-error-codes
 */
const forbidden: ReadonlyMap<string, Meaning> = new Map([
  ['ForbiddenByRbac', { message: 'no role allows to read this secret', hint: policy }],
  ['ForbiddenByPolicy', { message: 'no access policy allows to read this secret', hint: policy }],
  ['AccessDenied', { message: 'the vault denies access to this secret', hint: policy }],
  ['ForbiddenByFirewall', { message: "the vault's firewall keeps us out", hint: firewall }],
  ['ForbiddenByConnection', { message: "the vault's network rules keep us out", hint: firewall }],
  ['SecretDisabled', { message: 'the secret is disabled', hint: 'Enable it, or remove the ref.' }],
  ['SecretNotYetValid', { message: 'the secret is not valid yet' }],
  ['SecretExpired', { message: 'the secret has expired' }],
])

/** The Fault for an answer that is neither a secret nor its absence. */
export function refusalFault(refusal: KeyVaultRefusal, retryMs: number | undefined): Fault {
  const { status, code, inner } = refusal
  const retry = retryMs === undefined ? {} : { retry: { kind: 'after', ms: retryMs } as const }
  const fault = (reason: FaultReason, message: string, hint?: string): Fault =>
    new Fault(reason, message, { status, ...retry, ...(hint === undefined ? {} : { hint }) })
  if (status === 429) return fault('RateLimited', 'the vault asks to wait (429)')
  if (status >= 500) return fault('Unavailable', `the vault failed (${status})`)
  if (status === 401) {
    const hint = 'Is tenantId the tenant of the vault?'
    return fault('AccessDenied', 'the vault does not accept the login (401)', hint)
  }
  if (status === 403) {
    const known = forbidden.get(inner ?? '') ?? forbidden.get(code ?? '')
    return fault('AccessDenied', `${known?.message ?? 'the vault forbids it'} (403)`, known?.hint)
  }
  if (status === 404) return fault('NotFound', 'the address knows nothing of this path (404)')
  if (status === 400)
    return fault('InvalidRef', 'the vault does not take the name or version (400)')
  return fault('InvalidAnswer', `the vault answered ${status}`)
}

/**
 * Whatever the SDK threw, as a Fault. Its own errors quote what was answered, so they are not kept as
 * a cause.
 *
 * @param answered Whether the vault had answered, so that its answer is to blame.
 */
export function keyVaultFault(thrown: unknown, answered: boolean): Fault {
  if (thrown instanceof Fault) return thrown
  const name = thrown instanceof Error ? thrown.name : ''
  if (name === 'AbortError') return new Fault('Cancelled', 'cancelled')
  const message = thrown instanceof Error ? thrown.message : ''
  if (message.startsWith('The challenge ')) {
    return new Fault('Forbidden', 'the vault asks for a login that is not meant for it', {
      at: 'spec.provider.azurekv.vaultUrl',
      retry: { kind: 'backoff' },
    })
  }
  if (answered || name === 'RestError') {
    return new Fault('InvalidAnswer', 'the vault answered something that is no secret')
  }
  const kind = thrown instanceof Error ? thrown.constructor.name : typeof thrown
  return new Fault('InternalError', `the Azure SDK failed (${kind}); this is a bug`)
}
