import { flag, type Call } from '../core.ts'
import { writeOwners } from '../managed/manager.ts'
import { afterScale } from '../managed/scale.ts'
import { misfit } from '../managed/typed.ts'
import { ApiError, badRequest, field, internal, invalid, notFound } from '../errors.ts'
import { contentType, decodeYaml } from '../http/body.ts'
import type { Answer } from '../http/exchange.ts'
import { viewOf } from '../http/render.ts'
import { scalarText, drop, get, isFielded, put, textAt, type Fielded, type Obj } from '../object.ts'
import { mergePatch } from '../patch/merge-patch.ts'
import { entryKey, type Entry } from '../storage/store.ts'
import { copy } from '../object.ts'
import { appliedName, assertRestored } from './applied.ts'
import { answerObject } from './answer.ts'
import type { Kind } from '../kinds/kind.ts'
import { builtinShape } from '../kinds/shapes.ts'
import { asObject, checkNamespace, decodeBody } from './decode.ts'
import { patchedObject, readPatched } from './patched.ts'
import { checkUid } from './update.ts'
import { updateObject, writeOptions } from './write.ts'

interface Paths {
  readonly spec: readonly string[]
  readonly status: readonly string[]
  readonly selector: readonly string[] | undefined
}

function pathsOf(call: Call): Paths {
  const scale = call.kind.custom?.scale
  if (scale === undefined)
    return { spec: ['spec', 'replicas'], status: ['status', 'replicas'], selector: undefined }
  const parts = (path: string): string[] => path.replace(/^\./, '').split('.')
  return {
    spec: parts(scale.spec),
    status: parts(scale.status),
    selector: scale.selector === undefined ? undefined : parts(scale.selector),
  }
}

function entryOf(call: Call): Entry {
  const { core, kind, target } = call
  const entry = core.store.get(
    kind.bucket,
    entryKey(kind.namespaced ? target.namespace : '', target.name),
  )
  if (entry === undefined) throw notFound(kind, target.name)
  return entry
}

function scaleOf(call: Call, object: Obj): Obj {
  const paths = pathsOf(call)
  const { name = '', namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  // A ReplicationController's selector is no more than labels.
  const isPlain = call.kind.bucket === 'replicationcontrollers'
  const labels = get(object, 'spec', 'selector', ...(isPlain ? [] : ['matchLabels']))
  const selector =
    call.kind.custom === undefined
      ? Object.entries(isFielded(labels) ? labels : {})
          .map(([key, value]) => `${key}=${scalarText(value)}`)
          .join(',')
      : paths.selector === undefined
        ? ''
        : textAt(object, ...paths.selector)
  const count = (path: readonly string[]): number => {
    const value = get(object, ...path)
    return typeof value === 'number' ? value : 0
  }
  const replicas = count(paths.spec)
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: count(paths.status), ...(selector === '' ? {} : { selector }) },
  }
}

/** GET on `…/scale`. */
export function readScale(call: Call): Answer {
  const { object } = viewOf(call.kind, entryOf(call))
  const scale = call.kind.custom?.scale
  if (scale !== undefined && get(object, ...pathsOf(call).spec) === undefined) {
    const why = `the spec replicas field ${JSON.stringify(scale.spec)} does not exist`
    throw new ApiError(500, 'InternalError', `Internal error occurred: ${why}`, {
      causes: [{ message: why }],
    })
  }
  return answerObject(call, scaleKind(call.kind), scaleOf(call, object))
}

