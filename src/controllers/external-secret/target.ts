/**
 * The target Secret as it should be, from what is there and what was read. Pure: nothing is
 * fetched or written here, and what it throws changes nothing.
 */
import {
  apiVersionOf,
  externalSecrets,
  parseApiVersion,
  type ExternalSecret,
  type NewObject,
  type ObjectMeta,
  type OwnerReference,
  type Secret,
} from '#api'
import { base64, Fault, field, fromBase64, isObject } from '#base'
import { dataHash } from '#go'
import { refuseForbidden } from './forbidden.ts'
import {
  createdByLabel,
  dataHashAnnotation,
  fieldManagerOf,
  managedLabel,
  ownerLabelOf,
  targetKeyOf,
} from './names.ts'
import { merges, type Policy } from './policy.ts'
import { StepFailed } from './step.ts'

/** What an ExternalSecret puts on its target: values, rendered templates, metadata. */
export interface Overlay {
  /** Absent: the type that is there, Opaque for a new Secret. */
  readonly type: string | undefined
  readonly data: ReadonlyMap<string, Uint8Array>
  readonly labels: ReadonlyMap<string, string>
  readonly annotations: ReadonlyMap<string, string>
  readonly finalizers: readonly string[]
}

type Data = ReadonlyMap<string, Uint8Array>

/**
 * The Secret that should be there.
 *
 * @param existing The whole Secret as read just now; undefined: there is none.
 * @throws StepFailed `owned`, `own` or `write` (a forbidden target).
 */
export function targetSecret(
  es: ExternalSecret,
  policy: Policy,
  overlay: Overlay,
  existing: Secret | undefined,
): NewObject<Secret> {
  const ownerReferences = ownersFor(es, policy, existing)
  // With `immutable` an existing Secret keeps everything but our own marks.
  const isFrozen = policy.immutable && existing !== undefined
  const { metadata, data, type } = isFrozen
    ? untouched(existing)
    : overlaid(es, policy, overlay, existing)
  const labels = new Map(metadata.labels)
  labels.delete(createdByLabel)
  if (policy.creation === 'Owner') labels.set(createdByLabel, ownerLabelOf(es.metadata))
  labels.set(managedLabel, 'true')
  const annotations = new Map(metadata.annotations)
  annotations.set(dataHashAnnotation, dataHash(data))
  const secret: NewObject<Secret> = {
    ...(existing ?? { apiVersion: 'v1', kind: 'Secret' }),
    metadata: {
      ...(existing?.metadata ?? targetKeyOf(es)),
      labels: recordOf(labels),
      annotations: recordOf(annotations),
      ...(ownerReferences.length === 0 && existing === undefined ? {} : { ownerReferences }),
      ...(metadata.finalizers.length === 0 ? {} : { finalizers: metadata.finalizers }),
    },
    ...(type === undefined ? {} : { type }),
    ...(policy.immutable || existing?.immutable === true ? { immutable: true } : {}),
    data: encoded(data),
  }
  refuseForbidden(secret)
  return secret
}

/** The data of a Secret as bytes. */
export function dataOf(secret: Secret): Map<string, Uint8Array> {
  const data = new Map<string, Uint8Array>()
  for (const [key, text] of Object.entries(secret.data ?? {})) {
    data.set(key, fromBase64(text) ?? new Uint8Array())
  }
  return data
}

interface Parts {
  readonly metadata: {
    readonly labels: ReadonlyMap<string, string>
    readonly annotations: ReadonlyMap<string, string>
    readonly finalizers: readonly string[]
  }
  readonly data: Data
  readonly type: string | undefined
}

function untouched(existing: Secret): Parts {
  return {
    metadata: {
      labels: mapOfRecord(existing.metadata.labels),
      annotations: mapOfRecord(existing.metadata.annotations),
      finalizers: existing.metadata.finalizers ?? [],
    },
    data: dataOf(existing),
    type: existing.type,
  }
}

function overlaid(
  es: ExternalSecret,
  policy: Policy,
  overlay: Overlay,
  existing: Secret | undefined,
): Parts {
  const ours = ownedFields(existing?.metadata, fieldManagerOf(es.metadata.name))
  const kept = existing === undefined || !merges(policy.creation) ? [] : dataOf(existing)
  return {
    metadata: {
      labels: new Map([...without(existing?.metadata.labels, ours.labels), ...overlay.labels]),
      annotations: new Map([
        ...without(existing?.metadata.annotations, ours.annotations),
        ...overlay.annotations,
      ]),
      finalizers: [...new Set([...(existing?.metadata.finalizers ?? []), ...overlay.finalizers])],
    },
    // Keys we wrote before and no longer want go; what others put beside them stays.
    data: new Map([...[...kept].filter(([key]) => !ours.data.has(key)), ...overlay.data]),
    type: overlay.type ?? existing?.type ?? 'Opaque',
  }
}

