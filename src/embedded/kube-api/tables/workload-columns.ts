/** Columns of what runs Pods, of Pods, and of what stands around them. */
import { parseTime } from '#base'
import { get, isFielded, listAt, scalarText, textAt, type Obj } from '../object.ts'
import { ageText } from './age.ts'
import {
  age,
  createdAt,
  list,
  named,
  number,
  selectorText,
  since,
  text,
  wide,
  type Column,
} from './column.ts'

function integer(name: string, cell: Column['cell'], more: Partial<Column> = {}): Column {
  return { ...text(name, cell, more), type: 'integer' }
}

const template = ['spec', 'template', 'spec', 'containers'] as const

function containerColumns(
  path: readonly string[],
  more: Partial<Column> = wide,
): readonly Column[] {
  const all = (what: 'name' | 'image'): Column['cell'] => {
    return (object) =>
      listAt(object, ...path)
        .map((one) => textAt(one, what))
        .join(',')
  }
  return [
    text('Containers', all('name'), {
      ...more,
      description: 'Names of each container in the template.',
    }),
    text('Images', all('image'), {
      ...more,
      description: 'Images referenced by each container in the template.',
    }),
  ]
}

const selector: Column = text(
  'Selector',
  (object) => queryText(get(object, 'spec', 'selector')),
  wide,
)
const workload: readonly Column[] = [...containerColumns(template), selector]

/** A label selector as kubectl prints it. */
export function queryText(query: unknown): string {
  const labels = get(query, 'matchLabels')
  const equal = Object.entries(isFielded(labels) ? labels : {}).map(
    ([key, value]) => `${key}=${scalarText(value)}`,
  )
  const others = listAt(query, 'matchExpressions').map((one) => {
    const key = textAt(one, 'key')
    const values = listAt(one, 'values').join(',')
    switch (textAt(one, 'operator')) {
      case 'In':
        return `${key} in (${values})`
      case 'NotIn':
        return `${key} notin (${values})`
      case 'Exists':
        return key
      default:
        return `!${key}`
    }
  })
  return list([...equal, ...others].sort())
}

const readiness: Column = text(
  'Ready',
  (object) => `${number(object, 'status', 'readyReplicas')}/${number(object, 'spec', 'replicas')}`,
  { description: 'Number of the pod with ready state' },
)

function podStatus(pod: Obj): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating'
  return textAt(pod, 'status', 'reason') || textAt(pod, 'status', 'phase')
}

const podColumns: readonly Column[] = [
  named,
  text('Ready', (pod) => {
    const states = listAt(pod, 'status', 'containerStatuses')
    const ready = states.filter((one) => get(one, 'ready') === true).length
    return `${ready}/${listAt(pod, 'spec', 'containers').length}`
  }),
  text('Status', podStatus, {
    description: 'The aggregate status of the containers in this pod.',
  }),
  text('Restarts', (pod) =>
    String(
      listAt(pod, 'status', 'containerStatuses').reduce<number>(
        (sum, one) => sum + number(one, 'restartCount'),
        0,
      ),
    ),
  ),
  age,
  text('IP', (pod) => textAt(pod, 'status', 'podIP') || '<none>', wide),
  text('Node', (pod) => textAt(pod, 'spec', 'nodeName') || '<none>', wide),
  text('Nominated Node', (pod) => textAt(pod, 'status', 'nominatedNodeName') || '<none>', wide),
  text('Readiness Gates', () => '<none>', wide),
]

const replicaColumns: readonly Column[] = [
  named,
  integer('Desired', (object) => number(object, 'spec', 'replicas')),
  integer('Current', (object) => number(object, 'status', 'replicas')),
  integer('Ready', (object) => number(object, 'status', 'readyReplicas')),
  age,
]

