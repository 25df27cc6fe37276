import { parseTime } from '#base'
import { scalarText, get, isFielded, listAt, textAt, type Obj } from '../object.ts'
import { ageText } from './age.ts'

/** One column of `kubectl get`. */
export interface Column {
  readonly name: string
  readonly type: string
  readonly format?: string
  readonly description?: string
  /** Above 0: only shown with `-o wide`. */
  readonly priority?: number
  readonly cell: (object: Obj, nowMs: number) => unknown
}

const named: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name must be unique within a namespace.',
  cell: (object) => object.metadata.name ?? '',
}

/** How old something is, from a time in RFC 3339. */
export function since(time: unknown, nowMs: number): string {
  const ms = typeof time === 'string' ? parseTime(time) : undefined
  return ms === undefined ? '<unknown>' : ageText(nowMs - ms)
}

const age: Column = {
  name: 'Age',
  type: 'string',
  description: 'Time since the object was created.',
  cell: (object, nowMs) => since(object.metadata.creationTimestamp, nowMs),
}

const createdAt: Column = {
  name: 'Created At',
  type: 'date',
  description: 'When the object was created.',
  cell: (object) => object.metadata.creationTimestamp ?? null,
}

function text(name: string, cell: Column['cell'], more: Partial<Column> = {}): Column {
  return { name, type: 'string', description: `${name} of the object.`, cell, ...more }
}

function size(value: unknown): number {
  return isFielded(value) ? Object.keys(value).length : 0
}

function number(object: unknown, ...path: readonly string[]): number {
  const value = get(object, ...path)
  return typeof value === 'number' ? value : 0
}

function list(values: readonly unknown[], none = '<none>'): string {
  return values.length === 0 ? none : values.join(',')
}

function ports(service: Obj): string {
  return list(
    listAt(service, 'spec', 'ports').map((port) => {
      const node = number(port, 'nodePort')
      return `${number(port, 'port')}${node === 0 ? '' : `:${node}`}/${textAt(port, 'protocol')}`
    }),
  )
}

function selectorText(object: Obj, ...path: readonly string[]): string {
  const labels = get(object, ...path)
  return list(
    Object.entries(isFielded(labels) ? labels : {}).map(
      ([key, value]) => `${key}=${scalarText(value)}`,
    ),
  )
}

function containers(object: Obj, what: 'name' | 'image'): string {
  return list(
    listAt(object, 'spec', 'template', 'spec', 'containers').map((one) => textAt(one, what)),
  )
}

function readyText(object: Obj, wanted: number): string {
  return `${number(object, 'status', 'readyReplicas')}/${wanted}`
}

const wide = { priority: 1 }

const workload: readonly Column[] = [
  text('Containers', (object) => containers(object, 'name'), wide),
  text('Images', (object) => containers(object, 'image'), wide),
  text('Selector', (object) => selectorText(object, 'spec', 'selector', 'matchLabels'), wide),
]

function eventSource(event: Obj): string {
  return [
    textAt(event, 'source', 'component') || textAt(event, 'reportingComponent'),
    textAt(event, 'source', 'host'),
  ]
    .filter((part) => part !== '')
    .join(', ')
}

function involved(event: Obj): string {
  const about = event['involvedObject'] ?? event['regarding']
  return `${textAt(about, 'kind').toLowerCase()}/${textAt(about, 'name')}`
}

function podStatus(pod: Obj): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating'
  return textAt(pod, 'status', 'reason') || textAt(pod, 'status', 'phase')
}

function roleRef(binding: Obj): string {
  return `${textAt(binding, 'roleRef', 'kind')}/${textAt(binding, 'roleRef', 'name')}`
}

function externalIps(service: Obj): string {
  const type = textAt(service, 'spec', 'type')
  if (type === 'LoadBalancer') return '<pending>'
  return type === 'ExternalName' ? textAt(service, 'spec', 'externalName') : '<none>'
}

