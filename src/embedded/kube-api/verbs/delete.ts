import type { Call, Core } from '../core.ts'

import type { ApiError } from '../errors.ts'
import {
  badRequest,
  conflict,
  field,
  forbidden,
  invalid,
  notFound,
  type FieldError,
} from '../errors.ts'
import { contentType, decodeJson, decodeYaml } from '../http/body.ts'
import { emptyQuery, type Answer } from '../http/exchange.ts'
import { viewOf } from '../http/render.ts'
import { apiVersionOf, type Kind } from '../kinds/kind.ts'
import { scalarText, get, isFielded, textAt, type Obj } from '../object.ts'
import { entryKey, type Entry } from '../storage/store.ts'
import { timeText } from '#base'
import { cleanupFinalizer } from '../rules/definition.ts'
import { pending, withTerminating } from '../controllers/terminating.ts'
import { decodeProtobuf, decodeTop, unknownFormat } from './decode.ts'
import { answerEntry, answerObject, answerValue, formOf } from './answer.ts'
import { intOf, listOf, shapedList } from './list.ts'
import { builtinShape } from '../kinds/shapes.ts'
import { readTyped, TypeMismatch } from '../kinds/strict.ts'
import { isFinished } from './write.ts'

interface DeleteOptions {
  readonly uid: string | undefined
  readonly resourceVersion: string | undefined
  readonly policy: string | undefined
  readonly graceSeconds: number | undefined
  readonly dryRun: boolean
}

const policies = ['Foreground', 'Background', 'Orphan']

/** DELETE of one object. */
export async function remove(call: Call): Promise<Answer> {
  const { kind, target, core } = call
  const options = await readOptions(call)
  const key = entryKey(kind.namespaced ? target.namespace : '', target.name)
  const entry = core.store.get(kind.bucket, key)
  warnOfPods(call, options)
  if (entry === undefined) throw notFound(kind, target.name)
  const { entry: left, gone } = deleteEntry(core, kind, entry, settled(kind, entry, options))
  if (!gone) return answerEntry(call, kind, left)
  if (returnsObject(kind)) return answerObject(call, kind, viewOf(kind, left).object)
  const { uid } = left.object.metadata
  const details = {
    name: target.name,
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: kind.plural,
    ...(uid === undefined ? {} : { uid }),
  }
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }
  return answerValue(status, 200, formOf(call))
}

function warnOfPods(call: Call, { policy }: DeleteOptions): void {
  if (call.kind.bucket === 'jobs.batch' && policy === undefined) call.warnings.push(jobsKeepPods)
}

const jobsKeepPods =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning'

const returned: ReadonlySet<string> = new Set([
  'pods',
  'services',
  'serviceaccounts',
  'persistentvolumeclaims',
  'persistentvolumes',
  'podtemplates',
  'resourcequotas',
  ...[
    'csidrivers',
    'csinodes',
    'storageclasses',
    'volumeattachments',
    'volumeattributesclasses',
  ].map((one) => `${one}.storage.k8s.io`),
  ...['deviceclasses', 'resourceclaims', 'resourceclaimtemplates', 'resourceslices'].map(
    (one) => `${one}.resource.k8s.io`,
  ),
])

// Some kinds answer what was deleted, not a Status.
function returnsObject(kind: Kind): boolean {
  return returned.has(kind.bucket)
}

/** DELETE of a collection. */
export async function removeAll(call: Call): Promise<Answer> {
  const { kind, core } = call
  const options = await readOptions(call)
  warnOfPods(call, options)
  const page = listOf(call)
  const items = [...page.entries]
  for (const entry of items) deleteEntry(core, kind, entry, settled(kind, entry, options))
  const metadata = {
    ...(kind.custom === undefined && page.next === '' ? {} : { continue: page.next }),
    ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
    resourceVersion: String(core.store.revision),
  }
  const form = formOf(call)
  if (form.as !== '') return shapedList(call, form, items, metadata)
  const shown = items.map((entry) => {
    const { object } = viewOf(kind, entry)
    if (kind.custom !== undefined) return object
    const { kind: _, apiVersion: __, ...rest } = object
    return rest
  })
  return answerValue(
    { kind: kind.listKind, apiVersion: apiVersionOf(kind), metadata, items: shown },
    200,
    form,
  )
}

