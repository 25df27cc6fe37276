/**
 * What the built-in types hold when their author leaves it out, type by type.
 *
 * Source: Kubernetes 1.36, pkg/apis/<group>/<version>/defaults.go.
 */
import type { Shape, StructShape } from '../kinds/shape.ts'
import { get, isFielded, listAt, textAt, type Fielded } from '../object.ts'

/** Sets what is absent; an empty text is absent, a zero or a false is not. */
export function fill(target: Fielded, defaults: Readonly<Fielded>): void {
  for (const [key, value] of Object.entries(defaults)) {
    const held = target[key]
    if (held === undefined || held === null || held === '') target[key] = value
  }
}

/** The struct at a key, made when it is not there. */
function part(holder: Fielded, key: string): Fielded {
  const held = holder[key]
  if (isFielded(held)) return held
  const made: Fielded = {}
  holder[key] = made
  return made
}

type Default = (value: Fielded) => void

const filling =
  (defaults: Readonly<Fielded>): Default =>
  (value) =>
    fill(value, defaults)

function imagePolicy(image: string): string {
  const isLatest = image.endsWith(':latest') || !/:[^/]+$/.test(image)
  return isLatest && !image.includes('@') ? 'Always' : 'IfNotPresent'
}

function completeContainer(container: Fielded): void {
  fill(container, {
    imagePullPolicy: imagePolicy(textAt(container, 'image')),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  })
}

// What a container may use at most is what it asks for, unless it says otherwise.
function completeRequests(pod: Fielded): void {
  for (const name of ['containers', 'initContainers']) {
    for (const container of listAt(pod, 'spec', name)) {
      const resources = get(container, 'resources')
      const limits = get(resources, 'limits')
      if (!isFielded(resources) || !isFielded(limits)) continue
      resources['requests'] = { ...limits, ...(get(resources, 'requests') as Fielded | undefined) }
    }
  }
}

const volumeSources: ReadonlySet<string> = new Set(['name'])

function completeVolume(volume: Fielded): void {
  if (Object.keys(volume).every((key) => volumeSources.has(key))) volume['emptyDir'] = {}
}

function completeDeployment(deployment: Fielded): void {
  const spec = part(deployment, 'spec')
  fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 })
  const strategy = part(spec, 'strategy')
  fill(strategy, { type: 'RollingUpdate' })
  if (strategy['type'] !== 'RollingUpdate') return
  fill(part(strategy, 'rollingUpdate'), { maxUnavailable: '25%', maxSurge: '25%' })
}

function completeDaemonSet(set: Fielded): void {
  const spec = part(set, 'spec')
  fill(spec, { revisionHistoryLimit: 10 })
  const strategy = part(spec, 'updateStrategy')
  fill(strategy, { type: 'RollingUpdate' })
  if (strategy['type'] !== 'RollingUpdate') return
  fill(part(strategy, 'rollingUpdate'), { maxUnavailable: 1, maxSurge: 0 })
}