const byBucket: Readonly<Record<string, readonly Column[]>> = {
  secrets: [
    named,
    text('Type', (secret) => textAt(secret, 'type')),
    text('Data', (secret) => size(secret['data'])),
    age,
  ],
  configmaps: [named, text('Data', (map) => size(map['data']) + size(map['binaryData'])), age],
  namespaces: [
    named,
    text('Status', (object) => textAt(object, 'status', 'phase'), {
      description: 'The status of the namespace',
    }),
    age,
  ],
  serviceaccounts: [named, age],
  services: [
    named,
    text('Type', (service) => textAt(service, 'spec', 'type')),
    text('Cluster-IP', (service) => textAt(service, 'spec', 'clusterIP') || '<none>'),
    text('External-IP', externalIps),
    text('Port(s)', ports),
    age,
    text('Selector', (service) => selectorText(service, 'spec', 'selector'), wide),
  ],
  pods: [
    named,
    text('Ready', (pod) => {
      const states = listAt(pod, 'status', 'containerStatuses')
      const ready = states.filter((one) => get(one, 'ready') === true).length
      return `${ready}/${listAt(pod, 'spec', 'containers').length}`
    }),
    text('Status', podStatus),
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
  ],
  'deployments.apps': [
    named,
    text('Ready', (object) => readyText(object, number(object, 'spec', 'replicas'))),
    text('Up-to-date', (object) => number(object, 'status', 'updatedReplicas')),
    text('Available', (object) => number(object, 'status', 'availableReplicas')),
    age,
    ...workload,
  ],
  'replicasets.apps': [
    named,
    { ...text('Desired', (object) => number(object, 'spec', 'replicas')), type: 'integer' },
    { ...text('Current', (object) => number(object, 'status', 'replicas')), type: 'integer' },
    { ...text('Ready', (object) => number(object, 'status', 'readyReplicas')), type: 'integer' },
    age,
    ...workload,
  ],
  'statefulsets.apps': [
    named,
    text('Ready', (object) => readyText(object, number(object, 'spec', 'replicas'))),
    age,
    ...workload.slice(0, 2),
  ],
  'daemonsets.apps': [
    named,
    {
      ...text('Desired', (object) => number(object, 'status', 'desiredNumberScheduled')),
      type: 'integer',
    },
    {
      ...text('Current', (object) => number(object, 'status', 'currentNumberScheduled')),
      type: 'integer',
    },
    { ...text('Ready', (object) => number(object, 'status', 'numberReady')), type: 'integer' },
    age,
    ...workload,
  ],
  events: [
    {
      ...text('Last Seen', (event, nowMs) =>
        since(
          event['lastTimestamp'] ??
            event['deprecatedLastTimestamp'] ??
            event['eventTime'] ??
            event.metadata.creationTimestamp,
          nowMs,
        ),
      ),
    },
    text('Type', (event) => textAt(event, 'type')),
    text('Reason', (event) => textAt(event, 'reason')),
    text('Object', involved, { description: 'The object that this event is about.' }),
    text('Subobject', (event) => textAt(event, 'involvedObject', 'fieldPath'), wide),
    text('Source', eventSource, wide),
    text('Message', (event) => (textAt(event, 'message') || textAt(event, 'note')).trim()),
    text(
      'First Seen',
      (event, nowMs) => since(event['firstTimestamp'] ?? event.metadata.creationTimestamp, nowMs),
      wide,
    ),
    text('Count', (event) => number(event, 'count') || 1, {
      ...wide,
      description: 'The number of times this event has occurred.',
    }),
    { ...named, priority: 1 },
  ],
  'leases.coordination.k8s.io': [
    named,
    text('Holder', (lease) => textAt(lease, 'spec', 'holderIdentity')),
    age,
  ],
  'roles.rbac.authorization.k8s.io': [named, createdAt],
  'clusterroles.rbac.authorization.k8s.io': [named, createdAt],
  'rolebindings.rbac.authorization.k8s.io': [named, text('Role', roleRef), age],
  'clusterrolebindings.rbac.authorization.k8s.io': [named, text('Role', roleRef), age],
  'customresourcedefinitions.apiextensions.k8s.io': [named, createdAt],
}

/** The columns of a built-in kind; name and age when nothing else is known of it. */
export function builtinColumns(bucket: string): readonly Column[] {
  return (Object.hasOwn(byBucket, bucket) ? byBucket[bucket] : undefined) ?? [named, age]
}

export { named as nameColumn, age as ageColumn }
