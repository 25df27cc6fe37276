import { field, type FieldError } from '../errors.ts'
import type { Kind } from '../kinds/kind.ts'
import { equalJson } from '#base'
import type { Obj } from '../object.ts'
import { rulesOf } from '../rules/index.ts'
import { finalizerFaults, ownerFaults } from './references.ts'
import { labelFaults, qualifiedFaults, segmentFaults, subdomainFaults, word } from './qualified.ts'

/** Faults of an object's metadata; `isNameless`: of one whose name is not to be looked at. */
export function validateMeta(kind: Kind, object: Obj, isNameless = false): FieldError[] {
  const { name = '', finalizers = [], ownerReferences = [] } = object.metadata
  const faults = isNameless ? [] : nameFaultsOf(kind)(name)
  return [
    ...baseFaults(kind, object),
    ...faults.map((fault) => field.invalid('metadata.name', name, fault)),
    ...labelMapFaults(object.metadata.labels ?? {}),
    ...annotationFaults(object.metadata.annotations ?? {}),
    ...ownerFaults(ownerReferences ?? []),
    ...finalizerFaults(finalizers ?? [], isLoose(kind)),
  ]
}

function nameFaultsOf(kind: Kind): (name: string) => string[] {
  if (kind.group === 'rbac.authorization.k8s.io') return segmentFaults
  return rulesOf(kind).names === 'label' ? labelFaults : subdomainFaults
}

// Faults of what a name is made from. Events are checked as little as they ever were.
function baseFaults(kind: Kind, { metadata: { generateName = '' } }: Obj): FieldError[] {
  if (generateName === '' || kind.bucket === 'events') return []
  // What is to come behind a base may end it, so a base may end in a dash.
  const faults = nameFaultsOf(kind)(generateName.replace(/-$/, 'a'))
  return faults.map((fault) => field.invalid('metadata.generateName', generateName, fault))
}

// Where finalizers need no domain: checked by the parts that all groups share, and by no others.
const loose: ReadonlySet<string> = new Set([
  'events',
  'leases.coordination.k8s.io',
  'poddisruptionbudgets.policy',
  'customresourcedefinitions.apiextensions.k8s.io',
])
const isLoose = (kind: Kind): boolean => kind.custom !== undefined || loose.has(kind.bucket)

/** How often the real server looks at the metadata of a changed object; it tells what it finds each time. */
interface Looks {
  readonly labels: number
  readonly finalizers: number
  /** Whether also at the base of the name, as for a new object. */
  readonly base: boolean
  readonly deletion: number
}

const full: ReadonlySet<string> = new Set([
  'configmaps',
  'secrets',
  'serviceaccounts',
  'namespaces',
  'pods',
  'jobs.batch',
  'persistentvolumeclaims',
  'ingresses.networking.k8s.io',
])

function looksOf(kind: Kind): Looks {
  const isRole = kind.group === 'rbac.authorization.k8s.io'
  if (isRole || full.has(kind.bucket)) {
    return { labels: 4, finalizers: 2, base: !isRole, deletion: 2 }
  }
  const isBare = kind.bucket === 'events' || kind.bucket === 'poddisruptionbudgets.policy'
  if (isBare) return { labels: 2, finalizers: 1, base: false, deletion: 1 }
  return { labels: 3, finalizers: 1, base: false, deletion: 2 }
}

/** Faults of a changed object's metadata by itself, each as often as the real server tells it. */
export function validateChangedMeta(kind: Kind, object: Obj): FieldError[] {
  const looks = looksOf(kind)
  const { finalizers = [], ownerReferences = [], labels = {}, annotations = {} } = object.metadata
  const block = [
    ...labelMapFaults(labels ?? {}),
    ...annotationFaults(annotations ?? {}),
    ...ownerFaults(ownerReferences ?? []),
  ]
  const holds = finalizerFaults(finalizers ?? [], isLoose(kind))
  return [
    ...(looks.base ? baseFaults(kind, object) : []),
    ...told(block, looks.labels),
    ...told(holds, looks.finalizers),
  ]
}

function told(faults: readonly FieldError[], times: number): readonly FieldError[] {
  return faults.length === 0 ? faults : Array.from({ length: times }, () => faults).flat()
}

/** Nobody but a DELETE marks an object as leaving, or says how long it may take. */
export function deletionFaults(kind: Kind, next: Obj, held: Obj): FieldError[] {
  const names = ['deletionTimestamp', 'deletionGracePeriodSeconds'] as const
  const faults = names.flatMap((name) => {
    const value = next.metadata[name]
    if (value === undefined || value === null || held.metadata[name] !== undefined) return []
    return [field.invalid(`metadata.${name}`, value, immutable)]
  })
  return [...told(faults, looksOf(kind).deletion)]
}

const labelValueHelp =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

/** Faults of labels. @param at Their path. */
export function labelMapFaults(
  labels: Readonly<Record<string, string>>,
  at = 'metadata.labels',
): FieldError[] {
  const errors: FieldError[] = []
  for (const [key, value] of Object.entries(labels)) {
    for (const fault of qualifiedFaults(key, 'valid label key'))
      errors.push(field.invalid(at, key, fault))
    if (value.length > 63) {
      errors.push(field.invalid(at, value, 'must be no more than 63 bytes'))
    }
    if (value !== '' && !word.test(value)) {
      errors.push(field.invalid(at, value, labelValueHelp))
    }
  }
  return errors
}

const annotationBytes = 262_144

/** Faults of annotations. */
export function annotationFaults(annotations: Readonly<Record<string, string>>): FieldError[] {
  const errors: FieldError[] = []
  let size = 0
  for (const [key, value] of Object.entries(annotations)) {
    for (const fault of qualifiedFaults(key.toLowerCase())) {
      errors.push(field.invalid('metadata.annotations', key, fault))
    }
    size += key.length + value.length
  }
  if (size > annotationBytes) errors.push(field.tooLong('metadata.annotations', annotationBytes))
  return errors
}

const immutable = 'field is immutable'

/** Faults of a change of metadata. */
export function validateMetaUpdate(next: Obj, before: Obj): FieldError[] {
  const errors: FieldError[] = []
  if (next.metadata.name !== before.metadata.name) {
    errors.push(field.invalid('metadata.name', next.metadata.name, immutable))
  }
  if (before.metadata.deletionTimestamp !== undefined) {
    const had = before.metadata.finalizers ?? []
    const added = (next.metadata.finalizers ?? []).filter((one) => !had.includes(one))
    if (added.length > 0 && !equalJson(added, [])) {
      const names = added
        .toSorted()
        .map((one) => `"${one}"`)
        .join(', ')
      const wrong = field.forbidden(
        'metadata.finalizers',
        `no new finalizers can be added if the object is being deleted, found new finalizers []string{${names}}`,
      )
      // The real server says it twice.
      errors.push(wrong, wrong)
    }
  }
  return errors
}
