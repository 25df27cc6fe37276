/** What is asked of a Pod through paths of their own: to run on a node, and to give way. */
import type { Call } from '../core.ts'
import { matchesLabels } from '../rules/label-query.ts'
import { ApiError, badRequest, conflict, internal, notFound } from '../errors.ts'
import type { Answer } from '../http/exchange.ts'
import type { Kind } from '../kinds/kind.ts'
import { builtinShape } from '../kinds/shapes.ts'
import { copy, get, isFielded, listAt, textAt, type Fielded, type Obj } from '../object.ts'
import { entryKey, type Entry } from '../storage/store.ts'
import { nowText } from '../core.ts'
import { answerValue, formOf } from './answer.ts'
import { asObject, decodeBody } from './decode.ts'
import { deleteEntry } from './delete.ts'

const shapeOf = {
  Binding: { group: '', version: 'v1', shape: 'core.v1.Binding' },
  Eviction: { group: 'policy', version: 'v1', shape: 'policy.v1.Eviction' },
} as const

async function asked(call: Call, name: 'Binding' | 'Eviction'): Promise<Obj> {
  const { group, version, shape } = shapeOf[name]
  const kind: Kind = {
    ...call.kind,
    group,
    version,
    kind: name,
    shape: () => builtinShape(shape),
    shapeName: shape,
  }
  return asObject({ ...call, kind }, kind, await decodeBody(call, name))
}

function podOf(call: Call, name: string): Entry {
  const entry = call.core.store.get('pods', entryKey(call.target.namespace, name))
  if (entry === undefined) throw notFound({ group: '', plural: 'pods', kind: 'Pod' }, name)
  return entry
}

function created(call: Call): Answer {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }
  return answerValue(status, 201, formOf(call))
}

function isDry(call: Call): boolean {
  return call.query.getAll('dryRun').includes('All')
}

/** POST on `pods/<name>/binding`, and on `bindings`: the Pod is to run on a node from now on. */
export async function bindPod(call: Call): Promise<Answer> {
  const binding = await asked(call, 'Binding')
  const inBody = textAt(binding, 'metadata', 'name')
  const name = call.target.name === '' ? inBody : call.target.name
  if (name !== inBody && inBody !== '')
    throw badRequest('name in URL does not match name in Binding object')
  const node = textAt(binding, 'target', 'name')
  const targetKind = textAt(binding, 'target', 'kind')
  if (targetKind !== '' && targetKind !== 'Node') {
    const supported = `supported values: "Node", "<empty>"`
    throw internal(`target.kind: Unsupported value: ${JSON.stringify(targetKind)}: ${supported}`)
  }
  if (node === '') throw internal('target.name: Required value')
  const entry = podOf(call, name)
  const pod = copy(entry.object)
  const spec = pod['spec'] as Fielded
  const about = { group: '', plural: 'pods/binding', kind: 'Pod' }
  if (pod.metadata.deletionTimestamp !== undefined) {
    throw conflict(about, name, `pod ${name} is being deleted, cannot be assigned to a host`)
  }
  const held = textAt(spec, 'nodeName')
  if (held !== '') {
    throw conflict(about, name, `pod ${name} is already assigned to node ${JSON.stringify(held)}`)
  }
  spec['nodeName'] = node
  pod.metadata.annotations = {
    ...pod.metadata.annotations,
    ...binding.metadata.annotations,
  }
  if (Object.keys(pod.metadata.annotations).length === 0) delete pod.metadata.annotations
  schedule(call, pod)
  if (!isDry(call)) call.core.store.put('pods', pod)
  return created(call)
}

function schedule(call: Call, pod: Obj): void {
  const status: Fielded = isFielded(pod['status']) ? pod['status'] : {}
  const others = listAt(status, 'conditions').filter(
    (one) => textAt(one, 'type') !== 'PodScheduled',
  )
  const now = nowText(call.core)
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: now,
  }
  status['conditions'] = [...others, scheduled]
  pod['status'] = status
}

