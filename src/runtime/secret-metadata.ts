import { field } from '#base'
import type { KubeObject, ObjectMeta } from '#api'
import type { MetadataOnly } from '#kube'

/** What is kept of a Secret: never a byte of its data, which was not even asked for. */
export interface SecretMetadata extends KubeObject {
  /** Without managedFields. */
  readonly metadata: ObjectMeta
  /** Whether a manager that is not ours owns anything under `data` or `stringData`. */
  readonly foreignDataManagers: boolean
}

/**
 * A `keep` for informers on Secrets: managedFields is boiled down to the one fact that drift is
 * seen by.
 *
 * @param ownManager Whether a field manager's name is ours.
 */
export function keepSecretMetadata(
  ownManager: (manager: string) => boolean,
): (object: MetadataOnly) => SecretMetadata {
  return (object) => ({
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: withoutManagedFields(object.metadata),
    foreignDataManagers: hasForeignDataManager(object.metadata, ownManager),
  })
}

/** Whether a manager that is not ours owns anything under `data` of these managedFields. */
export function hasForeignDataManager(
  metadata: ObjectMeta,
  ownManager: (manager: string) => boolean,
): boolean {
  return (metadata.managedFields ?? []).some(
    (entry) =>
      !ownManager(entry.manager) &&
      (field(entry.fieldsV1, 'f:data') !== undefined ||
        field(entry.fieldsV1, 'f:stringData') !== undefined),
  )
}

/** Metadata as caches keep it: managedFields is most of its size and nobody reads it there. */
export function withoutManagedFields(metadata: ObjectMeta): ObjectMeta {
  const { managedFields: _, ...kept } = metadata
  return kept
}