/** PUT and PATCH on `…/scale`: changes the number of replicas and nothing else. */
export async function writeScale(call: Call, verb: string): Promise<Answer> {
  const { kind } = call
  const isApply = contentType(call.exchange) === 'application/apply-patch+yaml'
  const options = writeOptions(
    call,
    verb === 'update' ? 'UpdateOptions' : 'PatchOptions',
    isApply ? 'Apply' : 'Update',
  )
  // What is stored is looked at after the last wait: what others wrote until then is not undone.
  const asked = await askedScale(call, verb)
  const before = entryOf(call)
  const object = viewOf(kind, before).object
  const wanted = asked.of(scaleOf(call, object))
  if (textAt(wanted, 'metadata', 'name') === '') {
    throw badRequest(
      `the name of the object (${call.target.name} based on URL) was undeterminable: name must be provided`,
    )
  }
  const named = textAt(wanted, 'metadata', 'name')
  if (named !== call.target.name) {
    throw badRequest(
      `the name of the object (${named}) does not match the name on the URL (${call.target.name})`,
    )
  }
  checkUid(call, wanted, before)
  const replicas = get(wanted, 'spec', 'replicas') ?? 0
  if (typeof replicas === 'number' && replicas < 0) {
    const wrong = field.invalid('spec.replicas', replicas, 'must be greater than or equal to 0')
    const scale = call.kind.custom?.scale
    if (scale === undefined) {
      throw invalid({ group: 'autoscaling', kind: 'Scale' }, call.target.name, [wrong])
    }
    const own = field.invalid(scale.spec, replicas, 'should be a non-negative integer')
    throw invalid(kind, call.target.name, [own])
  }
  const next = copy(object)
  const version = textAt(wanted, 'metadata', 'resourceVersion')
  if (version !== '') next.metadata.resourceVersion = version
  const path = pathsOf(call).spec
  const scaled = afterScale(object, {
    writer: options.writer,
    path,
    wanted: asked.saysNumber ? Number(replicas) : undefined,
    force: flag(call.query, 'force') || !isApply,
    isCustom: kind.custom !== undefined,
    named: asked.named,
  })
  setAt(next, path, scaled.replicas)
  const entries = writeOwners(scaled.owners)
  if (entries.length > 0) next.metadata.managedFields = entries
  else drop(next.metadata, 'managedFields')
  // Ownership is settled here; the update takes it as it is.
  const writer = { ...options.writer, operation: 'Apply' as const }
  const updated = updateObject(call, kind, before, next, { ...options, writer, subresource: '' })
  return answerObject(call, scaleKind(kind), scaleOf(call, updated.entry.object))
}

interface AskedScale {
  /** What is made of the Scale as it is. */
  readonly of: (scale: Obj) => Obj
  /** Whether the number of replicas is spoken of; an applied Scale may leave it out. */
  readonly saysNumber: boolean
  /** `namespace/name` as it has them. */
  readonly named: string
}

/** Reads the body. @throws ApiError. */
async function askedScale(call: Call, verb: string): Promise<AskedScale> {
  const kind = scaleKind(call.kind)
  const asked: Call = { ...call, kind }
  if (verb === 'update') {
    const wanted = asObject(asked, kind, await decodeBody(call, 'Scale'))
    checkNamespace(wanted, call.target.namespace)
    return { of: () => wanted, saysNumber: true, named: '' }
  }
  const bytes = await call.exchange.body()
  const type = contentType(call.exchange)
  if (type === 'application/apply-patch+yaml') return appliedScale(asked, bytes)
  const of = (scale: Obj): Obj => patchedObject(asked, type, bytes, scale).object
  return { of, saysNumber: true, named: '' }
}

function appliedScale(call: Call, bytes: Uint8Array): AskedScale {
  const { kind } = call
  const refuse = (why: string): ApiError => badRequest(`error decoding patch: ${why}`)
  const config = { metadata: {}, ...Object(decodeYaml(bytes, refuse).value) } as Obj
  const wrong = misfit(config, kind.shape())
  if (wrong !== undefined) {
    throw internal(`failed to create typed patch object (${appliedName(config)}): ${wrong}`)
  }
  return {
    of: (scale) => {
      const merged = mergePatch(scale, config)
      assertRestored(kind, merged as Obj, config)
      return readPatched(call, merged).object
    },
    saysNumber: get(config, 'spec', 'replicas') !== undefined,
    named: `${textAt(config, 'metadata', 'namespace')}/${textAt(config, 'metadata', 'name')}`,
  }
}

// What is read and patched is a Scale, whatever it is the scale of.
function scaleKind(kind: Kind): Kind {
  return {
    ...kind,
    group: 'autoscaling',
    version: 'v1',
    kind: 'Scale',
    storedAs: 'autoscaling/v1',
    shape: () => builtinShape('autoscaling.v1.Scale'),
    shapeName: 'autoscaling.v1.Scale',
    bucket: 'scales.autoscaling',
    custom: undefined,
  }
}

function setAt(object: Fielded, path: readonly string[], value: unknown): void {
  let holder = object
  for (const key of path.slice(0, -1)) {
    const inner = get(holder, key)
    const own: Fielded = isFielded(inner) ? inner : {}
    put(holder, key, own)
    holder = own
  }
  put(holder, path[path.length - 1] as string, value)
}
