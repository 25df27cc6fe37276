import { field, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import { get, isFielded, listAt, textAt, type Fielded, type Obj } from '../object.ts'
import { formatWarnings, schemaFaults } from '../schema/definition-faults.ts'
import { ruleDeclarationFaults } from '../schema/rule-declarations.ts'

export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io'

function complete(definition: Obj): void {
  const spec = definition['spec']
  if (!isFielded(spec)) return
  const names = isFielded(spec['names']) ? spec['names'] : {}
  const kind = textAt(names, 'kind')
  spec['names'] = {
    ...names,
    ...(textAt(names, 'singular') === '' && kind !== '' ? { singular: kind.toLowerCase() } : {}),
    ...(textAt(names, 'listKind') === '' && kind !== '' ? { listKind: `${kind}List` } : {}),
  }
  if (!isFielded(spec['conversion'])) spec['conversion'] = { strategy: 'None' }
}

function prepareCreate(definition: Obj): void {
  const stored = listAt(definition, 'spec', 'versions').filter(
    (one) => get(one, 'storage') === true,
  )
  definition['status'] = {
    conditions: null,
    acceptedNames: { plural: '', kind: '' },
    storedVersions: stored.slice(0, 1).map((one) => textAt(one, 'name')),
  }
}

function prepareUpdate(definition: Obj, before: Obj): void {
  const status = definition['status']
  if (!isFielded(status)) return
  const storage = listAt(definition, 'spec', 'versions').find((one) => get(one, 'storage') === true)
  const name = textAt(storage, 'name')
  const stored = listAt(status, 'storedVersions') as readonly string[]
  if (name !== '' && !stored.includes(name) && before !== definition) {
    definition['status'] = { ...status, storedVersions: [...stored, name] }
  }
}

function validate(definition: Obj): FieldError[] {
  const errors: FieldError[] = []
  const spec = get(definition, 'spec')
  const group = textAt(spec, 'group')
  const plural = textAt(spec, 'names', 'plural')
  const name = definition.metadata.name ?? ''
  if (name !== `${plural}.${group}`) {
    errors.push(field.invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group'))
  }
  if (group === '') errors.push(field.required('spec.group'))
  else if (!group.includes('.')) {
    errors.push(field.invalid('spec.group', group, 'should be a domain with at least one dot'))
  }
  const approval = 'api-approved.kubernetes.io'
  const isProtected = /(^|\.)(k8s|kubernetes)\.io$/.test(group)
  if (isProtected && definition.metadata.annotations?.[approval] === undefined) {
    errors.push(
      field.required(
        `metadata.annotations[${approval}]`,
        `protected groups must have approval annotation "${approval}", see https://github.com/kubernetes/enhancements/pull/1111`,
      ),
    )
  }
  if (
    textAt(spec, 'conversion', 'strategy') === 'Webhook' &&
    get(spec, 'conversion', 'webhook') === undefined
  ) {
    errors.push(
      field.required(
        'spec.conversion.webhookClientConfig',
        'required when strategy is set to Webhook',
      ),
      field.required('spec.conversion.conversionReviewVersions'),
    )
  }
  const scope = textAt(spec, 'scope')
  if (scope === '') errors.push(field.required('spec.scope'))
  else if (scope !== 'Cluster' && scope !== 'Namespaced') {
    errors.push(field.notSupported('spec.scope', scope, ['Cluster', 'Namespaced']))
  }
  errors.push(...versionFaults(definition))
  errors.push(...nameFaults(get(spec, 'names')))
  return errors
}

const label1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const label1035Help =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"

function nameFaults(names: unknown): FieldError[] {
  const errors: FieldError[] = []
  if (textAt(names, 'plural') === '') errors.push(field.required('spec.names.plural'))
  for (const [part, isMixed] of [
    ['plural', false],
    ['singular', false],
    ['kind', true],
    ['listKind', true],
  ] as const) {
    const name = textAt(names, part)
    if (name === '' || label1035.test(isMixed ? name.toLowerCase() : name)) continue
    const help = isMixed
      ? `may have mixed case, but should otherwise match: ${label1035Help}`
      : label1035Help
    errors.push(field.invalid(`spec.names.${part}`, name, help))
  }
  const kind = textAt(names, 'kind')
  if (kind === '') errors.push(field.required('spec.names.kind'))
  else if (kind === textAt(names, 'listKind')) {
    errors.push(field.invalid('spec.names.listKind', kind, 'kind and listKind may not be the same'))
  }
  return errors
}

function versionFaults(definition: Obj): FieldError[] {
  const errors: FieldError[] = []
  const versions = listAt(definition, 'spec', 'versions')
  const storing = versions.filter((one) => get(one, 'storage') === true)
  if (storing.length !== 1) {
    const shown = versions.map((one) => goVersion(one as Fielded))
    errors.push(
      field.invalid(
        'spec.versions',
        shown,
        'must have exactly one version marked as storage version',
      ),
    )
  }
  for (const [i, version] of versions.entries()) {
    const name = textAt(version, 'name')
    if (!label1035.test(name)) {
      errors.push(field.invalid(`spec.versions[${i}].name`, name, label1035Help))
      if (versions.length === 1) errors.push(field.invalid('spec.version', name, label1035Help))
    }
    const schema = get(version, 'schema', 'openAPIV3Schema')
    if (schema === undefined) {
      errors.push(field.required(`spec.versions[${i}].schema.openAPIV3Schema`))
    } else if (isFielded(schema)) {
      // With one version the real server speaks of the place where such a schema used to be.
      const at =
        versions.length === 1
          ? 'spec.validation.openAPIV3Schema'
          : `spec.versions[${i}].schema.openAPIV3Schema`
      const faults = schemaFaults(schema, at)
      errors.push(...faults)
      // Rules are looked at only where the schema itself can be understood.
      if (faults.length === 0) errors.push(...ruleDeclarationFaults(schema, at))
    }
  }
  const stored = listAt(definition, 'status', 'storedVersions') as readonly string[]
  for (const [i, name] of stored.entries()) {
    if (!versions.some((one) => textAt(one, 'name') === name)) {
      errors.push(
        field.invalid(
          `status.storedVersions[${i}]`,
          name,
          'missing from spec.versions; no other version is marked as storage version',
        ),
      )
    }
  }
  if (stored.length === 0) {
    errors.push(
      field.invalid('status.storedVersions', null, 'must have at least one stored version'),
    )
  }
  const last = storing[storing.length - 1]
  if (last !== undefined && !stored.includes(textAt(last, 'name'))) {
    errors.push(
      field.invalid(
        'status.storedVersions',
        stored,
        `must have the storage version ${textAt(last, 'name')}`,
      ),
    )
  }
  return errors
}

function goVersion(version: Fielded): Fielded {
  return {
    Name: textAt(version, 'name'),
    Served: version['served'] === true,
    Storage: version['storage'] === true,
    Deprecated: version['deprecated'] === true,
    DeprecationWarning: version['deprecationWarning'] ?? null,
    Schema: null,
    Subresources: null,
    AdditionalPrinterColumns: null,
    SelectableFields: null,
  }
}

export const definitionRules: Rules = {
  complete,
  prepareCreate,
  prepareUpdate,
  validate,
  warnings: (definition) =>
    listAt(definition, 'spec', 'versions').flatMap((version) => {
      const schema = get(version, 'schema', 'openAPIV3Schema')
      return isFielded(schema) ? formatWarnings(schema) : []
    }),
  generation: true,
  needsVersion: true,
}
