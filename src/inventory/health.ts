/**
 * Whether an object has become what its spec asks for, by the rules of kstatus and a few of our own
 * for the kinds that secrets pass through. Generation-exact: what its controller has not looked at
 * yet is never healthy.
 *
 * Source: the rules as users of the peer know them; reference/gitops.md §3.5 and §8.1.
 */
import { at, field, isObject, stringOf } from '#base'
import { parseApiVersion, type AnyObject } from '#api'

/** In the peer's words, which its messages repeat. */
export type Health = 'Current' | 'InProgress' | 'Failed' | 'Terminating' | 'NotFound'

/** Health of an object; null: it is not there. */
export function healthOf(object: AnyObject | null): Health {
  if (object === null) return 'NotFound'
  if (object.metadata.deletionTimestamp !== undefined) return 'Terminating'
  if (!isObserved(object)) return 'InProgress'
  if (conditionOf(object, 'Reconciling') === 'True') return 'InProgress'
  if (conditionOf(object, 'Stalled') === 'True') return 'Failed'
  const { group } = parseApiVersion(object.apiVersion)
  const rule = rules.get(`${group}/${object.kind}`)
  return rule === undefined ? readyHealth(object) : rule(object)
}

/** Whether its controller has seen the newest generation; true for kinds that do not tell. */
function isObserved(object: AnyObject): boolean {
  const observed = at(object, 'status', 'observedGeneration')
  const { generation } = object.metadata
  if (observed === undefined || generation === undefined) return true
  return observed === generation || observed === String(generation) // some write it as text
}

type Rule = (object: AnyObject) => Health

function when(isCurrent: boolean): Health {
  return isCurrent ? 'Current' : 'InProgress'
}

function deployment(object: AnyObject): Health {
  if (reasonOf(object, 'Progressing') === 'ProgressDeadlineExceeded') return 'Failed'
  const wanted = numberAt(object, 1, 'spec', 'replicas')
  const counts = ['updatedReplicas', 'replicas', 'availableReplicas', 'readyReplicas']
  const wasSeen = at(object, 'status', 'observedGeneration') !== undefined
  return when(wasSeen && counts.every((name) => numberAt(object, 0, 'status', name) === wanted))
}

