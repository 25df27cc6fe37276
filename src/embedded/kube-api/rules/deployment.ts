import { field, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import { equalJson } from '#base'
import { get, isFielded, listAt, textAt, type Fielded, type Obj } from '../object.ts'

function fill(target: Fielded, defaults: Fielded): void {
  for (const [key, value] of Object.entries(defaults)) target[key] ??= value
}

function part(holder: Fielded, key: string): Fielded {
  const held = holder[key]
  if (isFielded(held)) {
    const own = { ...held }
    holder[key] = own
    return own
  }
  const made: Fielded = {}
  holder[key] = made
  return made
}

/** Defaults of a Pod's spec, in place. */
export function completePodSpec(spec: Fielded): void {
  for (const name of ['containers', 'initContainers'] as const) {
    if (!Array.isArray(spec[name])) continue
    spec[name] = (spec[name] as unknown[]).map((one) =>
      isFielded(one) ? completeContainer(one) : one,
    )
  }
  fill(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  })
  if (Array.isArray(spec['volumes'])) spec['volumes'] = spec['volumes'].map(completeVolume)
}

function completeContainer(given: Fielded): Fielded {
  const container: Fielded = { ...given }
  const image = textAt(container, 'image')
  const isLatest = image.endsWith(':latest') || !/:[^/]+$/.test(image)
  fill(container, {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: isLatest && !image.includes('@') ? 'Always' : 'IfNotPresent',
  })
  if (Array.isArray(container['ports'])) {
    container['ports'] = container['ports'].map((port: unknown) =>
      isFielded(port) ? { ...port, protocol: port['protocol'] ?? 'TCP' } : port,
    )
  }
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    if (!isFielded(container[probe])) continue
    const own = part(container, probe)
    fill(own, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 })
    if (isFielded(own['httpGet'])) fill(part(own, 'httpGet'), { path: '/', scheme: 'HTTP' })
  }
  return container
}

function completeVolume(volume: unknown): unknown {
  if (!isFielded(volume)) return volume
  const own = { ...volume }
  for (const name of ['secret', 'configMap', 'projected', 'downwardAPI']) {
    if (isFielded(own[name])) fill(part(own, name), { defaultMode: 420 })
  }
  return own
}

function completePodTemplate(spec: Fielded): void {
  const template = part(spec, 'template')
  template['metadata'] ??= {}
  completePodSpec(part(template, 'spec'))
}

function complete(deployment: Obj): void {
  const spec = part(deployment, 'spec')
  fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 })
  const strategy = part(spec, 'strategy')
  strategy['type'] ??= 'RollingUpdate'
  if (strategy['type'] === 'RollingUpdate') {
    fill(part(strategy, 'rollingUpdate'), { maxUnavailable: '25%', maxSurge: '25%' })
  }
  completePodTemplate(spec)
  deployment['status'] ??= {}
}

/** Faults of the containers of a Pod's spec. */
export function podFaults(spec: unknown, at: string): FieldError[] {
  const errors: FieldError[] = []
  const containers = listAt(spec, 'containers')
  if (containers.length === 0) errors.push(field.required(`${at}.containers`))
  const seen = new Set<string>()
  for (const [i, container] of containers.entries()) {
    const name = textAt(container, 'name')
    if (name === '') errors.push(field.required(`${at}.containers[${i}].name`))
    else if (seen.has(name)) errors.push(field.duplicate(`${at}.containers[${i}].name`, name))
    seen.add(name)
    if (textAt(container, 'image') === '')
      errors.push(field.required(`${at}.containers[${i}].image`))
  }
  return errors
}

function validate(deployment: Obj): FieldError[] {
  const errors: FieldError[] = []
  const spec = deployment['spec']
  const replicas = get(spec, 'replicas')
  if (typeof replicas === 'number' && replicas < 0) {
    errors.push(field.invalid('spec.replicas', replicas, 'must be greater than or equal to 0'))
  }
  const selector = get(spec, 'selector')
  if (selector === undefined) errors.push(field.required('spec.selector'))
  else if (isFielded(selector) && Object.keys(selector).length === 0) {
    errors.push(field.invalid('spec.selector', {}, 'empty selector is invalid for deployment'))
  }
  errors.push(...strategyFaults(get(spec, 'strategy')))
  const labels = get(spec, 'template', 'metadata', 'labels')
  const wanted = get(selector, 'matchLabels')
  const fits = Object.entries(isFielded(wanted) ? wanted : {}).every(
    ([key, value]) => get(labels, key) === value,
  )
  const isBare = selector === undefined && labels === undefined
  if (!fits || isBare) {
    errors.push(
      field.invalid(
        'spec.template.metadata.labels',
        labels ?? null,
        '`selector` does not match template `labels`',
      ),
    )
  }
  return [...errors, ...podFaults(get(spec, 'template', 'spec'), 'spec.template.spec')]
}

function strategyFaults(strategy: unknown): FieldError[] {
  const type = textAt(strategy, 'type')
  const rolling = get(strategy, 'rollingUpdate')
  if (type === 'Recreate' && rolling !== undefined) {
    const why = "may not be specified when strategy `type` is 'Recreate'"
    return [field.forbidden('spec.strategy.rollingUpdate', why)]
  }
  if (type === 'Recreate' || type === 'RollingUpdate') return []
  const shown = { Type: type, RollingUpdate: rolling ?? null }
  return [field.notSupported('spec.strategy', shown, ['Recreate', 'RollingUpdate'])]
}

function validateUpdate(next: Obj, before: Obj): FieldError[] {
  const [a, b] = [get(next, 'spec', 'selector'), get(before, 'spec', 'selector')]
  return equalJson(a, b) ? [] : [field.invalid('spec.selector', a, 'field is immutable')]
}

export const deploymentRules: Rules = { complete, validate, validateUpdate, generation: true }

export const podRules: Rules = {
  complete: (pod) => {
    completePodSpec(part(pod, 'spec'))
    const spec = part(pod, 'spec')
    spec['enableServiceLinks'] ??= true
    pod['status'] ??= { phase: 'Pending', qosClass: 'BestEffort' }
  },
  validate: (pod) => podFaults(pod['spec'], 'spec'),
  selectable: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
}

/** Kinds with a Pod template and nothing else of their own. */
export const templateRules: Rules = {
  complete: (object) => {
    completePodTemplate(part(object, 'spec'))
    object['status'] ??= {}
  },
  generation: true,
}
