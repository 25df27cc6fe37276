import { get, listAt, textAt, type Obj } from '../object.ts'
import {
  age,
  createdAt,
  list,
  named,
  number,
  ports,
  selectorText,
  since,
  size,
  text,
  wide,
  type Column,
} from './column.ts'
import { clusterColumns } from './cluster-columns.ts'
import { workloadColumns } from './workload-columns.ts'

// Events of the newer group have the older fields under other names.
function eitherOf(event: Obj, ...names: readonly string[]): unknown {
  return names.map((name) => event[name]).find((value) => value !== undefined && value !== null)
}

function firstSeen(event: Obj, nowMs: number): string {
  return since(eitherOf(event, 'firstTimestamp', 'deprecatedFirstTimestamp', 'eventTime'), nowMs)
}

function lastSeen(event: Obj, nowMs: number): string {
  const again = get(event, 'series', 'lastObservedTime')
  const last = again ?? eitherOf(event, 'lastTimestamp', 'deprecatedLastTimestamp')
  return last === undefined || last === null ? firstSeen(event, nowMs) : since(last, nowMs)
}

function eventSource(event: Obj): string {
  const source = eitherOf(event, 'source', 'deprecatedSource')
  const component =
    textAt(source, 'component') ||
    textAt(event, 'reportingComponent') ||
    textAt(event, 'reportingController')
  const host = textAt(source, 'host') || textAt(event, 'reportingInstance')
  return host === '' ? component : `${component}, ${host}`
}

function involved(event: Obj): string {
  const about = event['involvedObject'] ?? event['regarding']
  return `${textAt(about, 'kind').toLowerCase()}/${textAt(about, 'name')}`
}

function roleRef(binding: Obj): string {
  return `${textAt(binding, 'roleRef', 'kind')}/${textAt(binding, 'roleRef', 'name')}`
}

function bindingColumns(of: string): readonly Column[] {
  const subjects = (kind: string): Column['cell'] => {
    return (binding) =>
      listAt(binding, 'subjects')
        .filter((one) => textAt(one, 'kind') === kind)
        .map((one) => {
          const namespace = textAt(one, 'namespace')
          return kind === 'ServiceAccount'
            ? `${namespace}/${textAt(one, 'name')}`
            : textAt(one, 'name')
        })
        .join(', ')
  }
  const column = (kind: string): Column =>
    text(`${kind}s`, subjects(kind), { ...wide, description: `${kind}s in the ${of}` })
  return [named, text('Role', roleRef), age, ...['User', 'Group', 'ServiceAccount'].map(column)]
}

function externalIps(service: Obj): string {
  const type = textAt(service, 'spec', 'type')
  if (type === 'ExternalName') return textAt(service, 'spec', 'externalName')
  const given = listAt(service, 'status', 'loadBalancer', 'ingress').map(
    (one) => textAt(one, 'ip') || textAt(one, 'hostname'),
  )
  const all = [
    ...(type === 'LoadBalancer' ? given.toSorted() : []),
    ...listAt(service, 'spec', 'externalIPs'),
  ]
  return list(all, type === 'LoadBalancer' ? '<pending>' : '<none>')
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
  events: [
    text('Last Seen', lastSeen),
    text('Type', (event) => textAt(event, 'type')),
    text('Reason', (event) => textAt(event, 'reason')),
    text('Object', involved, { description: 'The object that this event is about.' }),
    text('Subobject', (event) => textAt(event, 'involvedObject', 'fieldPath'), wide),
    text('Source', eventSource, wide),
    text('Message', (event) => (textAt(event, 'message') || textAt(event, 'note')).trim()),
    text('First Seen', firstSeen, wide),
    text(
      'Count',
      (event) =>
        number(event, 'series', 'count') || eitherOf(event, 'count', 'deprecatedCount') || 1,
      { ...wide, description: 'The number of times this event has occurred.' },
    ),
    { ...named, priority: 1 },
  ],
  'leases.coordination.k8s.io': [
    named,
    text('Holder', (lease) => textAt(lease, 'spec', 'holderIdentity')),
    age,
  ],
  'roles.rbac.authorization.k8s.io': [named, createdAt],
  'clusterroles.rbac.authorization.k8s.io': [named, createdAt],
  'rolebindings.rbac.authorization.k8s.io': bindingColumns('roleBinding'),
  'clusterrolebindings.rbac.authorization.k8s.io': bindingColumns('clusterRoleBinding'),
  ...workloadColumns,
  ...clusterColumns,
  'customresourcedefinitions.apiextensions.k8s.io': [named, createdAt],
}

/** The columns of a built-in kind; name and age when nothing else is known of it. */
export function builtinColumns(bucket: string): readonly Column[] {
  return (Object.hasOwn(byBucket, bucket) ? byBucket[bucket] : undefined) ?? [named, age]
}
