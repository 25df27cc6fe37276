/** Columns of what a cluster is made of: nodes, storage, admission, priorities, certificates. */
import { get, isFielded, listAt, scalarText, textAt, type Obj } from '../object.ts'
import { ageText } from './age.ts'
import { accessModes, queryText } from './workload-columns.ts'
import { age, createdAt, list, named, number, text, wide, type Column } from './column.ts'

type Cell = Column['cell']

const integer = (name: string, cell: Cell): Column => ({ ...text(name, cell), type: 'integer' })

/** A boolean of the spec, or what stands for one that is not there. */
function boolean(name: string, field: string, fallback: boolean): Column {
  return { ...text(name, ({ spec }) => get(spec, field) ?? fallback), type: 'boolean' }
}

const spec =
  (field: string, none = ''): Cell =>
  (object) =>
    textAt(object, 'spec', field) || none

const count =
  (...path: readonly string[]): Cell =>
  (object) =>
    listAt(object, ...path).length

function nodeState(node: Obj): string {
  const ready = listAt(node, 'status', 'conditions').find((one) => textAt(one, 'type') === 'Ready')
  const state =
    ready === undefined ? 'Unknown' : textAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady'
  return get(node, 'spec', 'unschedulable') === true ? `${state},SchedulingDisabled` : state
}

const rolePrefix = 'node-role.kubernetes.io/'

function nodeRoles(node: Obj): string {
  const roles = Object.entries(node.metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix)) return [key.slice(rolePrefix.length)]
    return key === 'kubernetes.io/role' ? [value] : []
  })
  return list([...new Set(roles)].filter((one) => one !== '').toSorted())
}

const address =
  (type: string): Cell =>
  (node) =>
    textAt(
      listAt(node, 'status', 'addresses').find((one) => textAt(one, 'type') === type),
      'address',
    ) || '<none>'

const ofNode =
  (field: string): Cell =>
  (node) =>
    textAt(node, 'status', 'nodeInfo', field) || '<unknown>'

function kernel(node: Obj, nowMs: number): string {
  const architecture = textAt(node, 'status', 'nodeInfo', 'architecture')
  const version = scalarText(ofNode('kernelVersion')(node, nowMs))
  return architecture === '' ? version : `${version} (${architecture})`
}

const nodeColumns: readonly Column[] = [
  named,
  text('Status', nodeState, { description: 'The status of the node' }),
  text('Roles', nodeRoles, { description: 'The roles of the node' }),
  age,
  text('Version', (node) => textAt(node, 'status', 'nodeInfo', 'kubeletVersion'), {
    description: 'Kubelet Version reported by the node.',
  }),
  text('Internal-IP', address('InternalIP'), wide),
  text('External-IP', address('ExternalIP'), wide),
  text('OS-Image', ofNode('osImage'), wide),
  text('Kernel-Version', kernel, wide),
  text('Container-Runtime', ofNode('containerRuntimeVersion'), wide),
]

function claimOf(volume: Obj): string {
  const claim = get(volume, 'spec', 'claimRef')
  return claim === undefined ? '' : `${textAt(claim, 'namespace')}/${textAt(claim, 'name')}`
}

const volumeColumns: readonly Column[] = [
  named,
  text('Capacity', (volume) => textAt(volume, 'spec', 'capacity', 'storage') || '0'),
  text('Access Modes', (volume) => accessModes(listAt(volume, 'spec', 'accessModes'))),
  text('Reclaim Policy', spec('persistentVolumeReclaimPolicy')),
  text('Status', (volume) =>
    volume.metadata.deletionTimestamp === undefined
      ? textAt(volume, 'status', 'phase')
      : 'Terminating',
  ),
  text('Claim', claimOf),
  text('StorageClass', spec('storageClassName'), { description: 'StorageClass of the pv' }),
  text('VolumeAttributesClass', spec('volumeAttributesClassName', '<unset>'), {
    description: 'VolumeAttributesClass of the pv',
  }),
  text('Reason', (volume) => textAt(volume, 'status', 'reason')),
  age,
  text('VolumeMode', spec('volumeMode', '<unset>'), wide),
]

