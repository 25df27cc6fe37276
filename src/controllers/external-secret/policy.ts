import type { ExternalSecret, ExternalSecretTarget } from '#api'
import { Fault } from '#base'
import { parseGoDuration } from '#go'

export type CreationPolicy = NonNullable<ExternalSecretTarget['creationPolicy']>
export type DeletionPolicy = NonNullable<ExternalSecretTarget['deletionPolicy']>
export type RefreshPolicy = 'Periodic' | 'CreatedOnce' | 'OnChange'

/** What an ExternalSecret asks for, with the defaults filled in. */
export interface Policy {
  readonly creation: CreationPolicy
  readonly deletion: DeletionPolicy
  readonly refresh: RefreshPolicy
  /** Milliseconds; 0: once. */
  readonly intervalMs: number
  readonly immutable: boolean
}

/** ESO's default, which its CRD writes into the object. */
const defaultIntervalMs = 3_600_000

/** Reads the policies of a spec. @throws Fault InvalidSpec for a refreshInterval that is no duration. */
export function policyOf(es: ExternalSecret): Policy {
  const { spec } = es
  const target = spec?.target
  return {
    creation: target?.creationPolicy ?? 'Owner',
    deletion: target?.deletionPolicy ?? 'Retain',
    refresh: spec?.refreshPolicy ?? 'Periodic',
    intervalMs: intervalOf(spec?.refreshInterval),
    immutable: target?.immutable === true,
  }
}

function intervalOf(text: string | undefined): number {
  if (text === undefined) return defaultIntervalMs
  const ms = parseGoDuration(text)
  if (ms !== undefined) return Math.max(0, ms)
  throw new Fault('InvalidSpec', `spec.refreshInterval: ${JSON.stringify(text)} is no duration`, {
    at: 'spec.refreshInterval',
    hint: 'Write it as in 30s, 15m or 1h.',
  })
}

/** Policies under which a missing Secret is made. */
export function creates(policy: CreationPolicy): boolean {
  return policy === 'Owner' || policy === 'Orphan' || policy === 'CreateOrMerge'
}

/** Policies under which keys of others in the same Secret are kept. */
export function merges(policy: CreationPolicy): boolean {
  return policy === 'Merge' || policy === 'CreateOrMerge'
}
