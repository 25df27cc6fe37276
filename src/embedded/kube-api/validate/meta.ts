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
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name))
    faults.push(subdomainHelp)
  return faults
}

/** Why a name is no DNS label; empty when it is one. */
export function labelFaults(name: string): string[] {
  const faults: string[] = []
  if (name.length > 63) faults.push('must be no more than 63 characters')
  if (name.includes('.')) faults.push('must not contain dots')
  else if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) faults.push(labelHelp)
  return faults
}

/** Why a name cannot stand in an address; empty when it can. Roles are named so, as `system:node`. */
function segmentFaults(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`)
}

/** Faults of an object's metadata. */
export function validateMeta(kind: Kind, object: Obj): FieldError[] {
  const { name = '' } = object.metadata
  const faultsOf =
    kind.group === 'rbac.authorization.k8s.io'
      ? segmentFaults
      : rulesOf(kind).names === 'label'
        ? labelFaults
        : subdomainFaults
  const faults = faultsOf(name)
  return [
    ...faults.map((fault) => field.invalid('metadata.name', name, fault)),
    ...labelMapFaults(object.metadata.labels ?? {}),
    ...annotationFaults(object.metadata.annotations ?? {}),
  ]
}

const qualifiedHelp =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
const labelValueHelp =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
const word = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/

/** Why a key is no qualified name, as labels and annotations have them; empty when it is one. */
export function qualifiedFaults(key: string): string[] {
  const parts = key.split('/')
  const faults: string[] = []
  const name = parts[parts.length - 1] ?? ''
  if (parts.length > 2) {
    return [
      `a qualified name ${qualifiedHelp.replace('name part ', '')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  if (parts.length === 2) {
    const prefix = parts[0] ?? ''
    if (prefix === '') faults.push('prefix part must be non-empty')
    else faults.push(...subdomainFaults(prefix).map((fault) => `prefix part ${fault}`))
  }
  if (name === '') faults.push('name part must be non-empty')
  else if (name.length > 63) faults.push('name part must be no more than 63 bytes')
  if (!word.test(name) && name !== '') faults.push(qualifiedHelp)
  return faults
}

function labelMapFaults(labels: Readonly<Record<string, string>>): FieldError[] {
  const errors: FieldError[] = []
  for (const [key, value] of Object.entries(labels)) {
    for (const fault of qualifiedFaults(key))
      errors.push(field.invalid('metadata.labels', key, fault))
    if (value.length > 63) {
      errors.push(field.invalid('metadata.labels', value, 'must be no more than 63 bytes'))
    }
    if (value !== '' && !word.test(value)) {
      errors.push(field.invalid('metadata.labels', value, labelValueHelp))
    }
  }
  return errors
}

const annotationBytes = 262_144

function annotationFaults(annotations: Readonly<Record<string, string>>): FieldError[] {
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