// Of each resource how much is used and how much may be; limits in a column of their own.
function quotaText(quota: Obj, isLimit: boolean): string {
  const hard = get(quota, 'status', 'hard')
  return Object.keys(isFielded(hard) ? hard : {})
    .filter((name) => name.startsWith('limits.') === isLimit)
    .toSorted()
    .map((name) => {
      const used = get(quota, 'status', 'used', name) ?? '0'
      return `${name}: ${scalarText(used)}/${scalarText(get(hard, name))}`
    })
    .join(', ')
}

function requestState(request: Obj): string {
  const types = listAt(request, 'status', 'conditions').map((one) => textAt(one, 'type'))
  const base = types.includes('Denied')
    ? 'Denied'
    : types.includes('Approved')
      ? 'Approved'
      : 'Pending'
  const issued = textAt(request, 'status', 'certificate') === '' ? '' : ',Issued'
  return base + (types.includes('Failed') ? ',Failed' : '') + issued
}

const requestColumns: readonly Column[] = [
  named,
  age,
  text('SignerName', spec('signerName', '<none>')),
  text('Requestor', spec('username'), { description: 'Base64-encoded PKCS#10 CSR data' }),
  text('RequestedDuration', (request) => {
    const seconds = get(request, 'spec', 'expirationSeconds')
    return typeof seconds === 'number' ? ageText(seconds * 1000) : '<none>'
  }),
  text('Condition', requestState),
]

function endpointsText(endpoints: Obj): string {
  const all = listAt(endpoints, 'subsets').flatMap((subset) => {
    const ips = listAt(subset, 'addresses').map((one) => textAt(one, 'ip'))
    const ports = listAt(subset, 'ports').map((one) => number(one, 'port'))
    const host = (ip: string): string => (ip.includes(':') ? `[${ip}]` : ip)
    return ports.length === 0
      ? ips
      : ports.flatMap((port) => ips.map((ip) => `${host(ip)}:${port}`))
  })
  const more = all.length > 3 ? ` + ${all.length - 3} more...` : ''
  return list(all.slice(0, 3)) + more
}

const defaultName =
  (annotation: string): Cell =>
  ({ metadata }) =>
    `${metadata.name ?? ''}${metadata.annotations?.[annotation] === 'true' ? ' (default)' : ''}`

/** `Kind.group/name`, as far as there is one of them. */
function parametersOf(kind: Obj): string {
  const about = get(kind, 'spec', 'parameters')
  if (about === undefined) return '<none>'
  const group = textAt(about, 'apiGroup')
  return `${textAt(about, 'kind')}${group === '' ? '' : `.${group}`}/${textAt(about, 'name')}`
}

function parentOf(ip: Obj): string {
  const parent = get(ip, 'spec', 'parentRef')
  if (parent === undefined) return '<none>'
  const [group, namespace] = [textAt(parent, 'group'), textAt(parent, 'namespace')]
  const resource = `${textAt(parent, 'resource')}${group === '' ? '' : `.${group}`}`.toLowerCase()
  return [resource, ...(namespace === '' ? [] : [namespace]), textAt(parent, 'name')].join('/')
}

function controllerOf(revision: Obj): string {
  const owner = (revision.metadata.ownerReferences ?? []).find(
    (one) => get(one, 'controller') === true,
  )
  if (owner === undefined) return '<none>'
  const version = textAt(owner, 'apiVersion')
  const group = version.includes('/') ? `.${version.split('/')[0] ?? ''}` : ''
  return `${textAt(owner, 'kind').toLowerCase()}${group}/${textAt(owner, 'name')}`
}

