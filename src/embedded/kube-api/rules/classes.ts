/** Classes of things: of storage, Ingresses, priorities and runtimes. What one says stays as it is. */
import { equalJson } from '#base'
import { field, forbidden, type FieldError } from '../errors.ts'
import type { Core } from '../core.ts'
import type { Rules } from '../kinds/rules.ts'
import { entryKey } from '../storage/store.ts'
import { get, listAt, textAt, isFielded, type Obj } from '../object.ts'
import { labelFaults, qualifiedFaults } from '../validate/qualified.ts'
import { oneOf } from './container.ts'

/** Faults of fields that may not change. */
export function frozen(
  next: Obj,
  before: Obj,
  paths: readonly (readonly string[])[],
): FieldError[] {
  return paths.flatMap((path) => {
    const value = get(next, ...path) ?? null
    if (equalJson(value, get(before, ...path) ?? null)) return []
    return [field.invalid(path.join('.'), value, 'field is immutable')]
  })
}

export const storageClassRules: Rules = {
  complete: (kind) => {
    kind['reclaimPolicy'] ??= 'Delete'
    kind['volumeBindingMode'] ??= 'Immediate'
  },
  validate: (kind) => {
    const provisioner = textAt(kind, 'provisioner')
    const policy = textAt(kind, 'reclaimPolicy')
    const modes = ['Immediate', 'WaitForFirstConsumer']
    return [
      ...(provisioner === '' ? [field.required('provisioner')] : []),
      ...(provisioner === '' ? [] : qualifiedFaults(provisioner.toLowerCase())).map((why) =>
        field.invalid('provisioner', provisioner, why),
      ),
      ...oneOf(policy, 'reclaimPolicy', ['Delete', 'Retain']),
      ...oneOf(textAt(kind, 'volumeBindingMode'), 'volumeBindingMode', modes),
    ]
  },
  validateUpdate: (next, before) =>
    frozen(next, before, [
      ['parameters'],
      ['provisioner'],
      ['reclaimPolicy'],
      ['volumeBindingMode'],
    ]),
}

function parameterFaults(kind: Obj): FieldError[] {
  const parameters = get(kind, 'spec', 'parameters')
  if (parameters === undefined) return []
  const at = 'spec.parameters'
  const scope = textAt(parameters, 'scope')
  const namespace = textAt(parameters, 'namespace')
  const errors = ['kind', 'name'].flatMap((name) =>
    textAt(parameters, name) === '' ? [field.required(`${at}.${name}`, `${name} is required`)] : [],
  )
  errors.push(...oneOf(scope, `${at}.scope`, ['Cluster', 'Namespace']))
  if (scope === 'Namespace' && namespace === '') {
    errors.push(field.required(`${at}.namespace`, "`parameters.scope` is set to 'Namespace'"))
  }
  if (scope === 'Cluster' && namespace !== '') {
    errors.push(field.forbidden(`${at}.namespace`, "`parameters.scope` is set to 'Cluster'"))
  }
  return errors
}

export const ingressClassRules: Rules = {
  complete: (kind) => {
    const parameters = get(kind, 'spec', 'parameters')
    if (isFielded(parameters)) parameters['scope'] ??= 'Cluster'
  },
  validate: (kind) => {
    const controller = textAt(kind, 'spec', 'controller')
    const at = 'spec.controller'
    const isPath = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/.+$/.test(controller)
    const why = 'must be a domain-prefixed path (such as "acme.io/foo")'
    return [
      ...(controller === '' ? [field.required(at)] : []),
      ...(controller === '' || isPath ? [] : [field.invalid(at, controller, why)]),
      ...parameterFaults(kind),
    ]
  },
  validateUpdate: (next, before) => frozen(next, before, [['spec', 'controller']]),
  generation: true,
}

const mostPriority = 1_000_000_000
const systemPriorities: ReadonlyMap<string, number> = new Map([
  ['system-node-critical', 2_000_001_000],
  ['system-cluster-critical', 2_000_000_000],
])

function priorityFaults(kind: Obj): FieldError[] {
  const name = kind.metadata.name ?? ''
  const value = get(kind, 'value') ?? 0
  const errors: FieldError[] = []
  if (name.startsWith('system-')) {
    if (!systemPriorities.has(name)) {
      const why = `priority class names with 'system-' prefix are reserved for system use only. error: ${name} is not a known system priority class`
      errors.push(field.forbidden('metadata.name', why))
    }
  } else if (typeof value === 'number' && value > mostPriority) {
    const why = `maximum allowed value of a user defined priority is ${mostPriority}`
    errors.push(field.forbidden('value', why))
  }
  const policies = ['PreemptLowerPriority', 'Never']
  return [...errors, ...oneOf(textAt(kind, 'preemptionPolicy'), 'preemptionPolicy', policies)]
}

export const priorityClassRules: Rules = {
  complete: (kind) => {
    kind['preemptionPolicy'] ??= 'PreemptLowerPriority'
  },
  assertAllowed: (kind, before, { core, kind: about }) => {
    if (kind['globalDefault'] !== true) return
    const name = kind.metadata.name ?? before?.metadata.name ?? ''
    for (const [, { object }] of core.store.entries(about.bucket)) {
      if (object['globalDefault'] !== true || object.metadata.name === name) continue
      const other = `PriorityClass ${object.metadata.name ?? ''} is already marked as default`
      throw forbidden(about, name, `${other}. Only one default can exist`)
    }
  },
  prepareCreate: ({ metadata }) => {
    // Counted once, and never again.
    metadata.generation = 1
  },
  validate: priorityFaults,
  validateUpdate: (next, before) => [
    ...(get(next, 'value') === get(before, 'value')
      ? []
      : [field.forbidden('value', 'may not be changed in an update.')]),
    ...frozen(next, before, [['preemptionPolicy']]),
  ],
}

/** The priority of a class; undefined when there is none of that name. */
export function priorityOf(core: Core, name: string): number | undefined {
  const entry = core.store.get('priorityclasses.scheduling.k8s.io', entryKey('', name))
  const value = get(entry?.object, 'value') ?? systemPriorities.get(name)
  return entry === undefined && value === undefined ? undefined : Number(value ?? 0)
}

export const runtimeClassRules: Rules = {
  validate: (kind) => {
    const handler = textAt(kind, 'handler')
    if (handler === '') return [field.required('handler')]
    return labelFaults(handler).map((why) => field.invalid('handler', handler, why))
  },
  validateUpdate: (next, before) => frozen(next, before, [['handler']]),
}

export const driverRules: Rules = {
  validate: (driver) =>
    listAt(driver, 'spec', 'volumeLifecycleModes').flatMap((mode) =>
      oneOf(String(mode), 'spec.volumeLifecycleModes', ['Persistent', 'Ephemeral']),
    ),
}
