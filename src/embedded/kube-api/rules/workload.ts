import { equalJson } from '#base'
import type { Core } from '../core.ts'
import { field, forbidden, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import { copy, drop, get, isFielded, listAt, textAt, type Fielded, type Obj } from '../object.ts'
import { queryFaults } from './label-query.ts'
import { entryKey } from '../storage/store.ts'
import { priorityOf } from './classes.ts'
import { oneOf } from './container.ts'
import { scheduleFault } from './cron-schedule.ts'
import { endlessPodFaults, podFaults, podWarnings } from './pod.ts'
import { podUpdateFaults } from './pod-update.ts'

const tolerated: readonly Fielded[] = ['not-ready', 'unreachable'].map((name) => ({
  key: `node.kubernetes.io/${name}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}))

// What admission adds to every Pod: a priority, and patience with nodes that are away for a while.
function admitPod(pod: Obj, core: Core): void {
  const spec = pod['spec'] as Fielded
  admitPriority(pod, spec, core)
  admitRuntime(pod, spec, core)
  spec['preemptionPolicy'] ??= 'PreemptLowerPriority'
  tolerateAway(pod)
  pod['status'] = { phase: 'Pending', qosClass: qualityOf(pod) }
}

const pods = { group: '', plural: 'pods', kind: 'Pod' }

function admitPriority(pod: Obj, spec: Fielded, core: Core): void {
  const className = textAt(spec, 'priorityClassName')
  const name = pod.metadata.name ?? ''
  const priority = className === '' ? 0 : priorityOf(core, className)
  if (priority === undefined) {
    throw forbidden(pods, name, `no PriorityClass with name ${className} was found`)
  }
  const given = spec['priority']
  if (typeof given === 'number' && given !== priority) {
    const why = `the integer value of priority (${given}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`
    throw forbidden(pods, name, why)
  }
  spec['priority'] = priority
}

function admitRuntime(pod: Obj, spec: Fielded, core: Core): void {
  const wanted = textAt(spec, 'runtimeClassName')
  if (wanted === '') return
  if (core.store.get('runtimeclasses.node.k8s.io', entryKey('', wanted)) !== undefined) return
  const why = `pod rejected: RuntimeClass ${JSON.stringify(wanted)} not found`
  throw forbidden(pods, pod.metadata.name ?? '', why)
}

// Also when they change.
function tolerateAway(pod: Obj): void {
  const spec = pod['spec'] as Fielded
  const held = listAt(spec, 'tolerations')
  const missing = tolerated.filter((one) => {
    return !held.some(
      (own) =>
        [one['key'], undefined].includes(get(own, 'key')) &&
        ['', 'NoExecute'].includes(textAt(own, 'effect')),
    )
  })
  if (missing.length > 0) spec['tolerations'] = [...held, ...missing]
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

// Templates are not looked at for this.
function imageFaults(pod: Obj): FieldError[] {
  return ['containers', 'initContainers'].flatMap((name) =>
    listAt(pod, 'spec', name).flatMap((one, i) => {
      const image = textAt(one, 'image')
      const why = 'must not have leading or trailing whitespace'
      if (image === image.trim()) return []
      return [field.invalid(`spec.${name}[${i}].image`, image, why)]
    }),
  )
}

export const podRules: Rules = {
  prepareCreate: admitPod,
  validate: (pod) => [...podFaults(pod['spec'], 'spec'), ...imageFaults(pod)],
  validateUpdate: podUpdateFaults,
  prepareUpdate: tolerateAway,
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
    return [field.required('spec.selector'), misfit]
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

const cronAt = 'spec.jobTemplate.spec.template.spec'

function cronJobFaults(job: Obj): FieldError[] {
  const spec = job['spec']
  const schedule = textAt(spec, 'schedule')
  const why = schedule === '' ? undefined : scheduleFault(schedule)
  const errors: FieldError[] = []
  if (schedule === '') errors.push(field.required('spec.schedule'))
  if (why !== undefined) errors.push(field.invalid('spec.schedule', schedule, why))
  errors.push(...negativeFaults(spec, ['startingDeadlineSeconds']))
  errors.push(...zoneFaults(get(spec, 'timeZone')))
  const policies = ['Allow', 'Forbid', 'Replace']
  errors.push(...oneOf(textAt(spec, 'concurrencyPolicy'), 'spec.concurrencyPolicy', policies))
  errors.push(
    ...negativeFaults(spec, ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit']),
    ...podFaults(get(spec, 'jobTemplate', 'spec', 'template', 'spec'), cronAt),
  )
  const restart = textAt(spec, 'jobTemplate', 'spec', 'template', 'spec', 'restartPolicy')
  if (restart === 'Always') {
    errors.push(field.required(`${cronAt}.restartPolicy`, 'valid values: "OnFailure", "Never"'))
  }
  const name = job.metadata.name ?? ''
  if (name.length > 52) {
    errors.push(field.invalid('metadata.name', name, 'must be no more than 52 characters'))
  }
  return errors
}

function negativeFaults(spec: unknown, names: readonly string[]): FieldError[] {
  return names.flatMap((name) => {
    const value = get(spec, name)
    const isNegative = typeof value === 'number' && value < 0
    const why = 'must be greater than or equal to 0'
    return isNegative ? [field.invalid(`spec.${name}`, value, why)] : []
  })
}

function zoneFaults(zone: unknown): FieldError[] {
  const at = 'spec.timeZone'
  if (typeof zone !== 'string') return []
  if (zone === '') return [field.invalid(at, zone, 'timeZone must be nil or non-empty string')]
  const errors: FieldError[] = []
  if (zone.toLowerCase() === 'local') {
    const why =
      'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'
    errors.push(field.invalid(at, zone, why))
  }
  if (!isZone(zone)) errors.push(field.invalid(at, zone, `unknown time zone ${zone}`))
  return errors
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

export const cronJobRules: Rules = { generation: true, validate: cronJobFaults }

/** Claims: kept while a Pod uses them. */
export const claimRules: Rules = {
  prepareCreate: (claim) => {
    claim['status'] = { phase: 'Pending' }
    const held = claim.metadata.finalizers ?? []
    const own = 'kubernetes.io/pvc-protection'
    if (!held.includes(own)) claim.metadata.finalizers = [...held, own]
  },
  validateUpdate: changedClaimFaults,
}

// A claim is for what it was first; who is to fill it, and from which class, may be told once.
function changedClaimFaults(next: Obj, before: Obj): FieldError[] {
  const core = (claim: Obj): Fielded => {
    const spec = copy(isFielded(claim['spec']) ? claim['spec'] : {})
    for (const name of ['volumeName', 'storageClassName', 'volumeAttributesClassName']) {
      const held = get(before, 'spec', name)
      if (held === undefined || name === 'volumeAttributesClassName') drop(spec, name)
    }
    const isBound = textAt(before, 'status', 'phase') === 'Bound'
    const resources = spec['resources']
    if (isBound && isFielded(resources)) drop(resources, 'requests')
    return spec
  }
  if (equalJson(core(next), core(before))) return []
  const why =
    'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'
  return [field.forbidden('spec', why)]
}
