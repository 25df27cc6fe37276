/** Labels and annotations by which a sync knows its objects and their authors steer it. */
import type { KubeObject, ObjectKey } from '#api'

const group = 'kustomize.toolkit.fluxcd.io'

/** The label that carries the sync's name; also what drift watches select by. */
export const ownerNameLabel: string = `${group}/name`
/** The label that carries the sync's namespace. */
export const ownerNamespaceLabel: string = `${group}/namespace`

/** Owner labels of a sync, as the peer writes them. */
export function ownerLabels(sync: ObjectKey): Readonly<Record<string, string>> {
  return { [ownerNameLabel]: sync.name, [ownerNamespaceLabel]: sync.namespace ?? '' }
}

/** The sync whose labels an object carries. */
export function ownerOf(object: KubeObject): ObjectKey | undefined {
  const labels = object.metadata.labels
  const name = labels?.[ownerNameLabel]
  const namespace = labels?.[ownerNamespaceLabel]
  return name === undefined || namespace === undefined ? undefined : { namespace, name }
}

/** Whether an object carries exactly this sync's labels. */
export function isOwnedBy(object: KubeObject, sync: ObjectKey): boolean {
  const owner = ownerOf(object)
  return owner?.name === sync.name && owner.namespace === (sync.namespace ?? '')
}

function says(object: KubeObject, word: string, value: string): boolean {
  const { labels, annotations } = object.metadata
  const key = `${group}/${word}`
  const given = [annotations?.[key], labels?.[key]]
  // A substituted value may be none of text; the server refuses it.
  return given.some((text: unknown) => typeof text === 'string' && text.toLowerCase() === value)
}

/** The author wants it left in the cluster when it leaves Git. */
export function isPruneDisabled(object: KubeObject): boolean {
  return says(object, 'prune', 'disabled')
}

/** The author wants it neither applied nor changed. */
export function isReconcileDisabled(object: KubeObject): boolean {
  return says(object, 'reconcile', 'disabled') || says(object, 'ssa', 'ignore')
}

/** The author wants it made once and then left alone. */
export function isOnlyCreated(object: KubeObject): boolean {
  return says(object, 'ssa', 'ifnotpresent')
}

/** The author wants what others added to it kept. */
export function isMerged(object: KubeObject): boolean {
  return says(object, 'ssa', 'merge')
}

/** The author wants it deleted and made again when a change is refused as immutable. */
export function isForced(object: KubeObject): boolean {
  return says(object, 'force', 'enabled')
}