function optionsIn(call: Call, bytes: Uint8Array): unknown {
  const type = contentType(call.exchange)
  switch (type) {
    case 'application/vnd.kubernetes.protobuf':
      return decodeProtobuf(call, bytes, 'DeleteOptions', badRequest).value
    case 'application/yaml':
      return decodeTop(bytes, decodeYaml, badRequest).value
    case 'application/json':
    case '':
      return decodeTop(bytes, decodeJson, badRequest).value
    default:
      throw unknownFormat()
  }
}

async function readOptions(call: Call): Promise<DeleteOptions> {
  const bytes = await call.exchange.body()
  let body: unknown = bytes.length === 0 ? {} : optionsIn(call, bytes)
  try {
    body = readTyped(body, builtinShape('meta.v1.DeleteOptions'), [], 'DeleteOptions')
  } catch (error) {
    if (!(error instanceof TypeMismatch)) throw error
    throw badRequest(error.message)
  }
  const bodyKind = textAt(body, 'kind')
  if (bodyKind !== '' && bodyKind !== 'DeleteOptions') {
    const version = textAt(body, 'apiVersion') || 'meta.k8s.io/v1'
    throw badRequest(
      `no kind "${bodyKind}" is registered for version "${version}" in scheme "pkg/runtime/scheme.go:111"`,
    )
  }
  // Who sends a body has said all in it.
  const query = bytes.length === 0 ? call.query : emptyQuery
  const policy = textAt(body, 'propagationPolicy') || (query.get('propagationPolicy') ?? '')
  const orphan =
    get(body, 'orphanDependents') ??
    (query.has('orphanDependents') ? query.get('orphanDependents') !== 'false' : undefined)
  const grace = get(body, 'gracePeriodSeconds') ?? intOf(query, 'gracePeriodSeconds')
  const dryRuns = Array.isArray(get(body, 'dryRun'))
    ? (get(body, 'dryRun') as string[])
    : query.getAll('dryRun')
  const errors: FieldError[] = []
  if (policy !== '' && orphan !== undefined) {
    errors.push(
      field.invalid(
        'propagationPolicy',
        policy,
        'orphanDependents and deletionPropagation cannot be both set',
      ),
    )
  }
  if (policy !== '' && !policies.includes(policy)) {
    errors.push(
      field.notSupported('propagationPolicy', policy, [
        'Foreground',
        'Background',
        'Orphan',
        'nil',
      ]),
    )
  }
  if (dryRuns.some((one) => one !== 'All'))
    errors.push(field.notSupported('dryRun', dryRuns, ['All']))
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors)
  const preconditions = get(body, 'preconditions')
  return {
    uid:
      isFielded(preconditions) && preconditions['uid'] !== undefined
        ? scalarText(preconditions['uid'])
        : undefined,
    resourceVersion:
      isFielded(preconditions) && preconditions['resourceVersion'] !== undefined
        ? scalarText(preconditions['resourceVersion'])
        : undefined,
    policy: orphan === true ? 'Orphan' : policy === '' ? undefined : policy,
    graceSeconds: typeof grace === 'number' ? grace : undefined,
    dryRun: dryRuns.length > 0,
  }
}

export interface Removed {
  readonly entry: Entry
  readonly gone: boolean
}

