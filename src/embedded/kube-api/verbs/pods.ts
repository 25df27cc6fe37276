/** What is asked of a Pod through paths of their own: to run on a node, and what is inside it. */
import type { Call } from '../core.ts'
import { badRequest, conflict, internal, notFound } from '../errors.ts'
import type { Answer } from '../http/exchange.ts'
import type { Kind } from '../kinds/kind.ts'
import { builtinShape } from '../kinds/shapes.ts'
import { copy, isFielded, listAt, textAt, type Fielded, type Obj } from '../object.ts'
import { entryKey, type Entry } from '../storage/store.ts'
import { nowText } from '../core.ts'
import { answerValue, formOf } from './answer.ts'
import { asObject, checkNamespace, decodeBody } from './decode.ts'
import { checkUid } from './update.ts'
import { writeOptions } from './write.ts'

const shapeOf = {
  Binding: { group: '', version: 'v1', shape: 'core.v1.Binding' },
  Eviction: { group: 'policy', version: 'v1', shape: 'policy.v1.Eviction' },
} as const

/** What is asked of a Pod, and whether it is only tried. */
export interface Asked {
  readonly object: Obj
  readonly dryRun: boolean
}

/** Reads and checks a body as every create does. @throws ApiError 400 or 422. */
export async function asked(call: Call, name: 'Binding' | 'Eviction'): Promise<Asked> {
  const { group, version, shape } = shapeOf[name]
  const kind: Kind = {
    ...call.kind,
    group,
    version,
    kind: name,
    shape: () => builtinShape(shape),
    shapeName: shape,
  }
  const { dryRun } = writeOptions({ ...call, kind }, 'CreateOptions')
  const object = asObject({ ...call, kind }, kind, await decodeBody(call, name))
  checkNamespace(object, call.target.namespace)
  return { object, dryRun }
}

/** The Pod of the path's namespace. @throws ApiError 404. */
export function podOf(call: Call, name: string): Entry {
  const entry = call.core.store.get('pods', entryKey(call.target.namespace, name))
  if (entry === undefined) throw notFound({ group: '', plural: 'pods', kind: 'Pod' }, name)
  return entry
}

/** The answer to what went well. */
export function created(call: Call): Answer {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }
  return answerValue(status, 201, formOf(call))
}

/** POST on `pods/<name>/binding`, and on `bindings`: the Pod is to run on a node from now on. */
export async function bindPod(call: Call): Promise<Answer> {
  const { object: binding, dryRun } = await asked(call, 'Binding')
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
  // Either path writes a Pod, and only the one that its author had seen.
  const kind = { ...call.kind, plural: 'pods' }
  checkUid({ ...call, kind, target: { ...call.target, name } }, binding, entry)
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
  if (!dryRun) call.core.store.put('pods', pod)
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
