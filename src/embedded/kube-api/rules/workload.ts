import type { Core } from '../core.ts'
import type { Rules } from '../kinds/rules.ts'
import { get, isFielded, listAt, textAt, type Fielded, type Obj } from '../object.ts'
import { podFaults } from './pod.ts'

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
  validate: (pod) => podFaults(pod['spec'], 'spec', 'pod'),
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

/** Kinds with a Pod template and nothing else of their own. */
export const templateRules: Rules = {
  validate: (object) => podFaults(get(object, 'spec', 'template', 'spec'), 'spec.template.spec'),
  generation: true,
}

/** Whether a change of what is asked for is counted; nothing else is special. */
export const countedRules: Rules = { generation: true }

export const replicaRules: Rules = { ...templateRules, selectable: ['status.replicas'] }

export const daemonRules: Rules = {
  ...templateRules,
  // The count of templates, which an older client of this kind looked at.
  prepareCreate: (set) => {
    set.metadata.annotations = { ...set.metadata.annotations, [templateCount]: '1' }
  },
  prepareUpdate: (set, before) => {
    const held = Number(before.metadata.annotations?.[templateCount] ?? 0)
    const text = (object: Obj): string => JSON.stringify(get(object, 'spec', 'template'))
    const count = text(set) === text(before) ? held : held + 1
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
}

export const jobRules: Rules = {
  prepareCreate: labelJob,
  validate: (job) => podFaults(get(job, 'spec', 'template', 'spec'), 'spec.template.spec', 'job'),
  generation: true,
  selectable: ['status.successful'],
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
