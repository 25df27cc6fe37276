/** The decisions of a sync that need no I/O, each a Fault or nothing. */
import { Fault } from '#base'
import type { Kustomization } from '#api'
import type { Cache } from '#runtime'

/** What the operator's owner allows. */
export interface Rules {
  /** The operator's own namespace; syncs in it may use the operator's own rights. */
  readonly systemNamespace?: string
  /** Impersonated where a Kustomization names none. */
  readonly defaultServiceAccount?: string
  /** Outside the system namespace an account to impersonate must be named. */
  readonly requireServiceAccount: boolean
  /** A source or dependency may lie in another namespace. */
  readonly allowCrossNamespace: boolean
}

/** The namespace of a reference: none, or an empty one, is that of who refers. */
export function namespaceOr(given: string | undefined, own: string | undefined): string {
  return given === undefined || given === '' ? (own ?? '') : given
}

type Check = (sync: Kustomization, rules: Rules) => Fault | undefined

const checks: readonly Check[] = [noAccount, foreignSource, foreignDependency, unsupportedField]

/** Why the sync must not run at all; undefined when it may. */
export function whyNotAllowed(sync: Kustomization, rules: Rules): Fault | undefined {
  for (const check of checks) {
    const fault = check(sync, rules)
    if (fault !== undefined) return fault
  }
  return undefined
}

function noAccount(sync: Kustomization, rules: Rules): Fault | undefined {
  const account = sync.spec?.serviceAccountName ?? rules.defaultServiceAccount
  if (account !== undefined && account !== '') return undefined
  const isSystem = sync.metadata.namespace === rules.systemNamespace
  if (!rules.requireServiceAccount || isSystem) return undefined
  return new Fault('Forbidden', 'spec.serviceAccountName is required in this namespace', {
    at: 'spec.serviceAccountName',
    hint: 'name a ServiceAccount of this namespace that may write what is synced',
  })
}

function foreignSource(sync: Kustomization, rules: Rules): Fault | undefined {
  const own = sync.metadata.namespace ?? ''
  const namespace = namespaceOr(sync.spec?.sourceRef.namespace, own)
  if (rules.allowCrossNamespace || namespace === own) return undefined
  const { kind, name } = sync.spec?.sourceRef ?? { kind: '', name: '' }
  const message = `can't access '${kind}/${namespace}/${name}', cross-namespace references have been blocked`
  return new Fault('Forbidden', message, { at: 'spec.sourceRef.namespace' })
}

function foreignDependency(sync: Kustomization, rules: Rules): Fault | undefined {
  if (rules.allowCrossNamespace) return undefined
  const own = sync.metadata.namespace ?? ''
  const foreign = sync.spec?.dependsOn?.find(({ namespace }) => namespaceOr(namespace, own) !== own)
  if (foreign === undefined) return undefined
  const message = `dependency '${foreign.namespace ?? ''}/${foreign.name}' is in another namespace, which is not allowed`
  return new Fault('Forbidden', message, { at: 'spec.dependsOn' })
}

/** Fields that change what is applied, or where, must not be passed over in silence. */
function unsupportedField(sync: Kustomization): Fault | undefined {
  const spec = sync.spec
  const given: readonly (readonly [string, boolean])[] = [
    ['kubeConfig', spec?.kubeConfig !== undefined],
    ['decryption', spec?.decryption !== undefined],
    ['patches', (spec?.patches?.length ?? 0) > 0],
    ['images', (spec?.images?.length ?? 0) > 0],
    ['components', (spec?.components?.length ?? 0) > 0],
    ['namePrefix', (spec?.namePrefix ?? '') !== ''],
    ['nameSuffix', (spec?.nameSuffix ?? '') !== ''],
    ['ignore', (spec?.ignore?.length ?? 0) > 0],
    ['healthCheckExprs', (spec?.healthCheckExprs?.length ?? 0) > 0],
  ]
  const found = given.find(([, isGiven]) => isGiven)
  if (found === undefined) return undefined
  return new Fault('Unsupported', `spec.${found[0]} is not supported yet`, {
    at: `spec.${found[0]}`,
    hint: 'remove the field, or leave this object to another controller',
  })
}

/** Which dependency the sync has to wait for; undefined when all are ready. */
export function whyNotReady(sync: Kustomization, syncs: Cache<Kustomization>): Fault | undefined {
  const own = sync.metadata.namespace ?? ''
  for (const { name, namespace: given, readyExpr } of sync.spec?.dependsOn ?? []) {
    const namespace = namespaceOr(given, own)
    const shown = `dependency '${namespace}/${name}'`
    const found = syncs.get({ namespace, name })
    if (found === undefined) {
      return notReady(
        `${shown} not found: kustomizations.kustomize.toolkit.fluxcd.io "${name}" not found`,
      )
    }
    if (readyExpr !== undefined && readyExpr !== '') {
      return new Fault('Unsupported', `${shown}: readyExpr is not supported yet`, {
        at: 'spec.dependsOn',
      })
    }
    if (!isReady(found) || !isAsFar(found, sync)) return notReady(`${shown} is not ready`)
  }
  return undefined
}

function notReady(message: string): Fault {
  return new Fault('StoreNotReady', message, { retry: { kind: 'onChange' } })
}

function isReady(sync: Kustomization): boolean {
  const ready = sync.status?.conditions?.find(({ type }) => type === 'Ready')
  return ready?.status === 'True' && sync.status?.observedGeneration === sync.metadata.generation
}

/** Of one source, the dependency must have applied what was attempted, not something older. */
function isAsFar(dependency: Kustomization, sync: Kustomization): boolean {
  const a = dependency.spec?.sourceRef
  const b = sync.spec?.sourceRef
  const isSame =
    a?.kind === b?.kind &&
    a?.name === b?.name &&
    namespaceOr(a?.namespace, dependency.metadata.namespace) ===
      namespaceOr(b?.namespace, sync.metadata.namespace)
  return (
    !isSame || dependency.status?.lastAppliedRevision === dependency.status?.lastAttemptedRevision
  )
}
