import { equalJson } from '#base'
import type { Core } from '../core.ts'
import { field, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import { get, isFielded, listAt, textAt, type Fielded, type Obj } from '../object.ts'
import { queryFaults } from './label-query.ts'
import { endlessPodFaults, podFaults, podWarnings } from './pod.ts'

const tolerated: readonly Fielded[] = ['not-ready', 'unreachable'].map((name) => ({
  key: `node.kubernetes.io/${name}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}))

// What admission adds to every Pod: a priority, and patience with nodes that are away for a while.
function admitPod(pod: Obj): void {
  const spec = pod['spec'] as Fielded
  spec['priority'] ??= 0
  spec['preemptionPolicy'] ??= 'PreemptLowerPriority'
  const held = listAt(spec, 'tolerations')
  const missing = tolerated.filter((one) => {
    return !held.some(
      (own) =>
        [one['key'], undefined].includes(get(own, 'key')) &&
        ['', 'NoExecute'].includes(textAt(own, 'effect')),
    )
  })
  if (held.length + missing.length > 0) spec['tolerations'] = [...held, ...missing]
  pod['status'] = { phase: 'Pending', qosClass: qualityOf(pod) }
}

// How a Pod fares when its node runs short: by what its containers ask for and may use.
function qualityOf(pod: Obj): string {
  const all = [...listAt(pod, 'spec', 'containers'), ...listAt(pod, 'spec', 'initContainers')]
  const amounts = all.map((container) =>
    ['cpu', 'memory'].map((name) => [
      get(container, 'resources', 'requests', name),
      get(container, 'resources', 'limits', name),
    ]),
  )
  if (amounts.flat(2).every((one) => one === undefined)) return 'BestEffort'
  const isExact = amounts.flat().every(([asked, most]) => asked !== undefined && asked === most)
  return isExact ? 'Guaranteed' : 'Burstable'
}

export const podRules: Rules = {
  prepareCreate: admitPod,
  validate: (pod) => podFaults(pod['spec'], 'spec'),
  warnings: (pod) => podWarnings(pod['spec'], 'spec'),
  generation: true,
  selectable: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
  ],
}

const templateSpec = 'spec.template.spec'

// A selector is needed, and must fit the Pods that it is to find.
function selectorFaults(object: Obj): FieldError[] {
  const selector = get(object, 'spec', 'selector')
  // A ReplicationController's selector is no more than labels.
  if (object.kind === 'ReplicationController') return []
  const labels = get(object, 'spec', 'template', 'metadata', 'labels') ?? null
  const why = '`selector` does not match template `labels`'
  const misfit = field.invalid('spec.template.metadata.labels', labels, why)
  if (!isFielded(selector)) {
    return [field.required('spec.selector'), ...(labels === null ? [misfit] : [])]
  }
  const faults = queryFaults(selector, 'spec.selector')
  return faults.length > 0 || fits(selector, object) ? faults : [misfit]
}

function fits(selector: Fielded, object: Obj): boolean {
  const labels = get(object, 'spec', 'template', 'metadata', 'labels')
  const wanted = get(selector, 'matchLabels')
  return Object.entries(isFielded(wanted) ? wanted : {}).every(
    ([key, value]) => get(labels, key) === value,
  )
}

function jobFaults(job: Obj): FieldError[] {
  const spec = get(job, 'spec', 'template', 'spec')
  const policy = textAt(spec, 'restartPolicy')
  const errors = ['parallelism', 'completions', 'backoffLimit', 'ttlSecondsAfterFinished'].flatMap(
    (name) => {
      const value = get(job, 'spec', name)
      const isNegative = typeof value === 'number' && value < 0
      if (!isNegative) return []
      return [field.invalid(`spec.${name}`, value, 'must be greater than or equal to 0')]
    },
  )
  errors.push(...podFaults(spec, templateSpec))
  if (policy === 'Always') {
    const at = `${templateSpec}.restartPolicy`
    // The real server speaks of what is missing as of what is wrong.
    errors.push(field.required(at, 'valid values: "OnFailure", "Never"'))
  }
  return errors
}

/** Kinds with a Pod template and nothing else of their own. */
export const templateRules: Rules = {
  validate: (object) => [
    ...selectorFaults(object),
    ...endlessPodFaults(get(object, 'spec', 'template', 'spec'), templateSpec),
  ],
  warnings: (object) => podWarnings(get(object, 'spec', 'template', 'spec'), templateSpec),
  validateUpdate: (next, before) => {
    const [a, b] = [get(next, 'spec', 'selector'), get(before, 'spec', 'selector')]
    return equalJson(a, b) ? [] : [field.invalid('spec.selector', a, 'field is immutable')]
  },
  generation: true,
}

/** Whether a change of what is asked for is counted; nothing else is special. */
export const countedRules: Rules = { generation: true }

export const replicaRules: Rules = { ...templateRules, selectable: ['status.replicas'] }

export const daemonRules: Rules = {
  ...templateRules,
  // The count of templates, which an older client of this kind looked at.
  complete: (set) => {
    set.metadata.annotations = { [templateCount]: '1', ...set.metadata.annotations }
  },
  prepareUpdate: (set, before) => {
    const held = Number(before.metadata.annotations?.[templateCount] ?? 0)
    const template = (object: Obj): unknown => get(object, 'spec', 'template') ?? null
    const count = equalJson(template(set), template(before)) ? held : held + 1
    set.metadata.annotations = { ...set.metadata.annotations, [templateCount]: String(count) }
  },
}

const templateCount = 'deprecated.daemonset.template.generation'

// A Job finds its Pods by labels that it makes of its own name and uid.
function labelJob(job: Obj, _core: Core): void {
  const spec = job['spec']
  if (!isFielded(spec) || spec['manualSelector'] === true) return
  const { uid = '', name = '' } = job.metadata
  const own = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  }
  const template = spec['template']
  const metadata = get(template, 'metadata')
  if (!isFielded(template)) return
  const labels = get(metadata, 'labels')
  template['metadata'] = {
    ...(isFielded(metadata) ? metadata : {}),
    labels: { ...(isFielded(labels) ? labels : {}), ...own },
  }
  spec['selector'] = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } }
  // Without labels of its own it has those of its Pods, which grow with them.
  const given = isFielded(labels) ? (labels as Record<string, string>) : {}
  if (equalJson(job.metadata.labels ?? given, given)) job.metadata.labels = { ...given, ...own }
}

// What a Job was made for stays; the real server lets the scheduling of one that its controller has
// suspended change, and there is no such controller here.
function changedJobFaults(next: Obj, before: Obj): FieldError[] {
  return ['completions', 'selector', 'template', 'completionMode'].flatMap((name) => {
    const value = get(next, 'spec', name)
    if (equalJson(value, get(before, 'spec', name))) return []
    return [field.invalid(`spec.${name}`, value ?? null, 'field is immutable')]
  })
}

export const jobRules: Rules = {
  prepareCreate: labelJob,
  validate: (job) => jobFaults(job),
  validateUpdate: changedJobFaults,
  generation: true,
  selectable: ['status.successful'],
}

const budgetParts = ['minAvailable', 'selector', 'maxUnavailable', 'unhealthyPodEvictionPolicy']

export const budgetRules: Rules = {
  generation: true,
  validate: (budget) => {
    const spec = budget['spec']
    const isBoth = ['minAvailable', 'maxUnavailable'].every((name) => get(spec, name) !== undefined)
    if (!isBoth) return []
    const shown = Object.fromEntries(
      budgetParts.map((name) => [
        `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`,
        get(spec, name) ?? null,
      ]),
    )
    return [field.invalid('spec', shown, 'minAvailable and maxUnavailable cannot be both set')]
  },
}

export const cronJobRules: Rules = { generation: true }

/** Claims: kept while a Pod uses them. */
export const claimRules: Rules = {
  prepareCreate: (claim) => {
    claim['status'] = { phase: 'Pending' }
    const held = claim.metadata.finalizers ?? []
    const own = 'kubernetes.io/pvc-protection'
    if (!held.includes(own)) claim.metadata.finalizers = [...held, own]
  },
}
