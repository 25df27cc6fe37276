/** The kinds that are asked about: where they are served, and what their objects may hold. */
import { kindsInFolder } from '../real/kinds.ts'
import { keyed, list, map, one, set, type Grammar } from './grammar.ts'
import { sampleDefinition } from './sample.ts'
import type { KindAddress } from './step.ts'

export interface KindUnderTest extends KindAddress {
  /** All of the object but apiVersion, kind and name. */
  readonly grammar: Grammar
  /** Paths of its own beside the object's. */
  readonly subresources: readonly ('status' | 'scale')[]
  readonly isCustom?: boolean
}

const text = one('', 'x', 'y', 'z')
const word = one('a', 'b', 'c')
const truth = one(true, false)
const words = (values: Grammar): Grammar => map({ a: values, b: values, c: values })
const some = (values: Grammar): Grammar => map({ 'a!': values, b: values, c: values })
const labels = map({ a: one('1', '2', ''), b: one('1', '2'), team: one('red', 'blue') })

const metadata = map({
  labels,
  annotations: words(text),
  finalizers: { ...set(one('example.com/one', 'example.com/two')), mergeKey: '~' } as Grammar,
  ownerReferences: {
    ...keyed(
      ['uid'],
      map({
        'apiVersion!': one('v1'),
        'kind!': one('ConfigMap'),
        'name!': one('owner'),
        uid: one('11111111-1111-4111-8111-111111111111', '11111111-1111-4111-8111-222222222222'),
        controller: one(false, true),
        blockOwnerDeletion: truth,
      }),
      'uid',
      2,
    ),
    whole: true,
  } as Grammar,
})

const of = (fields: Readonly<Record<string, Grammar>>): Grammar => map({ metadata, ...fields })

const quantities = map({ cpu: one('1', '100m', 1, '0.1'), memory: one('1Gi', '1024Mi', '64M') })

const env = keyed(
  ['name'],
  map({
    name: one('A', 'B', 'C'),
    value: text,
    valueFrom: map({
      secretKeyRef: map({ 'name!': word, 'key!': word, optional: truth }),
      fieldRef: map({ 'fieldPath!': one('metadata.name'), apiVersion: one('v1') }),
    }),
  }),
  'name',
)

const probe = map({
  httpGet: map({
    path: one('/', '/ready'),
    'port!': one(80, 'http'),
    scheme: one('HTTP', 'HTTPS'),
  }),
  periodSeconds: one(5, 10),
  failureThreshold: one(3, 4),
})

const container = map({
  name: one('main', 'side', 'third'),
  'image!': one('app:1', 'app:2', 'app'),
  command: list(word),
  args: list(word),
  env,
  envFrom: list(map({ prefix: text, secretRef: map({ 'name!': word }) }), 2),
  ports: keyed(
    ['containerPort', 'protocol'],
    map({ containerPort: one(80, 53), protocol: one('TCP', 'UDP'), name: one('http', 'dns') }),
    'containerPort',
  ),
  resources: map({ limits: quantities, requests: quantities }),
  volumeMounts: keyed(
    ['mountPath'],
    map({ mountPath: one('/a', '/b'), 'name!': one('v1', 'v2'), readOnly: truth }),
    'mountPath',
  ),
  readinessProbe: probe,
  imagePullPolicy: one('Always', 'IfNotPresent'),
  securityContext: map({
    runAsNonRoot: truth,
    capabilities: map({ add: list(one('NET_ADMIN', 'SYS_TIME')), drop: list(one('ALL')) }),
  }),
})

const volumes = keyed(
  ['name'],
  map({
    name: one('v1', 'v2'),
    emptyDir: map({ medium: one('Memory', ''), sizeLimit: one('1Gi') }),
  }),
  'name',
)