/** Deletes an object, or marks it when something still holds it. */
export function deleteEntry(
  core: Core,
  kind: Kind,
  entry: Entry,
  options: Partial<DeleteOptions> = {},
): Removed {
  const { metadata } = entry.object
  const name = metadata.name ?? ''
  if (options.uid !== undefined && options.uid !== metadata.uid) {
    if (kind.bucket === 'namespaces') {
      const why = `Precondition failed: UID in precondition: ${options.uid}, UID in object meta: ${metadata.uid}`
      throw conflict(kind, name, why)
    }
    throw precondition(
      kind,
      name,
      `the UID in the precondition (${options.uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    )
  }
  if (
    options.resourceVersion !== undefined &&
    options.resourceVersion !== metadata.resourceVersion
  ) {
    if (kind.bucket === 'namespaces') {
      const why = `Precondition failed: ResourceVersion in precondition: ${options.resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`
      throw conflict(kind, name, why)
    }
    throw precondition(
      kind,
      name,
      `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    )
  }
  if (kind.bucket === 'namespaces' && protectedNamespaces.includes(name)) {
    throw forbidden(kind, name, 'this namespace may not be deleted')
  }
  const next = marked(core, entry.object, options)
  if (options.dryRun === true)
    return {
      entry: isFinished(next) ? entry : { object: next, revision: 0 },
      gone: isFinished(next),
    }
  if (isFinished(next)) {
    const last = core.store.remove(kind.bucket, entryKey(metadata.namespace ?? '', name))
    return { entry: last ?? entry, gone: true }
  }
  if (next === entry.object) return { entry, gone: false }
  return { entry: core.store.put(kind.bucket, next), gone: false }
}

// Kinds whose dependents stay when nobody says what becomes of them.
const orphaning: ReadonlySet<string> = new Set(['jobs.batch', 'replicationcontrollers'])

function settled({ bucket }: Kind, { object }: Entry, options: DeleteOptions): DeleteOptions {
  // Nothing depends on an Event.
  if (bucket === 'events') return { ...options, policy: undefined }
  if (options.policy !== undefined || !orphaning.has(bucket)) return options
  const isWaitedFor = object.metadata.finalizers?.includes('foregroundDeletion') === true
  return isWaitedFor ? options : { ...options, policy: 'Orphan' }
}

const protectedNamespaces = ['default', 'kube-system', 'kube-public']

// These name the kind, not the resource.
function precondition(kind: Kind, name: string, why: string): ApiError {
  return conflict({ ...kind, plural: kind.kind }, name, why)
}

// The object as it is while it waits for its finalizers.
function marked(core: Core, object: Obj, options: Partial<DeleteOptions>): Obj {
  const { metadata } = object
  let finalizers = metadata.finalizers ?? []
  const isDefinition = object.kind === 'CustomResourceDefinition'
  if (
    isDefinition &&
    metadata.deletionTimestamp === undefined &&
    !finalizers.includes(cleanupFinalizer)
  ) {
    finalizers = [...finalizers, cleanupFinalizer]
  }
  const has = (one: string): boolean => finalizers.includes(one)
  const without = (one: string): void =>
    void (finalizers = finalizers.filter((held) => held !== one))
  if (options.policy === 'Foreground') {
    without('orphan')
    if (!has('foregroundDeletion')) finalizers = [...finalizers, 'foregroundDeletion']
  } else if (options.policy === 'Orphan') {
    without('foregroundDeletion')
    if (!has('orphan')) finalizers = [...finalizers, 'orphan']
  } else if (options.policy === 'Background') {
    without('orphan')
    without('foregroundDeletion')
  }
  const isSame =
    finalizers.length === (metadata.finalizers ?? []).length &&
    finalizers.every((one) => (metadata.finalizers ?? []).includes(one))
  if (metadata.deletionTimestamp !== undefined && isSame) return object
  const grace = metadata.deletionGracePeriodSeconds ?? 0
  const { finalizers: _, ...rest } = metadata
  const isNamespace = object.kind === 'Namespace'
  const { generation } = metadata
  const isLeaving = isDefinition && metadata.deletionTimestamp === undefined
  return {
    ...(isLeaving ? withTerminating(core, object, pending) : object),
    metadata: {
      ...rest,
      ...(generation === undefined || isDefinition || metadata.deletionTimestamp !== undefined
        ? {}
        : { generation: generation + 1 }),
      deletionTimestamp: metadata.deletionTimestamp ?? timeText(core.env.clock.now()),
      ...(isNamespace || isDefinition ? {} : { deletionGracePeriodSeconds: grace }),
      ...(finalizers.length === 0 ? {} : { finalizers }),
    },
    ...(isNamespace ? { status: { ...Object(object['status']), phase: 'Terminating' } } : {}),
  }
}