function paramKind(policy: Obj): string {
  const kind = get(policy, 'spec', 'paramKind')
  return kind === undefined ? '<unset>' : `${textAt(kind, 'apiVersion')}/${textAt(kind, 'kind')}`
}

function paramRef(binding: Obj): string {
  const name = textAt(binding, 'spec', 'paramRef', 'name')
  if (name === '') {
    const query = get(binding, 'spec', 'paramRef', 'selector')
    return query === undefined ? '<unset>' : queryText(query)
  }
  return `${textAt(binding, 'spec', 'paramRef', 'namespace') || '*'}/${name}`
}

function policyColumns(name: string, field: string): readonly Column[] {
  return [named, integer(name, count('spec', field)), text('ParamKind', paramKind), age]
}

const bindingColumns: readonly Column[] = [
  named,
  text('PolicyName', spec('policyName')),
  text('ParamRef', paramRef),
  age,
]

const webhookColumns: readonly Column[] = [named, integer('Webhooks', count('webhooks')), age]

const classColumns: readonly Column[] = [
  { ...named, cell: defaultName('storageclass.kubernetes.io/is-default-class') },
  text('Provisioner', (kind) => textAt(kind, 'provisioner'), {
    description: 'provisioner indicates the type of the provisioner.',
  }),
  text('ReclaimPolicy', (kind) => textAt(kind, 'reclaimPolicy') || 'Delete'),
  text('VolumeBindingMode', (kind) => textAt(kind, 'volumeBindingMode') || 'Immediate'),
  text('AllowVolumeExpansion', (kind) => kind['allowVolumeExpansion'] ?? false),
  age,
]

const driverColumns: readonly Column[] = [
  named,
  boolean('AttachRequired', 'attachRequired', true),
  boolean('PodInfoOnMount', 'podInfoOnMount', false),
  boolean('StorageCapacity', 'storageCapacity', false),
  text('TokenRequests', (driver) =>
    get(driver, 'spec', 'tokenRequests') === undefined
      ? '<unset>'
      : listAt(driver, 'spec', 'tokenRequests')
          .map((one) => textAt(one, 'audience'))
          .join(','),
  ),
  boolean('RequiresRepublish', 'requiresRepublish', false),
  text('Modes', (driver) => list(listAt(driver, 'spec', 'volumeLifecycleModes'))),
  age,
]

const attachmentColumns: readonly Column[] = [
  named,
  text('Attacher', spec('attacher'), { format: 'name' }),
  text('PV', (object) => textAt(object, 'spec', 'source', 'persistentVolumeName')),
  text('Node', spec('nodeName')),
  { ...text('Attached', (one) => get(one, 'status', 'attached') ?? false), type: 'boolean' },
  age,
]

const limited =
  (...path: readonly string[]): Cell =>
  (level) =>
    get(level, 'spec', 'limited', ...path) ?? '<none>'

function serviceOf(service: Obj): string {
  const about = get(service, 'spec', 'service')
  return about === undefined ? 'Local' : `${textAt(about, 'namespace')}/${textAt(about, 'name')}`
}

function isAvailable(service: Obj): string {
  const found = listAt(service, 'status', 'conditions').find(
    (one) => textAt(one, 'type') === 'Available',
  )
  const status = textAt(found, 'status') || 'Unknown'
  return status === 'False' ? `False (${textAt(found, 'reason')})` : status
}

