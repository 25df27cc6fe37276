/**
 * In which order objects are written: what others need comes first. Three stages, each applied whole
 * before the next is looked at (a definition must be established before its objects are understood),
 * and within a stage one wave after the other; a wave is written in parallel.
 */
import { parseApiVersion, type AnyObject } from '#api'

/** Objects written together. */
export type Wave<T> = readonly T[]

const definitions = new Set(['CustomResourceDefinition', 'Namespace', 'ClusterRole'])

// Kinds in the order the peer writes them; the kinds that secrets come from stand where their
// consumers need them: stores before what reads them, both before Pods.
const ranked: readonly string[] = [
  'CustomResourceDefinition',
  'Namespace',
  'ClusterRole',
  'ResourceQuota',
  'StorageClass',
  'ServiceAccount',
  'PodSecurityPolicy',
  'Role',
  'ClusterRoleBinding',
  'RoleBinding',
  'ConfigMap',
  'Secret',
  'SecretStore',
  'ClusterSecretStore',
  'ExternalSecret',
  'ClusterExternalSecret',
  'SealedSecret',
  'Service',
  'LimitRange',
  'PriorityClass',
  'Deployment',
  'StatefulSet',
  'CronJob',
  'PodDisruptionBudget',
]
const rankOfKind: ReadonlyMap<string, number> = new Map(ranked.map((kind, index) => [kind, index]))
const last = new Set(['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'])

/** Stage of a kind: 0 definitions and namespaces, 1 classes, 2 everything else. */
export function stageOf(object: AnyObject): 0 | 1 | 2 {
  if (definitions.has(object.kind)) return 0
  return object.kind.endsWith('Class') ? 1 : 2
}

/** The stages that have anything in them, each as its waves. */
export function stagesOf<T>(
  items: readonly T[],
  objectOf: (item: T) => AnyObject,
): readonly (readonly Wave<T>[])[] {
  const stages: T[][] = [[], [], []]
  for (const item of items) stages[stageOf(objectOf(item))]?.push(item)
  return stages.filter((stage) => stage.length > 0).map((stage) => wavesOf(stage, objectOf))
}

function wavesOf<T>(items: readonly T[], objectOf: (item: T) => AnyObject): readonly Wave<T>[] {
  const waves = new Map<string, T[]>()
  for (const item of items) {
    const key = waveKey(objectOf(item))
    const wave = waves.get(key)
    if (wave === undefined) waves.set(key, [item])
    else wave.push(item)
  }
  return [...waves].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, wave]) => wave)
}

function waveKey(object: AnyObject): string {
  const { group } = parseApiVersion(object.apiVersion)
  const rank = last.has(object.kind) ? 99 : (rankOfKind.get(object.kind) ?? 50)
  return `${String(rank).padStart(2, '0')} ${rank === 50 || rank === 99 ? `${group}/${object.kind}` : ''}`
}