/** POST on `pods/<name>/eviction`: deletes it, as long as no disruption budget is against it. */
export async function evictPod(call: Call): Promise<Answer> {
  const eviction = await asked(call, 'Eviction')
  const { name } = call.target
  const inBody = textAt(eviction, 'metadata', 'name')
  if (inBody !== name) {
    throw badRequest('name in URL does not match name in Eviction object')
  }
  const entry = podOf(call, name)
  const { object: pod } = entry
  const options = get(eviction, 'deleteOptions')
  const isPassing =
    ['Succeeded', 'Failed', 'Pending'].includes(textAt(pod, 'status', 'phase')) ||
    pod.metadata.deletionTimestamp !== undefined
  if (!isPassing) checkBudgets(call, pod)
  const grace = get(options, 'gracePeriodSeconds')
  const uid = textAt(options, 'preconditions', 'uid')
  deleteEntry(call.core, call.kind, entry, {
    dryRun: isDry(call) || listAt(options, 'dryRun').length > 0,
    ...(typeof grace === 'number' ? { graceSeconds: grace } : {}),
    ...(uid === '' ? {} : { uid }),
  })
  return created(call)
}

// Whoever would count the Pods of a budget does not run here: a budget allows what its status says.
function checkBudgets(call: Call, pod: Obj): void {
  const { store } = call.core
  const all = [...store.entries('poddisruptionbudgets.policy', `${call.target.namespace}/`)]
  const budgets = all.map(([, { object }]) => object).filter((one) => selects(one, pod))
  const [budget, other] = budgets
  if (budget === undefined) return
  if (other !== undefined) {
    throw internal(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    )
  }
  const name = budget.metadata.name ?? ''
  const count = (field: string): number => Number(get(budget, 'status', field) ?? 0)
  if (count('observedGeneration') < (budget.metadata.generation ?? 0)) {
    throw tooSoon(`The disruption budget ${name} is still being processed by the server.`, 10)
  }
  if (count('disruptionsAllowed') > 0) return
  const needed = `needs ${count('desiredHealthy')} healthy pods and has ${count('currentHealthy')} currently`
  throw tooSoon(`The disruption budget ${name} ${needed}`, 0)
}

function tooSoon(why: string, seconds: number): ApiError {
  const causes = [{ reason: 'DisruptionBudget', message: why }]
  const message = "Cannot evict pod as it would violate the pod's disruption budget."
  const details = { causes, ...(seconds === 0 ? {} : { retryAfterSeconds: seconds }) }
  const headers: Record<string, string> = seconds === 0 ? {} : { 'retry-after': String(seconds) }
  return new ApiError(429, 'TooManyRequests', message, details, headers)
}

function selects(budget: Obj, pod: Obj): boolean {
  const selector = get(budget, 'spec', 'selector')
  return isFielded(selector) && matchesLabels(selector, pod.metadata.labels ?? {})
}

const streams: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward', 'proxy'])

/** Whether a path leads into a Pod that runs. */
export function isInsidePod({ kind, target }: Call): boolean {
  return kind.bucket === 'pods' && (target.subresource === 'log' || streams.has(target.subresource))
}

/** What is inside a Pod, its log or a process: nothing, as none runs here. @throws ApiError. */
export function insidePod(call: Call): Answer {
  const { name, subresource } = call.target
  const { object: pod } = podOf(call, name)
  if (['log', 'exec', 'attach'].includes(subresource)) checkContainer(call, pod, name)
  if (textAt(pod, 'spec', 'nodeName') !== '') throw internal('no Pod runs on this server')
  if (subresource === 'log') return { status: 204, headers: {} }
  if (subresource === 'proxy') throw badRequest('address not allowed')
  throw badRequest(`pod ${name} does not have a host assigned`)
}

function checkContainer(call: Call, pod: Obj, name: string): void {
  const wanted = call.query.get('container') ?? ''
  const names = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) =>
    listAt(pod, 'spec', list).map((one) => textAt(one, 'name')),
  )
  if (wanted !== '' && !names.includes(wanted)) {
    throw badRequest(`container ${wanted} is not valid for pod ${name}`)
  }
  const own = listAt(pod, 'spec', 'containers').map((one) => textAt(one, 'name'))
  if (wanted !== '' || own.length < 2) return
  const choice = `choose one of: [${own.join(' ')}]`
  throw badRequest(`a container name must be specified for pod ${name}, ${choice}`)
}
