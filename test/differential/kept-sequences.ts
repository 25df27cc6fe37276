/**
 * Sequences in which the two servers once differed, kept as fixed questions. Their answers stand in
 * `kept-answers.json`; `node test/differential/record.ts` asks a kube-apiserver for them anew.
 */
import type { JsonMap } from './grammar.ts'
import { kindsUnderTest } from './kinds.ts'
import type { Step } from './step.ts'

const patches = {
  apply: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const

function bodyOf(kind: string, name: string, fields: JsonMap, version?: string): JsonMap {
  const { metadata = {}, ...rest } = fields
  const apiVersion = version ?? kindsUnderTest[kind]?.apiVersion ?? ''
  return { apiVersion, kind, metadata: { name, ...(metadata as JsonMap) }, ...rest }
}

const create = (kind: string, fields: JsonMap = {}, name = 'one'): Step => ({
  method: 'POST',
  kind,
  query: { fieldManager: 'maker' },
  body: bodyOf(kind, name, fields),
})

const apply = (
  kind: string,
  manager: string,
  fields: JsonMap,
  more: { readonly sub?: string; readonly force?: boolean } = {},
): Step => ({
  method: 'PATCH',
  kind,
  name: 'one',
  ...(more.sub === undefined ? {} : { sub: more.sub }),
  type: patches.apply,
  query: { fieldManager: manager, ...(more.force === true ? { force: 'true' } : {}) },
  body: bodyOf(kind, 'one', fields),
})

const change = (
  kind: string,
  how: 'merge' | 'json' | 'strategic',
  body: Step['body'] & {},
  more: { readonly sub?: string; readonly manager?: string } = {},
): Step => ({
  method: 'PATCH',
  kind,
  name: 'one',
  ...(more.sub === undefined ? {} : { sub: more.sub }),
  type: patches[how],
  query: { fieldManager: more.manager ?? 'changer' },
  body,
})

const applyScale = (kind: string, manager: string, replicas: number, force = false): Step => ({
  method: 'PATCH',
  kind,
  name: 'one',
  sub: 'scale',
  type: patches.apply,
  query: { fieldManager: manager, ...(force ? { force: 'true' } : {}) },
  body: {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: 'one' },
    spec: { replicas },
  },
})

const putScale = (kind: string, replicas: number, manager = 'scaler'): Step => ({
  method: 'PUT',
  kind,
  name: 'one',
  sub: 'scale',
  query: { fieldManager: manager },
  body: { metadata: { name: 'one' }, spec: { replicas } },
})

const get = (kind: string): Step => ({ method: 'GET', kind, name: 'one' })
const remove = (kind: string, body: JsonMap = {}): Step => ({
  method: 'DELETE',
  kind,
  name: 'one',
  body,
})

const workload = {
  spec: {
    selector: { matchLabels: { app: 'a' } },
    template: {
      metadata: { labels: { app: 'a' } },
      spec: { containers: [{ name: 'main', image: 'app:1' }] },
    },
  },
}
const podSpec = (spec: JsonMap): JsonMap => ({
  spec: { ...workload.spec, template: { ...workload.spec.template, spec } },
})
const job = (labels: JsonMap): JsonMap => ({
  spec: {
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'main', image: 'app:1' }], restartPolicy: 'Never' },
    },
  },
})
const owner = (uid: string, more: JsonMap = {}): JsonMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: 'owner',
  uid: `11111111-1111-4111-8111-${uid}`,
  ...more,
})