/** The keys under data, labels and annotations that `manager` owns by its managedFields. */
function ownedFields(metadata: ObjectMeta | undefined, manager: string) {
  const data = new Set<string>()
  const labels = new Set<string>()
  const annotations = new Set<string>()
  for (const entry of metadata?.managedFields ?? []) {
    if (entry.manager !== manager) continue
    const meta = field(entry.fieldsV1, 'f:metadata')
    addKeys(data, field(entry.fieldsV1, 'f:data'))
    addKeys(labels, field(meta, 'f:labels'))
    addKeys(annotations, field(meta, 'f:annotations'))
  }
  return { data, labels, annotations }
}

function addKeys(keys: Set<string>, fields: unknown): void {
  if (!isObject(fields)) return
  for (const name of Object.keys(fields)) if (name.startsWith('f:')) keys.add(name.slice(2))
}

const ourGroup = externalSecrets.group

/** @throws StepFailed when somebody else is in charge of the Secret. */
function ownersFor(
  es: ExternalSecret,
  policy: Policy,
  existing: Secret | undefined,
): readonly OwnerReference[] {
  const owners = existing?.metadata.ownerReferences ?? []
  const current = owners.find((owner) => owner.controller === true)
  const isExternalSecret = current !== undefined && isOfOurKind(current)
  const isUs = isExternalSecret && current.name === es.metadata.name
  if (isExternalSecret && !isUs) {
    throw new StepFailed('owned', new Fault('Forbidden', ownedText(es, current.name)))
  }
  if (policy.creation !== 'Owner')
    return isUs ? owners.filter((owner) => owner !== current) : owners
  if (current !== undefined && !isUs) {
    throw new StepFailed('own', new Fault('Forbidden', foreignText(es, current)))
  }
  const us = ownerReferenceOf(es)
  const others = owners.filter((owner) => !(isOfOurKind(owner) && owner.name === us.name))
  return isUs && current.uid === us.uid && others.length === owners.length - 1
    ? owners.map((owner) => (owner === current ? us : owner))
    : [...others, us]
}

function isOfOurKind(owner: OwnerReference): boolean {
  return owner.kind === externalSecrets.kind && parseApiVersion(owner.apiVersion).group === ourGroup
}

/** The reference that makes `es` the owner of its target. */
export function ownerReferenceOf(es: ExternalSecret): OwnerReference {
  return {
    apiVersion: apiVersionOf(externalSecrets),
    kind: externalSecrets.kind,
    name: es.metadata.name,
    uid: es.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  }
}

/** ESO's words for a target that another ExternalSecret owns. */
export function ownedText(es: ExternalSecret, ownerName: string): string {
  const { name } = targetKeyOf(es)
  return `unable to mutate secret ${name}: secret is owned by another ExternalSecret: ${ownerName}`
}

function foreignText(es: ExternalSecret, owner: OwnerReference): string {
  const { name, namespace } = targetKeyOf(es)
  const why = `Object ${namespace}/${name} is already owned by another ${owner.kind} controller ${owner.name}`
  return `unable to mutate secret ${name}: could not set controller reference on secret: ${why}`
}

function without(
  record: Readonly<Record<string, string>> | undefined,
  keys: ReadonlySet<string>,
): readonly (readonly [string, string])[] {
  return Object.entries(record ?? {}).filter(([key]) => !keys.has(key))
}

function mapOfRecord(record: Readonly<Record<string, string>> = {}): Map<string, string> {
  return new Map(Object.entries(record))
}

/** Own keys only, `__proto__` an ordinary one, in byte order of JavaScript's strings. */
function recordOf(map: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const record: Record<string, string> = Object.create(null) as Record<string, string>
  for (const [key, value] of [...map].sort(([a], [b]) => (a < b ? -1 : 1))) record[key] = value
  return record
}

function encoded(data: Data): Readonly<Record<string, string>> {
  return recordOf(new Map([...data].map(([key, bytes]) => [key, base64(bytes)])))
}
