/**
 * The names External Secrets writes on what it manages. A take-over changes nothing only while these
 * are equal to the peer's, so none of them is ours to choose.
 */
import type { ExternalSecret, ObjectKey, ObjectMeta } from '#api'
import { metadataHash, objectHash } from '#go'

/** On every target: `true`. */
export const managedLabel = 'reconcile.external-secrets.io/managed'
/** On targets under creationPolicy Owner: {@link ownerLabelOf}. */
export const createdByLabel = 'reconcile.external-secrets.io/created-by'
/** On every target: the hash of its data when we last wrote it. */
export const dataHashAnnotation = 'reconcile.external-secrets.io/data-hash'
/** Holds a deletion until the target has gone first. */
export const cleanupFinalizer = 'externalsecrets.external-secrets.io/externalsecret-cleanup'

const managerPrefix = 'externalsecrets.external-secrets.io'
/** The API server takes no longer field manager. */
const longestManager = 63

/** Field manager of the Secrets that the ExternalSecret of this name writes. */
export function fieldManagerOf(name: string): string {
  const plain = `${managerPrefix}/${name}`
  return plain.length > longestManager ? `${managerPrefix}/sha3/${objectHash(name)}` : plain
}

/** Value of {@link createdByLabel}. */
export function ownerLabelOf(key: ObjectKey): string {
  return objectHash(`${key.namespace ?? ''}/${key.name}`)
}

/**
 * `status.syncedResourceVersion`: changes with the spec, and with any label or annotation of the
 * object; that is all there is to "force-sync".
 */
export function syncedVersionOf(metadata: ObjectMeta): string {
  return `${metadata.generation ?? 0}-${metadataHash(metadata)}`
}

/** Name of the Secret an ExternalSecret writes. */
export function targetNameOf(es: ExternalSecret): string {
  const name = es.spec?.target?.name
  return name === undefined || name === '' ? es.metadata.name : name
}

/** Where the target lives: always beside its ExternalSecret. */
export function targetKeyOf(es: ExternalSecret): ObjectKey {
  const { namespace } = es.metadata
  return { ...(namespace === undefined ? {} : { namespace }), name: targetNameOf(es) }
}