const podSpecFields = {
  'containers!': keyed(['name'], container, 'name'),
  initContainers: keyed(['name'], container, 'name', 1),
  volumes,
  nodeSelector: words(one('1', '2')),
  tolerations: list(
    map({ key: one('k', 'l'), 'operator!': one('Exists'), effect: one('NoSchedule', 'NoExecute') }),
    2,
  ),
  serviceAccountName: one('default', 'other'),
  terminationGracePeriodSeconds: one(0, 30, 60),
  hostAliases: keyed(
    ['ip'],
    map({ ip: one('127.0.0.1', '127.0.0.2'), hostnames: list(word) }),
    'ip',
    2,
  ),
  imagePullSecrets: keyed(['name'], map({ name: word }), 'name', 2),
  securityContext: map({ runAsUser: one(0, 1000), fsGroup: one(1000) }),
  topologySpreadConstraints: keyed(
    ['topologyKey', 'whenUnsatisfiable'],
    map({
      topologyKey: one('zone', 'host'),
      whenUnsatisfiable: one('DoNotSchedule', 'ScheduleAnyway'),
      'maxSkew!': one(1, 2),
      'labelSelector!': map({ 'matchLabels!': map({ 'app!': one('a') }) }),
    }),
    'topologyKey',
    2,
  ),
}

const conditions = (mergeKey: string, types: Grammar): Grammar =>
  keyed(
    ['type'],
    map({
      type: types,
      'status!': one('True', 'False'),
      reason: one('Why', 'Because'),
      message: text,
      lastTransitionTime: one('2030-01-01T00:00:00Z', null),
    }),
    mergeKey,
  )

const template = (restart: Grammar): Grammar =>
  map({
    'metadata!': map({
      'labels!': map({ 'app!': one('a'), b: one('1', '2') }),
      annotations: words(text),
    }),
    'spec!': map({ ...podSpecFields, restartPolicy: restart }),
  })

const rules = list(
  map({
    'apiGroups!': list(one('', 'apps')),
    'resources!': list(one('secrets', 'pods')),
    'verbs!': list(one('get', 'list', '*')),
    resourceNames: list(word),
  }),
)

const subjects = list(
  map({
    'kind!': one('ServiceAccount', 'User', 'Group'),
    'name!': word,
    namespace: one('«ns»'),
    apiGroup: one('', 'rbac.authorization.k8s.io'),
  }),
)