function completeStatefulSet(set: Fielded): void {
  const spec = part(set, 'spec')
  fill(spec, { podManagementPolicy: 'OrderedReady', replicas: 1, revisionHistoryLimit: 10 })
  const strategy = part(spec, 'updateStrategy')
  if (textAt(strategy, 'type') === '') {
    strategy['type'] = 'RollingUpdate'
    part(strategy, 'rollingUpdate')
  }
  const rolling = strategy['rollingUpdate']
  if (strategy['type'] === 'RollingUpdate' && isFielded(rolling)) fill(rolling, { partition: 0 })
  const kept = part(spec, 'persistentVolumeClaimRetentionPolicy')
  fill(kept, { whenDeleted: 'Retain', whenScaled: 'Retain' })
  for (const claim of listAt(spec, 'volumeClaimTemplates')) {
    if (isFielded(claim)) fill(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' })
  }
}

function completeJob(job: Fielded): void {
  const spec = part(job, 'spec')
  const isPlain = get(spec, 'completions') === undefined && get(spec, 'parallelism') === undefined
  fill(spec, {
    ...(isPlain ? { completions: 1 } : {}),
    parallelism: 1,
    backoffLimit: spec['backoffLimitPerIndex'] === undefined ? 6 : 2_147_483_647,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: spec['podFailurePolicy'] === undefined ? 'TerminatingOrFailed' : 'Failed',
    manualSelector: false,
  })
  copyLabels(job)
}

function completeController(controller: Fielded): void {
  const spec = part(controller, 'spec')
  fill(spec, { replicas: 1 })
  const labels = get(spec, 'template', 'metadata', 'labels')
  if (isFielded(labels) && spec['selector'] === undefined) spec['selector'] = { ...labels }
  copyLabels(controller)
}

// Without labels of its own it has those of its Pods.
function copyLabels(object: Fielded): void {
  const labels = get(object, 'spec', 'template', 'metadata', 'labels')
  const metadata = part(object, 'metadata')
  if (isFielded(labels) && metadata['labels'] === undefined) metadata['labels'] = { ...labels }
}

function completePolicy(policy: Fielded): void {
  const spec = part(policy, 'spec')
  const both = listAt(spec, 'egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress']
  if (listAt(spec, 'policyTypes').length === 0) spec['policyTypes'] = both
}

function completeScaler(scaler: Fielded): void {
  const spec = part(scaler, 'spec')
  fill(spec, { minReplicas: 1 })
  if (listAt(spec, 'metrics').length > 0) return
  const target = { type: 'Utilization', averageUtilization: 80 }
  spec['metrics'] = [{ type: 'Resource', resource: { name: 'cpu', target } }]
}

function completeService(service: Fielded): void {
  const spec = part(service, 'spec')
  fill(spec, { sessionAffinity: 'None', type: 'ClusterIP' })
  const { type } = spec
  if (spec['sessionAffinity'] === 'None') delete spec['sessionAffinityConfig']
  if (
    spec['sessionAffinity'] === 'ClientIP' &&
    get(spec, 'sessionAffinityConfig', 'clientIP', 'timeoutSeconds') === undefined
  ) {
    spec['sessionAffinityConfig'] = { clientIP: { timeoutSeconds: 10_800 } }
  }
  for (const port of listAt(spec, 'ports')) {
    if (!isFielded(port)) continue
    fill(port, { protocol: 'TCP' })
    if ([0, '', undefined].includes(port['targetPort'] as string | number | undefined)) {
      port['targetPort'] = port['port']
    }
  }
  const isOutside = type === 'NodePort' || type === 'LoadBalancer'
  const isReached = isOutside || (type === 'ClusterIP' && listAt(spec, 'externalIPs').length > 0)
  if (isReached) fill(spec, { externalTrafficPolicy: 'Cluster' })
  if (isOutside || type === 'ClusterIP') fill(spec, { internalTrafficPolicy: 'Cluster' })
  if (type === 'LoadBalancer') fill(spec, { allocateLoadBalancerNodePorts: true })
}

function completeLimits(item: Fielded): void {
  if (item['type'] !== 'Container') return
  const limitsOf = (key: string): Fielded => (isFielded(item[key]) ? item[key] : {})
  item['default'] = { ...limitsOf('max'), ...limitsOf('default') }
  item['defaultRequest'] = {
    ...limitsOf('min'),
    ...(item['default'] as Fielded),
    ...limitsOf('defaultRequest'),
  }
}

const byType: Readonly<Record<string, Default>> = {
  'core.v1.PodSpec': (spec) => {
    fill(spec, {
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
      schedulerName: 'default-scheduler',
    })
    // The older name of the same field is written beside it.
    const account = textAt(spec, 'serviceAccountName') || textAt(spec, 'serviceAccount')
    if (account !== '') {
      spec['serviceAccountName'] = account
      spec['serviceAccount'] = account
    }
  },
  'core.v1.Pod': (pod) => {
    fill(part(pod, 'spec'), { enableServiceLinks: true })
    completeRequests(pod)
  },
  'core.v1.Container': completeContainer,
  'core.v1.EphemeralContainer': completeContainer,
  'core.v1.ContainerPort': filling({ protocol: 'TCP' }),
  'core.v1.Probe': filling({
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  }),
  'core.v1.HTTPGetAction': filling({ path: '/', scheme: 'HTTP' }),
  'core.v1.GRPCAction': (action) => {
    action['service'] ??= ''
  },
  'core.v1.Volume': completeVolume,
  'core.v1.SecretVolumeSource': filling({ defaultMode: 420 }),
  'core.v1.ConfigMapVolumeSource': filling({ defaultMode: 420 }),
  'core.v1.ProjectedVolumeSource': filling({ defaultMode: 420 }),
  'core.v1.DownwardAPIVolumeSource': filling({ defaultMode: 420 }),
  'core.v1.ServiceAccountTokenProjection': filling({ expirationSeconds: 3600 }),
  'core.v1.ObjectFieldSelector': filling({ apiVersion: 'v1' }),
  'core.v1.HostPathVolumeSource': (source) => {
    source['type'] ??= ''
  },
  'core.v1.Service': completeService,
  'core.v1.PersistentVolumeClaim': (claim) => fill(part(claim, 'status'), { phase: 'Pending' }),
  'core.v1.PersistentVolumeClaimSpec': filling({ volumeMode: 'Filesystem' }),
  'core.v1.PersistentVolume': (volume) => {
    fill(part(volume, 'status'), { phase: 'Pending' })
    fill(part(volume, 'spec'), {
      persistentVolumeReclaimPolicy: 'Retain',
      volumeMode: 'Filesystem',
    })
  },
  'core.v1.EndpointPort': filling({ protocol: 'TCP' }),
  'core.v1.LimitRangeItem': completeLimits,
  'core.v1.ReplicationController': completeController,
  'apps.v1.Deployment': completeDeployment,
  'apps.v1.DaemonSet': completeDaemonSet,
  'apps.v1.StatefulSet': completeStatefulSet,
  'apps.v1.ReplicaSet': (set) => fill(part(set, 'spec'), { replicas: 1 }),
  'batch.v1.Job': completeJob,
  'batch.v1.CronJob': (job) =>
    fill(part(job, 'spec'), {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    }),
  'networking.v1.NetworkPolicy': completePolicy,
  'networking.v1.NetworkPolicyPort': filling({ protocol: 'TCP' }),
  'autoscaling.v2.HorizontalPodAutoscaler': completeScaler,
  'discovery.v1.EndpointPort': (port) => {
    port['name'] ??= ''
    fill(port, { protocol: 'TCP' })
  },
}

/** Fills in, in place, what the author of a typed object left out; holders before what they hold. */
export function completeTyped(value: unknown, shape: Shape): void {
  if (!reaches(shape)) return
  if (shape.kind === 'struct' && isFielded(value)) {
    byType[shape.name]?.(value)
    for (const key of Object.keys(value)) {
      const field = shape.fields.get(key)
      if (field !== undefined) completeTyped(value[key], field.shape())
    }
  } else if (shape.kind === 'list' && Array.isArray(value)) {
    for (const item of value) completeTyped(item, shape.element())
  } else if (shape.kind === 'map' && isFielded(value)) {
    for (const item of Object.values(value)) completeTyped(item, shape.element())
  }
}

const reached = new Map<string, boolean>()

// Whether there is anything to fill in below: most types are passed over without a look.
function reaches(shape: Shape): boolean {
  if (shape.kind === 'struct') return reached.get(shape.name) ?? search(shape)
  return (shape.kind === 'list' || shape.kind === 'map') && reaches(shape.element())
}

function search(shape: StructShape): boolean {
  reached.set(shape.name, false) // while it is being looked at: a type may hold itself
  const found =
    Object.hasOwn(byType, shape.name) ||
    [...shape.fields.values()].some((field) => reaches(field.shape()))
  reached.set(shape.name, found)
  return found
}
