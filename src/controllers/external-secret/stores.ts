/** Which store an entry reads from, and whether it may. */
import type {
  ClusterSecretStore,
  ExternalSecret,
  LabelSelector,
  Namespace,
  SecretStore,
  SecretStoreRef,
  StoreCondition,
} from '#api'
import { Fault, field, isObject, parseTime } from '#base'
import { readyOf } from './ready.ts'

export type Store = SecretStore | ClusterSecretStore

/** A store by kind and name, from the namespace of the ExternalSecret. */
export interface StoreKey {
  readonly kind: 'SecretStore' | 'ClusterSecretStore'
  /** Of a SecretStore. */
  readonly namespace?: string
  readonly name: string
}

/** The store an entry names, else the object's own; undefined: neither does. */
export function storeKeyOf(
  es: ExternalSecret,
  entryRef: SecretStoreRef | undefined,
): StoreKey | undefined {
  const ref = entryRef ?? es.spec?.secretStoreRef
  if (ref?.name === undefined || ref.name === '') return undefined
  if (ref.kind === 'ClusterSecretStore') return { kind: 'ClusterSecretStore', name: ref.name }
  const { namespace } = es.metadata
  return {
    kind: 'SecretStore',
    ...(namespace === undefined ? {} : { namespace }),
    name: ref.name,
  }
}

/** Text form of a store key, for indexes and maps. */
export function storeText(key: StoreKey): string {
  return `${key.kind}/${key.namespace ?? ''}/${key.name}`
}

/** Every store that an ExternalSecret refers to, once. */
export function storesOf(es: ExternalSecret): readonly StoreKey[] {
  const keys = new Map<string, StoreKey>()
  const add = (ref?: SecretStoreRef): void => {
    const key = storeKeyOf(es, ref)
    if (key !== undefined) keys.set(storeText(key), key)
  }
  if (es.spec?.secretStoreRef !== undefined) add()
  for (const entry of es.spec?.data ?? []) add(entry.sourceRef?.storeRef)
  for (const entry of es.spec?.dataFrom ?? []) add(entry.sourceRef?.storeRef)
  return [...keys.values()]
}

/**
 * Names of what a store refers to, as `namespace/name`; `*` for the namespace where each consumer has
 * its own. Whatever has a name counts, whether it is a Secret or not: too many do no harm.
 */
export function referencesOf(store: Store): readonly string[] {
  const found = new Set<string>()
  const walk = (value: unknown, depth: number): void => {
    if (depth > deepestReference) return
    if (Array.isArray(value)) for (const item of value) walk(item, depth + 1)
    if (!isObject(value)) return
    const [name, namespace] = [field(value, 'name'), field(value, 'namespace')]
    const own = store.kind === 'ClusterSecretStore' ? namespace : store.metadata.namespace
    if (typeof name === 'string') found.add(`${typeof own === 'string' ? own : '*'}/${name}`)
    for (const item of Object.values(value)) walk(item, depth + 1)
  }
  walk(store.spec?.provider, 0)
  return [...found]
}

const deepestReference = 8

/** Whether the store is for operators of this class; a store without one is for all. */
export function isOfClass(store: Store, controllerClass: string): boolean {
  const { controller } = store.spec ?? {}
  return controller === undefined || controller === '' || controller === controllerClass
}

/** How long a store may be without any condition before somebody is told. */
const firstValidationMs = 10_000
const lookAgainMs = 1_000

/**
 * @throws Fault StoreNotReady, in the peer's words, unless the store's own condition is Ready. A store
 *   that was made just now and has no condition yet is waited for: retry `after`.
 */
export function assertReady(store: Store, nowMs: number): void {
  const ready = readyOf(store)
  if (ready?.status === 'True') return
  const bornMs = parseTime(store.metadata.creationTimestamp) ?? 0
  const isNewborn = ready === undefined && nowMs - bornMs < firstValidationMs
  throw new Fault('StoreNotReady', `${store.kind} "${store.metadata.name}" is not ready`, {
    hint: `See the conditions of ${store.kind} ${store.metadata.name}.`,
    ...(isNewborn ? { retry: { kind: 'after', ms: lookAgainMs } } : {}),
  })
}

/** What the conditions of a ClusterSecretStore are held against. */
export interface Consumer {
  readonly namespace: string
  /** Read only when a condition asks for labels. @throws Fault */
  readonly object: () => Promise<Namespace | null>
  /** Whether RE2 `source` matches anywhere in `text`. @throws Fault InvalidSpec */
  readonly matches: (source: string, text: string) => boolean
}

/** @throws Fault Forbidden, in the peer's words, unless one of the store's conditions admits the namespace. */
export async function assertAdmitted(store: Store, consumer: Consumer): Promise<void> {
  const conditions = store.spec?.conditions ?? []
  if (store.kind !== 'ClusterSecretStore' || conditions.length === 0) return
  for (const condition of conditions) if (await admits(condition, consumer)) return
  const { namespace } = consumer
  throw new Fault(
    'Forbidden',
    `using cluster store "${store.metadata.name}" is not allowed from namespace "${namespace}": denied by spec.condition`,
    {
      hint: 'Ask the owner of the store to admit this namespace in spec.conditions.',
      // The namespace's labels may change, and nobody tells us.
      retry: { kind: 'backoff' },
    },
  )
}

async function admits(condition: StoreCondition, consumer: Consumer): Promise<boolean> {
  if (condition.namespaces?.includes(consumer.namespace) === true) return true
  // Not anchored, as the peer has it: `prod` admits nonprod-x.
  for (const source of condition.namespaceRegexes ?? []) {
    if (source !== '' && consumer.matches(source, consumer.namespace)) return true
  }
  if (condition.namespaceSelector === undefined) return false
  const namespace = await consumer.object()
  return namespace !== null && selects(condition.namespaceSelector, namespace.metadata.labels ?? {})
}

/** Whether a label selector selects; an empty one selects everything. @throws Fault InvalidSpec */
export function selects(
  selector: LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  const label = (key: string): string | undefined =>
    Object.hasOwn(labels, key) ? labels[key] : undefined
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    if (label(key) !== value) return false
  }
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = label(key)
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value)
      case 'NotIn':
        return value === undefined || !values.includes(value)
      case 'Exists':
        return value !== undefined
      case 'DoesNotExist':
        return value === undefined
      default:
        throw new Fault('InvalidSpec', `"${operator}" is not a valid label selector operator`, {
          at: 'spec.conditions[].namespaceSelector.matchExpressions',
        })
    }
  })
}
