import { field, Fault, isObject, stringOf } from '#base'
import type { KubeObject } from '#api'
import { providerNames } from './provider-names.ts'

/** A SecretStore or ClusterSecretStore as the planner needs it. */
export interface StoreView {
  readonly kind: 'SecretStore' | 'ClusterSecretStore'
  readonly name: string
  /** Of a SecretStore. */
  readonly namespace?: string
  readonly uid: string
  readonly generation: number
  /** The key under `spec.provider`. */
  readonly providerName: string
  /** What stands below that key, as the API server has seen it valid. */
  readonly config: unknown
  readonly retrySettings?: RetrySettings
}

/** ESO's `spec.retrySettings`. */
export interface RetrySettings {
  readonly maxRetries?: number
  /** Go duration, as written. */
  readonly retryInterval?: string
}

/**
 * The view of a store object.
 *
 * @throws Fault InvalidSpec (`spec.provider` names none or several), Unsupported (a provider that
 *   the schema knows and Lockstep has not built yet, or one that nobody knows).
 */
export function storeView(object: KubeObject, built?: ReadonlySet<string>): StoreView {
  const spec = field(object, 'spec')
  const provider = field(spec, 'provider')
  const names = isObject(provider) ? Object.keys(provider) : []
  const [providerName] = names
  if (providerName === undefined || names.length > 1) {
    throw new Fault(
      'InvalidSpec',
      names.length === 0
        ? 'the store names no provider'
        : `the store names ${names.length} providers (${names.join(', ')}); exactly one is allowed`,
      { at: 'spec.provider' },
    )
  }
  assertBuilt(providerName, built)
  const { namespace, uid, generation } = object.metadata
  const retrySettings = retrySettingsOf(field(spec, 'retrySettings'))
  return {
    kind: object.kind === 'ClusterSecretStore' ? 'ClusterSecretStore' : 'SecretStore',
    name: object.metadata.name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: uid ?? '',
    generation: generation ?? 0,
    providerName,
    config: field(provider, providerName),
    ...(retrySettings === undefined ? {} : { retrySettings }),
  }
}

/** @throws Fault Unsupported when `built` is given and does not hold the name. */
export function assertBuilt(name: string, built: ReadonlySet<string> | undefined): void {
  if (built === undefined || built.has(name)) return
  const known = providerNames.has(name)
  throw new Fault(
    'Unsupported',
    known ? `provider "${name}" is not built into Lockstep yet` : `unknown provider "${name}"`,
    {
      at: `spec.provider.${name}`,
      hint: `Use one of: ${[...built].sort().join(', ')}.`,
    },
  )
}

function retrySettingsOf(value: unknown): RetrySettings | undefined {
  if (!isObject(value)) return undefined
  const maxRetries = value['maxRetries']
  const retryInterval = stringOf(value['retryInterval'])
  return {
    ...(typeof maxRetries === 'number' ? { maxRetries } : {}),
    ...(retryInterval === undefined ? {} : { retryInterval }),
  }
}

/**
 * Whether a ClusterSecretStore takes credentials from the namespace of whoever uses it: some
 * selector of its `auth` names an object and no namespace. Such a store cannot be validated alone, and
 * nothing it reads for one namespace may be shared with another.
 *
 * Errs towards true: a false alarm costs a login, the reverse would let one tenant read as another.
 */
export function isReferent(store: StoreView): boolean {
  return store.kind === 'ClusterSecretStore' && namesWithoutNamespace(store.config)
}

function namesWithoutNamespace(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(namesWithoutNamespace)
  if (!isObject(value)) return false
  const isSelector = typeof value['name'] === 'string' && Object.keys(value).every(isSelectorKey)
  if (isSelector && typeof value['namespace'] !== 'string') return true
  return Object.entries(value).some(([key, part]) => key !== 'data' && namesWithoutNamespace(part))
}

function isSelectorKey(key: string): boolean {
  return ['name', 'key', 'namespace', 'audiences', 'type'].includes(key)
}
