import { field, type FieldError } from '../errors.ts'
import type { Kind } from '../kinds/kind.ts'
import { equalJson } from '#base'
import type { Obj } from '../object.ts'
import { rulesOf } from '../rules/index.ts'

const subdomainHelp =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const labelHelp =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

/** Why a name is no DNS subdomain; empty when it is one. */
export function subdomainFaults(name: string): string[] {
  const faults: string[] = []
  if (name.length > 253) faults.push('must be no more than 253 characters')
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)) faults.push(subdomainHelp)
  return faults
}

/** Why a name is no DNS label; empty when it is one. */
export function labelFaults(name: string): string[] {
  const faults: string[] = []
  if (name.length > 63) faults.push('must be no more than 63 characters')
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) faults.push(labelHelp)
  return faults
}

/** Faults of an object's metadata. */
export function validateMeta(kind: Kind, object: Obj): FieldError[] {
  const { name = '' } = object.metadata
  const faults = rulesOf(kind).names === 'label' ? labelFaults(name) : subdomainFaults(name)
  return faults.map((fault) => field.invalid('metadata.name', name, fault))
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
      const names = added.map((one) => `"${one}"`).join(', ')
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