/** The columns of each kind, by its bucket. */
export const clusterColumns: Readonly<Record<string, readonly Column[]>> = {
  nodes: nodeColumns,
  persistentvolumes: volumeColumns,
  resourcequotas: [
    named,
    text('Request', (quota) => quotaText(quota, false)),
    text('Limit', (quota) => quotaText(quota, true)),
    age,
  ],
  endpoints: [named, text('Endpoints', endpointsText), age],
  componentstatuses: ['Status', 'Message', 'Error'].reduce<readonly Column[]>(
    (columns, name) => [
      ...columns,
      text(name, () => '', { description: `${name} of the component conditions` }),
    ],
    [named],
  ),
  'apiservices.apiregistration.k8s.io': [
    named,
    text('Service', serviceOf, {
      description: 'The reference to the service that hosts this API endpoint.',
    }),
    text('Available', isAvailable, { description: 'Whether this service is available.' }),
    age,
  ],
  'controllerrevisions.apps': [
    named,
    text('Controller', controllerOf, { description: 'Controller of the object' }),
    text('Revision', (revision) => number(revision, 'revision')),
    age,
  ],
  'certificatesigningrequests.certificates.k8s.io': requestColumns,
  'ingressclasses.networking.k8s.io': [
    { ...named, cell: defaultName('ingressclass.kubernetes.io/is-default-class') },
    text('Controller', spec('controller'), {
      description: 'Controller that is responsible for handling this class',
    }),
    text('Parameters', parametersOf, {
      description: 'A reference to a resource with additional parameters',
    }),
    age,
  ],
  'ipaddresses.networking.k8s.io': [named, text('ParentRef', parentOf)],
  'servicecidrs.networking.k8s.io': [
    named,
    text('CIDRs', (range) => listAt(range, 'spec', 'cidrs').join(',')),
    age,
  ],
  'csidrivers.storage.k8s.io': driverColumns,
  'csinodes.storage.k8s.io': [named, integer('Drivers', count('spec', 'drivers')), age],
  'csistoragecapacities.storage.k8s.io': [named, createdAt],
  'storageclasses.storage.k8s.io': classColumns,
  'volumeattachments.storage.k8s.io': attachmentColumns,
  'volumeattributesclasses.storage.k8s.io': [
    named,
    text('DriverName', (kind) => textAt(kind, 'driverName'), {
      description: 'Name of the CSI driver This field is immutable.',
    }),
    age,
  ],
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhookColumns,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhookColumns,
  'validatingadmissionpolicies.admissionregistration.k8s.io': policyColumns(
    'Validations',
    'validations',
  ),
  'mutatingadmissionpolicies.admissionregistration.k8s.io': policyColumns('Mutations', 'mutations'),
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': bindingColumns,
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io': bindingColumns,
  'priorityclasses.scheduling.k8s.io': [
    named,
    integer('Value', (kind) => number(kind, 'value')),
    { ...text('Global-Default', (kind) => kind['globalDefault'] ?? false), type: 'boolean' },
    age,
    text('PreemptionPolicy', (kind) => textAt(kind, 'preemptionPolicy')),
  ],
  'runtimeclasses.node.k8s.io': [
    named,
    text('Handler', (kind) => textAt(kind, 'handler'), { description: '' }),
    age,
  ],
  'flowschemas.flowcontrol.apiserver.k8s.io': [
    named,
    text('PriorityLevel', (flow) => textAt(flow, 'spec', 'priorityLevelConfiguration', 'name')),
    text('MatchingPrecedence', (flow) => number(flow, 'spec', 'matchingPrecedence')),
    text(
      'DistinguisherMethod',
      (flow) => textAt(flow, 'spec', 'distinguisherMethod', 'type') || '<none>',
    ),
    age,
    text('MissingPL', (flow) => {
      const all = listAt(flow, 'status', 'conditions')
      return (
        textAt(
          all.find((one) => textAt(one, 'type') === 'Dangling'),
          'status',
        ) || '?'
      )
    }),
  ],
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': [
    named,
    text('Type', spec('type')),
    text('NominalConcurrencyShares', limited('nominalConcurrencyShares')),
    text('Queues', limited('limitResponse', 'queuing', 'queues')),
    text('HandSize', limited('limitResponse', 'queuing', 'handSize')),
    text('QueueLengthLimit', limited('limitResponse', 'queuing', 'queueLengthLimit')),
    age,
  ],
}