const builtin = {
  ConfigMap: {
    apiVersion: 'v1',
    plural: 'configmaps',
    subresources: [],
    grammar: of({
      data: some(text),
      binaryData: map({ 'd!': one('eA==', 'eQ==', '') }),
      immutable: one(false, false, true),
    }),
  },
  Secret: {
    apiVersion: 'v1',
    plural: 'secrets',
    subresources: [],
    grammar: of({
      data: map({
        'a!': one('eA==', 'eQ==', ''),
        b: one('eA=='),
        username: one('eA=='),
        '.dockerconfigjson': one('e30='),
      }),
      stringData: some(text),
      type: one(
        'Opaque',
        'Opaque',
        'kubernetes.io/basic-auth',
        'example.com/own',
        'kubernetes.io/dockerconfigjson',
      ),
      immutable: one(false, false, true),
    }),
  },
  Service: {
    apiVersion: 'v1',
    plural: 'services',
    subresources: ['status'],
    grammar: of({
      'spec!': map({
        'ports!': keyed(
          ['port', 'protocol'],
          map({
            port: one(80, 443, 53),
            protocol: one('TCP', 'UDP'),
            name: one('http', 'dns', 'web'),
            targetPort: one(8080, 'http'),
            appProtocol: one('http'),
          }),
          'port',
        ),
        selector: words(one('1', '2')),
        type: one('ClusterIP', 'NodePort', 'LoadBalancer'),
        clusterIP: one('None'),
        externalName: one('example.com'),
        sessionAffinity: one('None', 'ClientIP'),
        externalIPs: list(one('1.1.1.1')),
        publishNotReadyAddresses: truth,
        internalTrafficPolicy: one('Cluster', 'Local'),
      }),
      status: map({
        loadBalancer: map({ ingress: list(map({ 'ip!': one('1.2.3.4', '1.2.3.5') })) }),
        conditions: conditions('type', word),
      }),
    }),
  },
  ServiceAccount: {
    apiVersion: 'v1',
    plural: 'serviceaccounts',
    subresources: [],
    grammar: of({
      secrets: keyed(['name'], map({ name: word, namespace: one('n') }), 'name'),
      imagePullSecrets: list(map({ 'name!': word })),
      automountServiceAccountToken: truth,
    }),
  },
  Deployment: {
    apiVersion: 'apps/v1',
    plural: 'deployments',
    subresources: ['status', 'scale'],
    grammar: of({
      'spec!': map({
        replicas: one(0, 1, 3),
        'selector!': map({ 'matchLabels!': map({ 'app!': one('a') }) }),
        'template!': template(one('Always')),
        strategy: map({
          type: one('RollingUpdate', 'Recreate'),
          rollingUpdate: map({ maxSurge: one(1, '25%'), maxUnavailable: one(0, '50%') }),
        }),
        minReadySeconds: one(0, 5),
        paused: truth,
        revisionHistoryLimit: one(2, 10),
        progressDeadlineSeconds: one(600, 60),
      }),
      status: map({
        replicas: one(1, 2),
        readyReplicas: one(1),
        observedGeneration: one(1, 2),
        conditions: conditions('type', one('Available', 'Progressing')),
      }),
    }),
  },
  Pod: {
    apiVersion: 'v1',
    plural: 'pods',
    subresources: ['status'],
    grammar: of({
      'spec!': map({
        ...podSpecFields,
        restartPolicy: one('Always', 'Never'),
        activeDeadlineSeconds: one(30, 10),
        priority: one(0),
      }),
      status: map({
        phase: one('Running', 'Pending', 'Succeeded'),
        reason: text,
        podIP: one('10.1.1.1'),
        conditions: conditions('type', one('Ready', 'Initialized')),
      }),
    }),
  },
  Job: {
    apiVersion: 'batch/v1',
    plural: 'jobs',
    subresources: ['status'],
    grammar: of({
      'spec!': map({
        'template!': template(one('Never', 'OnFailure')),
        parallelism: one(1, 2),
        completions: one(1, 3),
        backoffLimit: one(0, 6),
        ttlSecondsAfterFinished: one(0, 100),
        suspend: truth,
        activeDeadlineSeconds: one(10),
      }),
      status: map({
        active: one(1),
        failed: one(1),
        conditions: conditions('type', one('Complete', 'Failed')),
      }),
    }),
  },
  Lease: {
    apiVersion: 'coordination.k8s.io/v1',
    plural: 'leases',
    subresources: [],
    grammar: of({
      'spec!': map({
        holderIdentity: one('a', 'b', ''),
        leaseDurationSeconds: one(15, 30),
        leaseTransitions: one(0, 1),
        acquireTime: one('2030-01-01T00:00:00.000000Z', '2030-01-01T00:00:01.500000Z'),
        renewTime: one('2030-01-01T00:00:00.123456Z', null),
      }),
    }),
  },
  Event: {
    apiVersion: 'v1',
    plural: 'events',
    subresources: [],
    grammar: of({
      'involvedObject!': map({
        'kind!': one('Pod'),
        'name!': word,
        'namespace!': one('«ns»'),
        uid: one('u'),
      }),
      reason: one('Why', 'Because'),
      message: text,
      type: one('Normal', 'Warning'),
      count: one(1, 2),
      firstTimestamp: one('2030-01-01T00:00:00Z', null),
      lastTimestamp: one('2030-01-01T00:00:00Z'),
      source: map({ component: word, host: text }),
      action: one('Act'),
      reportingComponent: one('example.com/c'),
    }),
  },
  Role: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    plural: 'roles',
    subresources: [],
    grammar: of({ 'rules!': rules }),
  },
  RoleBinding: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    plural: 'rolebindings',
    subresources: [],
    grammar: of({
      subjects,
      'roleRef!': map({
        'apiGroup!': one('rbac.authorization.k8s.io'),
        'kind!': one('Role', 'Role', 'ClusterRole'),
        'name!': one('a', 'a', 'b'),
      }),
    }),
  },
  NetworkPolicy: {
    apiVersion: 'networking.k8s.io/v1',
    plural: 'networkpolicies',
    subresources: [],
    grammar: of({
      'spec!': map({
        'podSelector!': map({ matchLabels: words(one('1')) }),
        policyTypes: list(one('Ingress', 'Egress'), 2),
        ingress: list(map({ ports: list(map({ port: one(80), protocol: one('TCP') })) }), 2),
      }),
    }),
  },
} as const

