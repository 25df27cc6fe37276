import { equalJson } from '#base'
import { field, type FieldError } from '../errors.ts'
import type { Obj, OwnerReference } from '../object.ts'
import { qualifiedFaults } from './qualified.ts'

/** Finalizers of Kubernetes' own, which need no domain. */
const standard: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

/**
 * Faults of `metadata.finalizers`. Objects of custom kinds may have names without a path, as Flux's
 * `finalizers.fluxcd.io` is one; the built-in kinds may not.
 */
export function finalizerFaults(finalizers: readonly string[], isCustom: boolean): FieldError[] {
  const errors: FieldError[] = []
  for (const [i, name] of finalizers.entries()) {
    for (const fault of qualifiedFaults(name)) {
      errors.push(field.invalid('metadata.finalizers', name, fault))
    }
    if (!isCustom && !name.includes('/') && !standard.has(name)) {
      const why = 'name is neither a standard finalizer name nor is it fully qualified'
      errors.push(field.invalid(`metadata.finalizers[${i}]`, name, why))
    }
  }
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    const why = 'finalizer orphan and foregroundDeletion cannot be both set'
    errors.push(field.invalid('metadata.finalizers', finalizers, why))
  }
  return errors
}

const at = 'metadata.ownerReferences'

/** Faults of `metadata.ownerReferences`. */
export function ownerFaults(owners: readonly OwnerReference[]): FieldError[] {
  const errors: FieldError[] = []
  const controllers: string[] = []
  for (const owner of owners) {
    const { apiVersion = '', kind = '', name = '', uid = '' } = owner as Partial<OwnerReference>
    const parts = apiVersion.split('/')
    if (parts.length > 2 || parts.at(-1) === '') {
      errors.push(field.invalid(`${at}.apiVersion`, apiVersion, 'version must not be empty'))
    }
    for (const [part, value] of [
      ['kind', kind],
      ['name', name],
      ['uid', uid],
    ] as const) {
      if (value === '') errors.push(field.invalid(`${at}.${part}`, value, 'must not be empty'))
    }
    if (kind === 'Event' && apiVersion === 'v1') {
      errors.push(
        field.invalid(at, asGo(owner), '/v1, Kind=Event is disallowed from being an owner'),
      )
    }
    if (owner.controller === true) controllers.push(`${kind}/${name}`)
  }
  const [first, second] = controllers
  if (first !== undefined && second !== undefined) {
    const why = `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${second}`
    errors.push(field.invalid(at, owners.map(asGo), why))
  }
  return errors
}

// As Go writes it.
function asGo(owner: OwnerReference): object {
  const { apiVersion, kind, name, uid, ...rest } = owner as Partial<OwnerReference>
  const known = { apiVersion: apiVersion ?? '', kind: kind ?? '', name: name ?? '', uid: uid ?? '' }
  const { controller, blockOwnerDeletion } = rest
  return {
    ...known,
    ...(controller === undefined ? {} : { controller }),
    ...(blockOwnerDeletion === undefined ? {} : { blockOwnerDeletion }),
  }
}

/**
 * Takes owners out of an object that it names twice in the same words.
 *
 * @param when What the warning says of the moment; a patch is looked at later than other writes.
 * @returns the warning that the writer is owed.
 */
export function dropTwins(object: Obj, when: '' | 'after mutating admission happens'): string[] {
  const owners = object.metadata.ownerReferences ?? []
  if (owners.length < 2) return []
  const isTwin = (owner: OwnerReference, i: number): boolean =>
    owners.slice(0, i).some((other) => equalJson(asGo(other), asGo(owner)))
  const twins = owners.filter(isTwin)
  if (twins.length === 0) return []
  object.metadata.ownerReferences = owners.filter((owner, i) => !isTwin(owner, i))
  const seen = when === '' ? '' : ` ${when}`
  const uids = twins.map(({ uid }) => uid).join(', ')
  return [
    `.metadata.ownerReferences contains duplicate entries${seen}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${uids}`,
  ]
}
