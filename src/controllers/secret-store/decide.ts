import type { ClusterSecretStore, SecretStore } from '#api'
import { Fault } from '#base'
import { parseGoDuration } from '#go'

export type Store = SecretStore | ClusterSecretStore

/** ESO's `--store-requeue-interval`. */
const defaultIntervalMs = 300_000
const secondMs = 1_000

/** Whether the store is for operators of this class; a store without one is for all. */
export function isOfClass(store: Store, controllerClass: string): boolean {
  const controller = store.spec?.controller ?? ''
  return controller === '' || controller === controllerClass
}

/**
 * How often a store is validated anew: seconds, or a Go duration.
 *
 * @throws Fault InvalidSpec
 */
export function validationIntervalMs(store: Store): number {
  const asked = store.spec?.refreshInterval
  if (asked === undefined || asked === 0 || asked === '') return defaultIntervalMs
  const ms = typeof asked === 'number' ? asked * secondMs : durationMs(asked)
  if (ms !== undefined && ms >= 0) return ms === 0 ? defaultIntervalMs : Math.max(secondMs, ms)
  throw new Fault('InvalidSpec', `spec.refreshInterval: ${JSON.stringify(asked)} is no duration`, {
    at: 'spec.refreshInterval',
    hint: 'Write whole seconds, or a duration as in 5m.',
  })
}

function durationMs(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) * secondMs : parseGoDuration(text)
}

/** Providers that ESO's core team maintains; using another is worth a warning there. */
const maintained: ReadonlySet<string> = new Set(['aws', 'azurekv', 'gcpsm', 'kubernetes', 'vault'])
const quietAnnotation = 'external-secrets.io/ignore-maintenance-checks'

/** Whether the warning about maintenance is due, as ESO gives it. */
export function isUnmaintained(store: Store, providerName: string): boolean {
  return store.metadata.annotations?.[quietAnnotation] !== 'true' && !maintained.has(providerName)
}