function jobStatus(job: Obj): string {
  const has = (type: string): boolean =>
    listAt(job, 'status', 'conditions').some(
      (one) => textAt(one, 'type') === type && textAt(one, 'status') === 'True',
    )
  if (has('Complete')) return 'Complete'
  if (has('Failed')) return 'Failed'
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating'
  if (has('Suspended')) return 'Suspended'
  if (has('FailureTarget')) return 'FailureTarget'
  return has('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running'
}

function completions(job: Obj): string {
  const done = number(job, 'status', 'succeeded')
  const wanted = get(job, 'spec', 'completions')
  if (typeof wanted === 'number') return `${done}/${wanted}`
  const parallel = number(job, 'spec', 'parallelism')
  return parallel > 1 ? `${done}/1 of ${parallel}` : `${done}/1`
}

function jobDuration(job: Obj, nowMs: number): string {
  const start = parseTime(textAt(job, 'status', 'startTime'))
  if (start === undefined) return ''
  return ageText((parseTime(textAt(job, 'status', 'completionTime')) ?? nowMs) - start)
}

const jobColumns: readonly Column[] = [
  named,
  text('Status', jobStatus, { description: 'Status of the job.' }),
  text('Completions', completions),
  text('Duration', jobDuration, { description: 'Time required to complete the job.' }),
  age,
  ...workload,
]

const cronJobColumns: readonly Column[] = [
  named,
  text('Schedule', (job) => textAt(job, 'spec', 'schedule')),
  text('Timezone', (job) => textAt(job, 'spec', 'timeZone') || '<none>'),
  {
    ...text('Suspend', (job) => (get(job, 'spec', 'suspend') === true ? 'True' : 'False')),
    type: 'boolean',
  },
  integer('Active', (job) => listAt(job, 'status', 'active').length, {
    description: 'A list of pointers to currently running jobs.',
  }),
  text('Last Schedule', (job, nowMs) => {
    const last = get(job, 'status', 'lastScheduleTime')
    return last === undefined ? '<none>' : since(last, nowMs)
  }),
  age,
  ...containerColumns(['spec', 'jobTemplate', 'spec', 'template', 'spec', 'containers']),
  text('Selector', (job) => queryText(get(job, 'spec', 'jobTemplate', 'spec', 'selector')), wide),
]

function hosts(ingress: Obj): string {
  const rules = listAt(ingress, 'spec', 'rules')
  const named = rules.map((rule) => textAt(rule, 'host')).filter((host) => host !== '')
  if (named.length === 0) return '*'
  const more = rules.length > 3 && named.length >= 3 ? ` + ${rules.length - 3} more...` : ''
  return named.slice(0, 3).join(',') + more
}

function addresses(ingress: Obj): string {
  return listAt(ingress, 'status', 'loadBalancer', 'ingress')
    .map((one) => textAt(one, 'ip') || textAt(one, 'hostname'))
    .toSorted()
    .join(',')
}

const ingressColumns: readonly Column[] = [
  named,
  text('Class', (ingress) => textAt(ingress, 'spec', 'ingressClassName') || '<none>'),
  text('Hosts', hosts),
  text('Address', addresses),
  text('Ports', (ingress) => (listAt(ingress, 'spec', 'tls').length > 0 ? '80, 443' : '80'), {
    description: 'Ports of TLS configurations that open',
  }),
  age,
]

const modes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

/** Access modes in their short forms. */
export function accessModes(given: readonly unknown[]): string {
  return [...new Set(given)].map((mode) => modes[scalarText(mode)] ?? '').join(',')
}

const claimColumns: readonly Column[] = [
  named,
  text(
    'Status',
    (claim) =>
      claim.metadata.deletionTimestamp === undefined
        ? textAt(claim, 'status', 'phase')
        : 'Terminating',
    { description: 'phase represents the current phase of PersistentVolumeClaim.' },
  ),
  text('Volume', (claim) => textAt(claim, 'spec', 'volumeName')),
  text('Capacity', (claim) => bound(claim, () => textAt(claim, 'status', 'capacity', 'storage'))),
  text('Access Modes', (claim) =>
    bound(claim, () => accessModes(listAt(claim, 'status', 'accessModes'))),
  ),
  text('StorageClass', (claim) => textAt(claim, 'spec', 'storageClassName'), {
    description: 'StorageClass of the pvc',
  }),
  text(
    'VolumeAttributesClass',
    (claim) => textAt(claim, 'spec', 'volumeAttributesClassName') || '<unset>',
    { description: 'VolumeAttributesClass of the pvc' },
  ),
  age,
  text('VolumeMode', (claim) => textAt(claim, 'spec', 'volumeMode') || '<unset>', wide),
]

function bound(claim: Obj, shown: () => string): string {
  return textAt(claim, 'spec', 'volumeName') === '' ? '' : shown()
}

const orNone = (value: unknown): string => (value === undefined ? 'N/A' : scalarText(value))

const budgetColumns: readonly Column[] = [
  named,
  text('Min Available', (budget) => orNone(get(budget, 'spec', 'minAvailable')), {
    description: 'The minimum number of pods that must be available.',
  }),
  text('Max Unavailable', (budget) => orNone(get(budget, 'spec', 'maxUnavailable')), {
    description: 'The maximum number of pods that may be unavailable.',
  }),
  integer('Allowed Disruptions', (budget) => number(budget, 'status', 'disruptionsAllowed')),
  age,
]

function metricText(metric: unknown): string {
  const target = get(metric, 'resource', 'target')
  const percent = get(target, 'averageUtilization')
  const wanted =
    textAt(target, 'averageValue') || (percent === undefined ? '<auto>' : `${scalarText(percent)}%`)
  return `${textAt(metric, 'resource', 'name')}: <unknown>/${wanted}`
}

const scalerColumns: readonly Column[] = [
  named,
  text('Reference', (scaler) => {
    const target = get(scaler, 'spec', 'scaleTargetRef')
    return `${textAt(target, 'kind')}/${textAt(target, 'name')}`
  }),
  text('Targets', (scaler) => list(listAt(scaler, 'spec', 'metrics').map(metricText))),
  text('MinPods', (scaler) => {
    const least = get(scaler, 'spec', 'minReplicas')
    return least === undefined ? '<unset>' : scalarText(least)
  }),
  text('MaxPods', (scaler) => number(scaler, 'spec', 'maxReplicas')),
  text('Replicas', (scaler) => number(scaler, 'status', 'currentReplicas')),
  age,
]

// Three at most, then how many more there are.
function some(values: readonly unknown[]): string {
  if (values.length === 0) return '<unset>'
  const more = values.length > 3 ? ` + ${values.length - 3} more...` : ''
  return values.slice(0, 3).join(',') + more
}

const sliceColumns: readonly Column[] = [
  named,
  text('AddressType', (slice) => textAt(slice, 'addressType')),
  text('Ports', (slice) =>
    some(listAt(slice, 'ports').map((port) => get(port, 'port') ?? textAt(port, 'name'))),
  ),
  text('Endpoints', (slice) =>
    some(listAt(slice, 'endpoints').flatMap((one) => listAt(one, 'addresses'))),
  ),
  age,
]

/** The columns of each kind, by its bucket. */
export const workloadColumns: Readonly<Record<string, readonly Column[]>> = {
  pods: podColumns,
  'deployments.apps': [
    named,
    readiness,
    text('Up-to-date', (object) => number(object, 'status', 'updatedReplicas')),
    text('Available', (object) => number(object, 'status', 'availableReplicas')),
    age,
    ...workload,
  ],
  'replicasets.apps': [...replicaColumns, ...workload],
  replicationcontrollers: [
    ...replicaColumns,
    ...containerColumns(template),
    text('Selector', (object) => selectorText(object, 'spec', 'selector'), wide),
  ],
  'statefulsets.apps': [named, readiness, age, ...containerColumns(template)],
  'daemonsets.apps': [
    named,
    integer('Desired', (object) => number(object, 'status', 'desiredNumberScheduled')),
    integer('Current', (object) => number(object, 'status', 'currentNumberScheduled')),
    integer('Ready', (object) => number(object, 'status', 'numberReady')),
    integer('Up-to-date', (object) => number(object, 'status', 'updatedNumberScheduled')),
    integer('Available', (object) => number(object, 'status', 'numberAvailable')),
    text('Node Selector', (set) => selectorText(set, 'spec', 'template', 'spec', 'nodeSelector')),
    age,
    ...workload,
  ],
  'jobs.batch': jobColumns,
  'cronjobs.batch': cronJobColumns,
  'ingresses.networking.k8s.io': ingressColumns,
  'networkpolicies.networking.k8s.io': [
    named,
    text('Pod-Selector', (policy) => queryText(get(policy, 'spec', 'podSelector'))),
    age,
  ],
  persistentvolumeclaims: claimColumns,
  'poddisruptionbudgets.policy': budgetColumns,
  'horizontalpodautoscalers.autoscaling': scalerColumns,
  'endpointslices.discovery.k8s.io': sliceColumns,
  podtemplates: [
    named,
    ...containerColumns(['template', 'spec', 'containers'], {}),
    text('Pod Labels', (object) => selectorText(object, 'template', 'metadata', 'labels'), {
      description: 'The labels for the pod template.',
    }),
  ],
  limitranges: [named, createdAt],
  'scales.autoscaling': [
    { ...named, format: '' },
    integer('Desired', (scale) => number(scale, 'spec', 'replicas')),
    integer('Available', (scale) => number(scale, 'status', 'replicas')),
    age,
  ],
}