const sample: Grammar = of({
  spec: map({
    text,
    count: one(0, 3, 5, -1),
    flag: truth,
    nothing: one('x', null),
    port: one(80, 'http'),
    size: one(1, 1.5),
    replicas: one(0, 1, 2),
    plain: list(word),
    atomic: list(word),
    set: set(word),
    numbers: set(one(1, 2, 3)),
    entries: keyed(
      ['name'],
      map({
        name: word,
        value: text,
        labels: words(text),
        parts: set(word),
        inner: map({ a: text, b: one(1, 2) }),
      }),
    ),
    ports: keyed(
      ['port', 'protocol'],
      map({ port: one(80, 81), protocol: one('TCP', 'UDP'), name: word }),
    ),
    free: words(text),
    whole: words(text),
    granular: map({ a: text, b: text }),
    block: map({ a: text, b: list(word), deep: words(text) }),
    any: map({
      a: one(1, 'x', null),
      list: list(one(1, 'x')),
      b: map({ c: text, d: one(1, null) }),
    }),
    deep: map({ mode: one('easy', 'hard'), inner: map({ a: text, b: text }) }),
  }),
  status: map({
    replicas: one(0, 1, 2),
    selector: one('a=b'),
    phase: word,
    observedGeneration: one(1, 2),
    conditions: keyed(
      ['type'],
      map({ type: one('Ready', 'Synced'), 'status!': one('True', 'False'), reason: word }),
    ),
  }),
})

const fluxConditions = keyed(
  ['type'],
  map({
    type: one('Ready', 'Stalled'),
    'status!': one('True', 'False'),
    'reason!': one('Why', 'Because'),
    'message!': text,
    'lastTransitionTime!': one('2030-01-01T00:00:00Z'),
    observedGeneration: one(1),
  }),
)

const remoteRef = map({
  'key!': word,
  property: word,
  version: one('1'),
  decodingStrategy: one('None', 'Base64'),
  conversionStrategy: one('Default', 'Unicode'),
})