function statefulSet(object: AnyObject): Health {
  if (at(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') return 'Current'
  const wanted = numberAt(object, 1, 'spec', 'replicas')
  const status = (name: string): number => numberAt(object, 0, 'status', name)
  const wasSeen = at(object, 'status', 'observedGeneration') !== undefined
  if (!wasSeen || status('replicas') !== wanted || status('readyReplicas') !== wanted) {
    return 'InProgress'
  }
  const partition = numberAt(object, 0, 'spec', 'updateStrategy', 'rollingUpdate', 'partition')
  if (partition > 0) return when(status('updatedReplicas') >= wanted - partition)
  const current = at(object, 'status', 'currentRevision')
  return when(current === at(object, 'status', 'updateRevision'))
}

function daemonSet(object: AnyObject): Health {
  if (at(object, 'status', 'observedGeneration') === undefined) return 'InProgress'
  const wanted = numberAt(object, -1, 'status', 'desiredNumberScheduled')
  const counts = ['updatedNumberScheduled', 'numberAvailable', 'numberReady']
  return when(counts.every((name) => numberAt(object, 0, 'status', name) >= wanted))
}

function replicaSet(object: AnyObject): Health {
  if (conditionOf(object, 'ReplicaFailure') === 'True') return 'InProgress'
  const wanted = numberAt(object, 1, 'spec', 'replicas')
  const counts = ['fullyLabeledReplicas', 'availableReplicas', 'readyReplicas', 'replicas']
  return when(counts.every((name) => numberAt(object, 0, 'status', name) === wanted))
}

function job(object: AnyObject): Health {
  if (conditionOf(object, 'Failed') === 'True') return 'Failed'
  if (at(object, 'spec', 'suspend') === true) return 'Current'
  return when(conditionOf(object, 'Complete') === 'True')
}

function pod(object: AnyObject): Health {
  const phase = at(object, 'status', 'phase')
  if (phase === 'Succeeded' || phase === 'Failed') return 'Current'
  const containers = at(object, 'status', 'containerStatuses')
  const crashes =
    Array.isArray(containers) &&
    (containers as readonly unknown[]).some(
      (container) => at(container, 'state', 'waiting', 'reason') === 'CrashLoopBackOff',
    )
  if (crashes) return 'Failed'
  return when(conditionOf(object, 'Ready') === 'True')
}

function service(object: AnyObject): Health {
  const isBalancer = at(object, 'spec', 'type') === 'LoadBalancer'
  return when(!isBalancer || stringOf(at(object, 'spec', 'clusterIP')) !== undefined)
}

function definition(object: AnyObject): Health {
  if (conditionOf(object, 'NamesAccepted') === 'False') return 'Failed'
  return when(conditionOf(object, 'Established') === 'True')
}

/** Ready, and about the generation and labels that are there now. */
function externalSecret(object: AnyObject): Health {
  const synced = stringOf(at(object, 'status', 'syncedResourceVersion'))
  const isCurrent = synced?.startsWith(`${object.metadata.generation ?? 0}-`) ?? true
  return when(isCurrent && conditionOf(object, 'Ready') === 'True')
}

function sealedSecret(object: AnyObject): Health {
  const wasSeen = at(object, 'status', 'observedGeneration') !== undefined
  return when(wasSeen && conditionOf(object, 'Synced') === 'True')
}

/** Kinds that always get a Ready condition: none yet means nobody has looked. */
function awaitedReady(object: AnyObject): Health {
  return when(conditionOf(object, 'Ready') === 'True')
}

/** Any other kind: by its Ready condition; without one, existing is enough. */
function readyHealth(object: AnyObject): Health {
  const ready = conditionOf(object, 'Ready')
  return when(ready === undefined || ready === 'True')
}

const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['apps/Deployment', deployment],
  ['apps/StatefulSet', statefulSet],
  ['apps/DaemonSet', daemonSet],
  ['apps/ReplicaSet', replicaSet],
  ['batch/Job', job],
  ['/Pod', pod],
  ['/Service', service],
  ['/PersistentVolumeClaim', (object) => when(at(object, 'status', 'phase') === 'Bound')],
  [
    'policy/PodDisruptionBudget',
    (object) => when(at(object, 'status', 'observedGeneration') !== undefined),
  ],
  ['apiextensions.k8s.io/CustomResourceDefinition', definition],
  ['external-secrets.io/ExternalSecret', externalSecret],
  ['external-secrets.io/SecretStore', awaitedReady],
  ['external-secrets.io/ClusterSecretStore', awaitedReady],
  ['bitnami.com/SealedSecret', sealedSecret],
  ['source.toolkit.fluxcd.io/GitRepository', awaitedReady],
  ['kustomize.toolkit.fluxcd.io/Kustomization', awaitedReady],
])

function conditionsOf(object: AnyObject): readonly unknown[] {
  const list = at(object, 'status', 'conditions')
  return Array.isArray(list) ? (list as readonly unknown[]) : []
}

/** Of several conditions of one type, the one about the newest generation. */
function pick(object: AnyObject, type: string): unknown {
  const found = conditionsOf(object).filter(
    (condition) => isObject(condition) && field(condition, 'type') === type,
  )
  const current = found.find(
    (condition) => field(condition, 'observedGeneration') === object.metadata.generation,
  )
  return current ?? found[0]
}

function conditionOf(object: AnyObject, type: string): string | undefined {
  return stringOf(field(pick(object, type), 'status'))
}

function reasonOf(object: AnyObject, type: string): string | undefined {
  return stringOf(field(pick(object, type), 'reason'))
}

function numberAt(object: AnyObject, absent: number, ...path: readonly string[]): number {
  const value = at(object, ...path)
  return typeof value === 'number' ? value : absent
}
