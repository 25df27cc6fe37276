/** What a sync does to each object before it is applied, as the peer does it. */
import { base64, field, isObject, stringOf, utf8 } from '#base'
import { parseApiVersion, type AnyObject } from '#api'

export interface Transform {
  /** Put every namespaced object there. */
  readonly targetNamespace?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** Kinds (`group/Kind`) that custom definitions of the same set declare as cluster-scoped. */
  readonly clusterScoped: ReadonlySet<string>
}

const clusterKinds: ReadonlySet<string> = new Set([
  '/ComponentStatus',
  '/Namespace',
  '/Node',
  '/PersistentVolume',
  'admissionregistration.k8s.io/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'certificates.k8s.io/CertificateSigningRequest',
  'external-secrets.io/ClusterExternalSecret',
  'external-secrets.io/ClusterPushSecret',
  'external-secrets.io/ClusterSecretStore',
  'flowcontrol.apiserver.k8s.io/FlowSchema',
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
  'networking.k8s.io/IngressClass',
  'networking.k8s.io/IPAddress',
  'networking.k8s.io/ServiceCIDR',
  'node.k8s.io/RuntimeClass',
  'policy/PodSecurityPolicy',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/CSINode',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/VolumeAttachment',
])

/** `group/Kind` of an object. */
export function groupKindOf(object: AnyObject): string {
  return `${parseApiVersion(object.apiVersion).group}/${object.kind}`
}

/** Kinds that the definitions among `objects` declare as cluster-scoped. */
export function declaredClusterScoped(objects: readonly AnyObject[]): ReadonlySet<string> {
  const kinds = new Set<string>()
  for (const object of objects) {
    if (object.kind !== 'CustomResourceDefinition') continue
    const spec = field(object, 'spec')
    if (field(spec, 'scope') !== 'Cluster') continue
    kinds.add(
      `${stringOf(field(spec, 'group')) ?? ''}/${stringOf(field(field(spec, 'names'), 'kind')) ?? ''}`,
    )
  }
  return kinds
}

/** Whether the kind is cluster-scoped as far as can be told without asking a server. */
export function isClusterScoped(object: AnyObject, declared: ReadonlySet<string>): boolean {
  const kind = groupKindOf(object)
  return clusterKinds.has(kind) || declared.has(kind)
}

/**
 * The object as it is applied: in its namespace, with the sync's labels, without what only a server
 * may write (status, uid, resourceVersion, generation, creationTimestamp, managedFields), a
 * Secret's stringData folded into data so that a removed key goes away too.
 */
export function transformed(object: AnyObject, transform: Transform): AnyObject {
  const metadata = metadataOf(object, transform)
  const copy: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [key, value] of Object.entries(object)) {
    if (key === 'metadata') copy['metadata'] = metadata
    else if (key !== 'status') copy[key] = value
  }
  if (groupKindOf(object) === '/Secret') foldStringData(copy)
  if (transform.targetNamespace !== undefined) moveSubjects(copy, transform.targetNamespace)
  return copy as AnyObject
}

const serverFields = new Set([
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
])

function metadataOf(object: AnyObject, transform: Transform): Record<string, unknown> {
  const metadata: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [key, value] of Object.entries(object.metadata)) {
    if (!serverFields.has(key)) metadata[key] = value
  }
  const isCluster = isClusterScoped(object, transform.clusterScoped)
  if (isCluster) delete metadata['namespace']
  else if (transform.targetNamespace !== undefined) {
    metadata['namespace'] = transform.targetNamespace
  }
  if (groupKindOf(object) === '/Namespace' && transform.targetNamespace !== undefined) {
    metadata['name'] = transform.targetNamespace // as kustomize does
  }
  merge(metadata, 'annotations', transform.annotations)
  merge(metadata, 'labels', transform.labels)
  return metadata
}

function merge(
  metadata: Record<string, unknown>,
  key: 'labels' | 'annotations',
  added: Readonly<Record<string, string>>,
): void {
  const present = metadata[key]
  if (Object.keys(added).length === 0) {
    if (present === null) delete metadata[key]
    return
  }
  const merged: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  if (isObject(present)) for (const [name, value] of Object.entries(present)) merged[name] = value
  for (const [name, value] of Object.entries(added)) merged[name] = value
  metadata[key] = merged
}

function foldStringData(secret: Record<string, unknown>): void {
  const strings = secret['stringData']
  if (!isObject(strings)) return
  const data: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  const present = secret['data']
  if (isObject(present)) for (const [key, value] of Object.entries(present)) data[key] = value
  for (const [key, value] of Object.entries(strings)) {
    if (typeof value !== 'string') return // the server says what is wrong with it
    data[key] = base64(utf8(value))
  }
  secret['data'] = data
  delete secret['stringData']
}

/** kustomize moves subjects that are the namespace's own default account, and no others. */
function moveSubjects(object: Record<string, unknown>, namespace: string): void {
  if (object['kind'] !== 'RoleBinding' && object['kind'] !== 'ClusterRoleBinding') return
  const subjects = object['subjects']
  if (!Array.isArray(subjects)) return
  object['subjects'] = (subjects as readonly unknown[]).map((subject) =>
    isObject(subject) && subject['kind'] === 'ServiceAccount' && subject['name'] === 'default'
      ? { ...subject, namespace }
      : subject,
  )
}
