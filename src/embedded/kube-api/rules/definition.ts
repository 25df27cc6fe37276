import { equalJson } from '#base'
import { field, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import { drop, get, isFielded, listAt, put, textAt, type Fielded, type Obj } from '../object.ts'
import {
  columnFaults,
  goVersion,
  isShared,
  schemaFaults,
  selectableFaults,
  subresourceFaults,
  unknownFormats,
} from '../schema/definition-faults.ts'
import { subdomainFaults } from '../validate/qualified.ts'
import { conversionFaults } from './conversion.ts'

export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io'

function complete(definition: Obj): void {
  const spec = definition['spec']
  if (!isFielded(spec)) return
  const status = definition['status']
  const storage = listAt(spec, 'versions').find((one) => get(one, 'storage') === true)
  if (isFielded(status) && listAt(status, 'storedVersions').length === 0 && storage !== undefined) {
    status['storedVersions'] = [textAt(storage, 'name')]
  }
  const names = isFielded(spec['names']) ? spec['names'] : {}
  const kind = textAt(names, 'kind')
  spec['names'] = {
    ...names,
    ...(textAt(names, 'singular') === '' && kind !== '' ? { singular: kind.toLowerCase() } : {}),
    ...(textAt(names, 'listKind') === '' && kind !== '' ? { listKind: `${kind}List` } : {}),
  }
  if (!isFielded(spec['conversion'])) spec['conversion'] = { strategy: 'None' }
  const service = get(spec, 'conversion', 'webhook', 'clientConfig', 'service')
  if (isFielded(service)) service['port'] ??= 443
  if (spec['preserveUnknownFields'] === false) drop(spec, 'preserveUnknownFields')
  for (const version of listAt(spec, 'versions')) withoutVoids(version)
}

const falseByNature: ReadonlySet<string> = new Set([
  'uniqueItems',
  'nullable',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
])

// Go leaves out what is false or null anyway.
function withoutVoids(version: unknown): void {
  if (!isFielded(version)) return
  if (version['deprecated'] === false) drop(version, 'deprecated')
  version['served'] ??= false
  version['storage'] ??= false
  const held = get(version, 'schema', 'openAPIV3Schema')
  if (!isFielded(held)) return
  const openAPIV3Schema = cleaned(held)
  if (openAPIV3Schema !== held) version['schema'] = { openAPIV3Schema }
}

/** The schema without what says nothing; itself when there is no such thing, as in nearly all. */
function cleaned(schema: Fielded): Fielded {
  let result = schema
  for (const key of Object.keys(schema)) {
    const value = schema[key]
    const next = cleanedPart(key, value)
    if (next === value) continue
    if (result === schema) result = { ...schema }
    if (next === undefined) drop(result, key)
    else put(result, key, next)
  }
  return result
}

function cleanedPart(key: string, value: unknown): unknown {
  if (value === false) return falseByNature.has(key) ? undefined : value
  if (value === null) return key === 'default' || key === 'example' ? undefined : value
  switch (key) {
    case 'properties':
      return isFielded(value) ? cleanedAll(value) : value
    case 'items':
    case 'not':
    case 'additionalProperties':
      return isFielded(value) ? cleaned(value) : value
    case 'allOf':
    case 'anyOf':
    case 'oneOf':
      return cleanedList(value)
    default:
      return value
  }
}

function cleanedAll(schemas: Fielded): Fielded {
  let result = schemas
  for (const name of Object.keys(schemas)) {
    const held = schemas[name]
    const next = isFielded(held) ? cleaned(held) : held
    if (next === held) continue
    if (result === schemas) result = { ...schemas }
    put(result, name, next)
  }
  return result
}

function cleanedList(list: unknown): unknown {
  if (!Array.isArray(list)) return list
  const next = list.map((one: unknown) => (isFielded(one) ? cleaned(one) : one))
  return next.some((one, i) => one !== list[i]) ? next : list
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

const approval = 'api-approved.kubernetes.io'
const approvalHelp = 'see https://github.com/kubernetes/enhancements/pull/1111'

function validate(definition: Obj, before?: Obj): FieldError[] {
  const spec = get(definition, 'spec')
  const accepted = namesFaults(get(definition, 'status', 'acceptedNames'), 'status.acceptedNames')
  // Of a status alone only the names are looked at.
  if (before !== undefined && isStatusAlone(definition, before)) return accepted
  const versions = listAt(spec, 'versions')
  return [
    ...(before === undefined ? nameFaults(definition) : []),
    ...groupFaults(spec),
    ...schemaPresenceFaults(versions),
    ...versions.flatMap((version, i) => versionFaults(version, i, versions)),
    ...versionsFaults(get(spec, 'versions'), versions),
    ...wantedNames(get(spec, 'names')),
    ...namesFaults(get(spec, 'names'), 'spec.names'),
    ...sharedFaults(versions),
    ...conversionFaults(get(spec, 'conversion')),
    ...(before === undefined ? [] : immutableFaults(definition, before)),
    ...accepted,
    ...storedFaults(definition, versions),
    ...approvalFaults(definition, before),
    ...preserveFaults(spec),
  ]
}

function isStatusAlone(definition: Obj, before: Obj): boolean {
  return (
    !equalJson(definition['status'], before['status']) &&
    equalJson(definition['spec'], before['spec'])
  )
}

function nameFaults({ metadata, spec }: Obj): FieldError[] {
  const { name = '', generateName = '' } = metadata
  const wanted = `${textAt(spec, 'names', 'plural')}.${textAt(spec, 'group')}`
  const why = 'must be spec.names.plural+"."+spec.group'
  return [
    ...(generateName === '' || generateName === wanted
      ? []
      : [field.invalid('metadata.generateName', generateName, why)]),
    ...(name === '' || name === wanted ? [] : [field.invalid('metadata.name', name, why)]),
  ]
}

function groupFaults(spec: unknown): FieldError[] {
  const errors: FieldError[] = []
  const group = textAt(spec, 'group')
  const wrong = subdomainFaults(group)
  if (group === '') errors.push(field.required('spec.group'))
  else if (wrong.length > 0) errors.push(field.invalid('spec.group', group, wrong.join(',')))
  else if (!group.includes('.')) {
    errors.push(field.invalid('spec.group', group, 'should be a domain with at least one dot'))
  }
  const scope = textAt(spec, 'scope')
  if (scope === '') errors.push(field.required('spec.scope'))
  else if (scope !== 'Cluster' && scope !== 'Namespaced') {
    errors.push(field.notSupported('spec.scope', scope, ['Cluster', 'Namespaced']))
  }
  return errors
}

function schemaPresenceFaults(versions: readonly unknown[]): FieldError[] {
  if (isShared(versions, 'schema') && get(versions[0], 'schema', 'openAPIV3Schema') !== undefined) {
    return []
  }
  return versions.flatMap((version, i) =>
    get(version, 'schema', 'openAPIV3Schema') === undefined
      ? [field.required(`spec.versions[${i}].schema.openAPIV3Schema`)]
      : [],
  )
}

const label1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const label1035Help =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"

/** Why a word is no DNS-1035 label; undefined when it is one. */
function labelFault(word: string): string | undefined {
  const faults = [
    ...(word.length > 63 ? ['must be no more than 63 characters'] : []),
    ...(label1035.test(word) ? [] : [label1035Help]),
  ]
  return faults.length === 0 ? undefined : faults.join(',')
}

function versionFaults(version: unknown, i: number, versions: readonly unknown[]): FieldError[] {
  const at = `spec.versions[${i}]`
  const errors: FieldError[] = []
  const name = textAt(version, 'name')
  const wrong = labelFault(name)
  if (wrong !== undefined) errors.push(field.invalid(`${at}.name`, name, wrong))
  errors.push(...deprecationFaults(version, `${at}.deprecationWarning`))
  if (!isShared(versions, 'schema'))
    errors.push(...schemaOf(version, `${at}.schema`, hasStatus(version)))
  if (!isShared(versions, 'subresources')) {
    errors.push(...subresourceFaults(get(version, 'subresources'), `${at}.subresources`))
  }
  if (!isShared(versions, 'additionalPrinterColumns')) {
    errors.push(...columnsOf(version, `${at}.additionalPrinterColumns`))
  }
  if (!isShared(versions, 'selectableFields')) {
    errors.push(...selectableOf(version, `${at}.selectableFields`))
  }
  return errors
}

function hasStatus(version: unknown): boolean {
  return (get(version, 'subresources', 'status') ?? null) !== null
}

function schemaOf(version: unknown, at: string, withStatus: boolean): FieldError[] {
  const schema = get(version, 'schema', 'openAPIV3Schema')
  return isFielded(schema) ? schemaFaults(schema, at, withStatus) : []
}

function columnsOf(version: unknown, at: string): FieldError[] {
  return listAt(version, 'additionalPrinterColumns').flatMap((column, i) =>
    columnFaults(column, `${at}[${i}]`),
  )
}

function selectableOf(version: unknown, at: string): FieldError[] {
  const schema = get(version, 'schema', 'openAPIV3Schema')
  return selectableFaults(listAt(version, 'selectableFields'), schema, at)
}

function deprecationFaults(version: unknown, at: string): FieldError[] {
  const warning = get(version, 'deprecationWarning')
  if (typeof warning !== 'string') return []
  const wrong = (why: string): FieldError => field.invalid(at, warning, why)
  if (get(version, 'deprecated') !== true) return [wrong('can only be set for deprecated versions')]
  const errors: FieldError[] = []
  if (warning.length > 256) errors.push(wrong('must be <= 256 characters long'))
  if (warning === '') errors.push(wrong('must not be an empty string'))
  const odd = warning.search(/[^\P{C}]|[\p{Zl}\p{Zp}]/u)
  if (odd !== -1) {
    const why = `must only contain printable UTF-8 characters; non-printable character found at index ${odd}`
    errors.push(wrong(why))
  }
  return errors
}

function versionsFaults(given: unknown, versions: readonly unknown[]): FieldError[] {
  const errors: FieldError[] = []
  const names = versions.map((one) => textAt(one, 'name'))
  const shown = given === undefined ? null : versions.map((one) => goVersion(one, versions))
  const storing = versions.filter((one) => get(one, 'storage') === true)
  if (new Set(names).size < names.length) {
    errors.push(field.invalid('spec.versions', shown, 'must contain unique version names'))
  }
  if (storing.length !== 1) {
    const why = 'must have exactly one version marked as storage version'
    errors.push(field.invalid('spec.versions', shown, why))
  }
  const first = names[0] ?? ''
  const wrong = first === '' ? undefined : labelFault(first)
  if (wrong !== undefined) errors.push(field.invalid('spec.version', first, wrong))
  return errors
}

function wantedNames(names: unknown): FieldError[] {
  return ['plural', 'singular', 'kind', 'listKind']
    .filter((part) => textAt(names, part) === '')
    .map((part) => field.required(`spec.names.${part}`))
}

function namesFaults(names: unknown, at: string): FieldError[] {
  const errors: FieldError[] = []
  for (const part of ['plural', 'singular', 'kind', 'listKind'] as const) {
    const name = textAt(names, part)
    const isMixed = part === 'kind' || part === 'listKind'
    const wrong = name === '' ? undefined : labelFault(isMixed ? name.toLowerCase() : name)
    if (wrong === undefined) continue
    const help = isMixed ? `may have mixed case, but should otherwise match: ${wrong}` : wrong
    errors.push(field.invalid(`${at}.${part}`, name, help))
  }
  errors.push(...wordFaults(listAt(names, 'shortNames'), `${at}.shortNames`))
  const kind = textAt(names, 'kind')
  if (kind !== '' && kind === textAt(names, 'listKind')) {
    errors.push(field.invalid(`${at}.listKind`, kind, 'kind and listKind may not be the same'))
  }
  return [...errors, ...wordFaults(listAt(names, 'categories'), `${at}.categories`)]
}

function wordFaults(words: readonly unknown[], at: string): FieldError[] {
  return words.flatMap((word, i) => {
    const wrong = labelFault(String(word))
    return wrong === undefined ? [] : [field.invalid(`${at}[${i}]`, word, wrong)]
  })
}

// What all versions have alike the real server speaks of as the definition's.
function sharedFaults(versions: readonly unknown[]): FieldError[] {
  const first = versions[0]
  const errors: FieldError[] = []
  if (isShared(versions, 'schema')) {
    errors.push(...schemaOf(first, 'spec.validation', versions.some(hasStatus)))
  }
  if (isShared(versions, 'subresources')) {
    errors.push(...subresourceFaults(get(first, 'subresources'), 'spec.subresources'))
  }
  if (isShared(versions, 'additionalPrinterColumns')) {
    errors.push(...columnsOf(first, 'spec.additionalPrinterColumns'))
  }
  if (isShared(versions, 'selectableFields')) {
    errors.push(...selectableOf(first, 'spec.selectableFields'))
  }
  return errors
}

function immutableFaults(definition: Obj, before: Obj): FieldError[] {
  const established = listAt(before, 'status', 'conditions').some(
    (one) => textAt(one, 'type') === 'Established' && textAt(one, 'status') === 'True',
  )
  const fixed = [
    ...(established ? [['scope'], ['names', 'kind']] : []),
    ['group'],
    ['names', 'plural'],
  ]
  return fixed
    .filter((path) => textAt(definition, 'spec', ...path) !== textAt(before, 'spec', ...path))
    .map((path) =>
      field.invalid(
        `spec.${path.join('.')}`,
        textAt(definition, 'spec', ...path),
        'field is immutable',
      ),
    )
}

function storedFaults(definition: Obj, versions: readonly unknown[]): FieldError[] {
  const stored = listAt(definition, 'status', 'storedVersions') as readonly string[]
  const at = 'status.storedVersions'
  if (stored.length === 0) {
    return [field.invalid(at, null, 'must have at least one stored version')]
  }
  const names = versions.map((one) => textAt(one, 'name'))
  const missing = versions
    .filter((one) => get(one, 'storage') === true && !stored.includes(textAt(one, 'name')))
    .map((one) => {
      const why = `must have the storage version ${textAt(one, 'name')}`
      return field.invalid(at, stored, why)
    })
  const gone = [...stored.entries()].filter(([, name]) => !names.includes(name))
  return [
    ...missing,
    ...gone.map(([i, name]) => {
      const why = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`
      return field.invalid(`${at}[${i}]`, name, why)
    }),
  ]
}

const protectedGroup = /(^|\.)(k8s|kubernetes)\.io$/
const missingApproval = `protected groups must have approval annotation "${approval}"`
const badApproval = `${missingApproval} with either a URL or a reason starting with "unapproved"`

/** What a definition in a group of Kubernetes' own says of its approval; undefined in any other group. */
export function approvalSaid(
  definition: Obj,
): { readonly status: string; readonly reason: string; readonly message: string } | undefined {
  if (!protectedGroup.test(textAt(definition, 'spec', 'group'))) return undefined
  const text = definition.metadata.annotations?.[approval] ?? ''
  const no = (
    reason: string,
    message: string,
  ): { status: string; reason: string; message: string } => ({
    status: 'False',
    reason,
    message,
  })
  switch (approvalOf(definition)) {
    case 'approved':
      return { status: 'True', reason: 'ApprovedAnnotation', message: `approved in ${text}` }
    case 'bypassed':
      return no('UnapprovedAnnotation', `not approved: ${JSON.stringify(text)}`)
    case 'missing':
      return no('MissingAnnotation', `${missingApproval}, ${approvalHelp}`)
    case 'invalid':
      return no('InvalidAnnotation', `${badApproval}, ${approvalHelp}`)
  }
}

type Approval = 'approved' | 'bypassed' | 'invalid' | 'missing'

function approvalOf({ metadata }: Obj): Approval {
  const text = metadata.annotations?.[approval] ?? ''
  if (text === '') return 'missing'
  if (text.startsWith('unapproved')) return 'bypassed'
  return /^[a-z][-+.a-z0-9]*:\/\/[^/]/i.test(text) ? 'approved' : 'invalid'
}

function approvalFaults(definition: Obj, before: Obj | undefined): FieldError[] {
  const group = textAt(definition, 'spec', 'group')
  if (!protectedGroup.test(group)) return []
  const state = approvalOf(definition)
  if (before !== undefined && approvalOf(before) === state) return []
  const at = `metadata.annotations[${approval}]`
  if (state === 'missing') return [field.required(at, `${missingApproval}, ${approvalHelp}`)]
  if (state !== 'invalid') return []
  const why = `${badApproval}, ${approvalHelp}`
  return [field.invalid(at, definition.metadata.annotations?.[approval], why)]
}

function preserveFaults(spec: unknown): FieldError[] {
  if (get(spec, 'preserveUnknownFields') !== true) return []
  const why =
    'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'
  return [field.invalid('spec.preserveUnknownFields', true, why)]
}

function formatsOf(definition: Obj): string[] {
  return listAt(definition, 'spec', 'versions').flatMap((version) => {
    const schema = get(version, 'schema', 'openAPIV3Schema')
    return isFielded(schema) ? unknownFormats(schema) : []
  })
}

export const definitionRules: Rules = {
  complete,
  prepareCreate,
  prepareUpdate,
  validate,
  warnings: (definition, before) => {
    const known = before === undefined ? [] : formatsOf(before)
    return formatsOf(definition)
      .filter((format) => !known.includes(format))
      .map((format) => `unrecognized format "${format}"`)
  },
  generation: true,
  needsVersion: true,
}