/** Each by what it shows. */
export const keptSequences: Readonly<Record<string, readonly Step[]>> = {
  'a map stays, empty, when its applier leaves out all that is in it': [
    apply('Sample', 'one', { spec: { free: { a: 'x' }, set: ['a'] } }),
    apply('Sample', 'one', { spec: { free: {}, set: [] } }),
    apply('Sample', 'one', { spec: {} }),
  ],
  'the last item of a list that two own goes with its applier': [
    create('Sample', { metadata: { finalizers: ['example.com/one'] } }),
    apply('Sample', 'gamma', { metadata: { finalizers: ['example.com/two'] } }),
    change('Sample', 'merge', { metadata: { finalizers: ['example.com/two'] } }),
    apply('Sample', 'gamma', {}),
    get('Sample'),
  ],
  'conflicts are told managers by managers, what is whole before what is in something': [
    apply('Sample', 'alpha', {
      spec: { whole: { a: 'y' }, ports: [{ port: 80, protocol: 'TCP', name: 'a' }], text: 'x' },
    }),
    change('Sample', 'merge', { spec: { ports: [{ port: 80, name: 'b' }], whole: { a: 'z' } } }),
    apply('Sample', 'alpha', { spec: { whole: {}, ports: [{ port: 80, name: 'a' }], text: 'x' } }),
    apply('Sample', 'beta', { spec: { whole: {}, text: 'y' } }),
  ],
  'what nobody owned belongs to whoever comes first, by the way he came': [
    apply('Sample', 'kubectl', {}),
    change('Sample', 'merge', { status: { phase: 'a' } }, { sub: 'status' }),
    apply('Sample', 'beta', { status: {} }, { sub: 'status' }),
  ],
  'conflicts come before a version that is not the newest': [
    apply('Secret', 'alpha', {}),
    change('Secret', 'merge', { immutable: true }),
    apply('Secret', 'alpha', {
      metadata: { resourceVersion: '«rv0 Secret/one»' },
      immutable: false,
    }),
  ],
  'replicas move to an entry of their own, and back, when a scale is put': [
    create('Deployment', workload),
    putScale('Deployment', 1, 'maker'),
    get('Deployment'),
    putScale('Deployment', 1),
    get('Deployment'),
    change('Deployment', 'merge', { spec: { replicas: 2 } }, { sub: 'scale', manager: 'c' }),
    get('Deployment'),
  ],
  'a scale of none is nobody’s': [
    create('Deployment', workload),
    change('Deployment', 'merge', { spec: { replicas: 2 } }, { sub: 'scale' }),
    change('Deployment', 'merge', { spec: { replicas: 0 } }, { sub: 'scale' }),
    get('Deployment'),
  ],
  'an applied scale is refused where another owns the replicas, unless by force': [
    create('Deployment', workload),
    applyScale('Deployment', 'beta', 3),
    applyScale('Deployment', 'beta', 3, true),
    get('Deployment'),
    apply('Deployment', 'alpha', { spec: { replicas: 4, ...workload.spec } }),
  ],
  'a scale cannot be applied to a custom object': [
    apply('Sample', 'beta', { spec: { replicas: 2 } }),
    applyScale('Sample', 'beta', 3, true),
    applyScale('Sample', 'beta', 2),
    get('Sample'),
  ],
  'labels are not changed with the status of a Deployment, and its generation stays': [
    create('Deployment', { metadata: { labels: { team: 'blue' } }, ...workload }),
    {
      method: 'PUT',
      kind: 'Deployment',
      name: 'one',
      sub: 'status',
      query: { fieldManager: 'changer' },
      edits: [
        { at: ['metadata', 'labels'], set: {} },
        { at: ['metadata', 'annotations'], set: { a: 'x' } },
      ],
    },
  ],
  'metadata of a custom object is not changed with its status': [
    create('Sample', { spec: { text: 'x' } }),
    change(
      'Sample',
      'merge',
      { metadata: { annotations: { a: 'x' } }, spec: { text: 'y' }, status: { phase: 'a' } },
      { sub: 'status' },
    ),
  ],
  'what a name is lacking for is told with all else': [
    { method: 'POST', kind: 'Deployment', body: { spec: {} } },
    { method: 'POST', kind: 'Secret', body: { type: 'kubernetes.io/basic-auth' } },
  ],
  'a Secret’s type is spoken of before what it needs': [
    create('Secret'),
    change('Secret', 'merge', { type: 'kubernetes.io/basic-auth' }),
  ],
  'a list item without its key has the key of nothing': [
    create(
      'Deployment',
      podSpec({ ...workload.spec.template.spec, imagePullSecrets: [{ name: 'a' }] }),
    ),
    change('Deployment', 'json', [
      { op: 'remove', path: '/spec/template/spec/imagePullSecrets/0/name' },
    ]),
  ],
  'an operation that carries no value carries null': [
    create('ConfigMap', { data: { a: 'x' } }),
    change('ConfigMap', 'json', [{ op: 'add', path: '/data' }]),
  ],
  'owners named twice are named once, and only one may be in control': [
    create('ConfigMap', {
      metadata: { ownerReferences: [owner('111111111111'), owner('111111111111')] },
    }),
    change('ConfigMap', 'merge', {
      metadata: { ownerReferences: [owner('222222222222'), owner('222222222222')] },
    }),
    change('ConfigMap', 'merge', {
      metadata: {
        ownerReferences: [
          owner('111111111111', { controller: true }),
          owner('222222222222', { controller: true }),
        ],
      },
    }),
  ],
  'a container that ends has no probes': [
    create(
      'Deployment',
      podSpec({
        containers: [{ name: 'main', image: 'app:1' }],
        initContainers: [{ name: 'main', readinessProbe: { httpGet: { port: 80 } } }],
      }),
    ),
  ],
  'a port that stands twice is worth a word': [
    create(
      'Deployment',
      podSpec({
        containers: [
          { name: 'main', image: 'app:1', ports: [{ containerPort: 80 }] },
          { name: 'side', image: 'app:1', ports: [{ containerPort: 80 }] },
        ],
      }),
    ),
  ],
  'the older name of an account follows the newer': [
    create('Deployment', podSpec({ ...workload.spec.template.spec, serviceAccountName: 'a' })),
    change('Deployment', 'strategic', {
      spec: { template: { spec: { serviceAccountName: 'b' } } },
    }),
  ],
  'a headless Service that finds no Pods may have both families': [
    create('Service', { spec: { clusterIP: 'None' } }),
    change('Service', 'merge', { spec: { selector: { a: '1' } } }),
  ],
  'the address of a Service is not changed': [
    create('Service', { spec: { ports: [{ port: 80 }], externalIPs: ['1.1.1.1'] } }),
    apply('Service', 'alpha', { spec: { clusterIP: 'None', ports: [{ port: 90 }] } }),
  ],
  'a Job has the labels of its Pods when it has none': [
    create('Job', job({ b: '1' })),
    remove('Job'),
    get('Job'),
    { method: 'DELETE', kind: 'Job', query: { labelSelector: 'none=such' } },
  ],
  'who deletes a Job and says no more leaves its Pods': [
    create('Job', { metadata: { finalizers: ['example.com/one'] }, ...job({}) }),
    remove('Job'),
  ],
  'nothing depends on an Event': [
    create('Event', { involvedObject: { kind: 'Pod', name: 'a', namespace: '«ns»' } }),
    remove('Event', { propagationPolicy: 'Orphan' }),
  ],
  'a status that nobody has written is shown with its default': [
    create('Kustomization', {
      spec: { interval: '1m', prune: true, sourceRef: { kind: 'GitRepository', name: 'a' } },
    }),
    get('Kustomization'),
  ],
  'new finalizers of what is leaving are told in order': [
    create('ConfigMap', { metadata: { finalizers: ['example.com/one'] } }),
    remove('ConfigMap'),
    change('ConfigMap', 'merge', {
      metadata: { finalizers: ['example.com/one', 'example.com/z', 'example.com/b'] },
    }),
  ],
  'what nobody owns stays when its neighbour goes': [
    apply('Lease', 'kubectl', { spec: { leaseDurationSeconds: 15 } }),
    remove('Lease', { propagationPolicy: 'Foreground' }),
    apply('Lease', 'kubectl', { metadata: { ownerReferences: [owner('111111111111')] } }),
    apply('Lease', 'kubectl', {}),
    get('Lease'),
  ],
  'without a selector no labels are selected': [
    create('Deployment', { spec: { template: workload.spec.template } }),
  ],
  'of a Secret that an account names no more is kept than the name': [
    create('ServiceAccount', { secrets: [{ name: 'a', namespace: 'n' }] }),
  ],
}