const custom = {
  Sample: {
    apiVersion: 'differential.example.com/v1',
    plural: 'samples',
    subresources: ['status', 'scale'],
    grammar: sample,
  },
  ExternalSecret: {
    apiVersion: 'external-secrets.io/v1',
    plural: 'externalsecrets',
    subresources: ['status'],
    grammar: of({
      'spec!': map({
        secretStoreRef: map({ 'name!': word, kind: one('SecretStore', 'ClusterSecretStore') }),
        refreshInterval: one('1h', '1m', '0'),
        refreshPolicy: one('Periodic', 'OnChange'),
        target: map({
          name: word,
          creationPolicy: one('Owner', 'Orphan', 'Merge'),
          deletionPolicy: one('Retain', 'Delete'),
          immutable: truth,
          template: map({
            type: one('Opaque'),
            engineVersion: one('v2'),
            data: words(text),
            metadata: map({ labels: words(text), annotations: words(text) }),
          }),
        }),
        data: list(map({ 'secretKey!': word, 'remoteRef!': remoteRef })),
        dataFrom: list(
          map({ extract: remoteRef, find: map({ name: map({ regexp: one('.*') }), path: word }) }),
          2,
        ),
      }),
      status: map({
        syncedResourceVersion: word,
        refreshTime: one('2030-01-01T00:00:00Z', null),
        binding: map({ name: word }),
        conditions: list(
          map({
            'type!': one('Ready'),
            'status!': one('True'),
            reason: word,
            message: text,
            lastTransitionTime: one('2030-01-01T00:00:00Z'),
          }),
        ),
      }),
    }),
  },
  SecretStore: {
    apiVersion: 'external-secrets.io/v1',
    plural: 'secretstores',
    subresources: ['status'],
    grammar: of({
      'spec!': map({
        controller: word,
        refreshInterval: one(0, 60),
        retrySettings: map({ maxRetries: one(1), retryInterval: one('1s') }),
        conditions: list(
          map({ namespaces: list(word), namespaceSelector: map({ matchLabels: words(one('1')) }) }),
        ),
        'provider!': map({
          fake: map({ 'data!': list(map({ 'key!': word, value: text, version: one('v1') })) }),
        }),
      }),
      status: map({
        capabilities: one('ReadOnly', 'ReadWrite'),
        conditions: list(map({ 'type!': one('Ready'), 'status!': one('True') })),
      }),
    }),
  },
  SealedSecret: {
    apiVersion: 'bitnami.com/v1alpha1',
    plural: 'sealedsecrets',
    subresources: ['status'],
    grammar: of({
      'spec!': map({
        'encryptedData!': words(text),
        template: map({
          type: one('Opaque'),
          data: words(text),
          immutable: truth,
          metadata: map({ labels: words(text) }),
        }),
      }),
      status: map({
        observedGeneration: one(1),
        conditions: list(map({ 'type!': one('Synced'), 'status!': one('True'), reason: word })),
      }),
    }),
  },
  Kustomization: {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    plural: 'kustomizations',
    subresources: ['status'],
    grammar: of({
      'spec!': map({
        'interval!': one('1m', '10m'),
        'prune!': truth,
        'sourceRef!': map({
          'kind!': one('GitRepository', 'Bucket'),
          'name!': word,
          namespace: word,
        }),
        path: one('./a', './b'),
        suspend: truth,
        force: truth,
        timeout: one('1m', 'odd'),
        dependsOn: list(map({ 'name!': word, namespace: word })),
        postBuild: map({
          substitute: words(text),
          substituteFrom: list(
            map({ 'kind!': one('Secret', 'ConfigMap'), 'name!': word, optional: truth }),
          ),
        }),
        patches: list(map({ 'patch!': text, target: map({ kind: word, name: word }) }), 2),
        commonMetadata: map({ labels: words(text), annotations: words(text) }),
      }),
      status: map({
        observedGeneration: one(1, 2),
        lastAppliedRevision: word,
        inventory: map({ 'entries!': list(map({ 'id!': word, 'v!': one('v1') })) }),
        conditions: fluxConditions,
      }),
    }),
  },
  GitRepository: {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    plural: 'gitrepositories',
    subresources: ['status'],
    grammar: of({
      'spec!': map({
        'interval!': one('1m', '10m'),
        'url!': one('https://example.com/a', 'ssh://example.com/b', 'odd'),
        ref: map({ branch: word, tag: word, semver: one('>1') }),
        secretRef: map({ 'name!': word }),
        ignore: text,
        suspend: truth,
        include: list(map({ 'repository!': map({ 'name!': word }), fromPath: word }), 2),
        sparseCheckout: list(word),
      }),
      status: map({
        observedGeneration: one(1, 2),
        conditions: fluxConditions,
        observedIgnore: text,
      }),
    }),
  },
} as const

const named = (kinds: object, isCustom: boolean): [string, KindUnderTest][] =>
  Object.entries(kinds).map(([kind, rest]) => [
    kind,
    { kind, namespaced: true, isCustom, ...(rest as Omit<KindUnderTest, 'kind' | 'namespaced'>) },
  ])

export const kindsUnderTest: Readonly<Record<string, KindUnderTest>> = Object.fromEntries([
  ...named(builtin, false),
  ...named(custom, true),
  ...named(
    {
      Namespace: {
        apiVersion: 'v1',
        plural: 'namespaces',
        namespaced: false,
        subresources: ['status'],
        grammar: of({
          spec: map({ finalizers: list(one('kubernetes')) }),
          status: map({ phase: one('Active'), conditions: conditions('type', word) }),
        }),
      },
      ClusterRole: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        plural: 'clusterroles',
        namespaced: false,
        subresources: [],
        grammar: of({ 'rules!': rules }),
      },
    },
    false,
  ),
])

export const addresses: Readonly<Record<string, KindAddress>> = kindsUnderTest

/** Definitions of the custom kinds among them. */
export function definitionsToInstall(): readonly object[] {
  return [...kindsInFolder(), sampleDefinition]
}
