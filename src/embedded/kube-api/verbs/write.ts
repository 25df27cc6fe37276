import { equalJson } from '#base'
import { nameSuffix, nowText, type Call, type Core } from '../core.ts'
import {
  alreadyExists,
  ApiError,
  conflict,
  field,
  forbidden,
  internal,
  invalid,
  modified,
  notFound,
  type FieldError,
} from '../errors.ts'
import { eventAs, noteFitting, viewOf } from '../http/render.ts'
import { apiVersionOf, type Kind } from '../kinds/kind.ts'
import { FieldSet } from '../managed/field-set.ts'
import { afterUpdate, type Ownership, type Writer } from '../managed/manager.ts'
import { copy, drop, type Obj } from '../object.ts'
import { complete, newborn, rulesOf } from '../rules/index.ts'
import { validateCustom, type Judged } from '../schema/validate.ts'
import { withDefaults } from '../schema/default.ts'
import { prune } from '../schema/prune.ts'
import { entryKey, type Entry } from '../storage/store.ts'
import {
  deletionFaults,
  validateChangedMeta,
  validateMeta,
  validateMetaUpdate,
} from '../validate/meta.ts'
import { isSame } from './same.ts'

export interface WriteOptions {
  readonly dryRun: boolean
  readonly writer: Writer
  readonly subresource: string
  /** It was judged before, by whoever stored it. */
  readonly isJudged?: boolean
}

/** Reads and checks the options that every write has. @throws ApiError 422. */
export function writeOptions(
  call: Call,
  optionsKind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  operation: 'Apply' | 'Update' = 'Update',
): WriteOptions {
  const { query, exchange, target, kind } = call
  const errors: FieldError[] = []
  const manager = query.get('fieldManager') ?? ''
  const isApply = operation === 'Apply'
  if (isApply && manager === '') {
    errors.push(field.required('fieldManager', 'is required for apply patch'))
  } else if (!isApply && optionsKind === 'PatchOptions' && query.has('force')) {
    errors.push(field.forbidden('force', 'may not be specified for non-apply patch'))
  }
  if (manager.length > 128) errors.push(field.tooLong('fieldManager', 128))
  else {
    const letter = /[^\x20-\x7e\u00a0-\uffff]/.exec(manager)
    if (letter !== null) errors.push(unprintable(manager, letter))
  }
  const dryRuns = query.getAll('dryRun')
  if (dryRuns.some((one) => one !== 'All')) {
    errors.push(field.notSupported('dryRun', dryRuns, ['All']))
  }
  const validation = query.get('fieldValidation') ?? ''
  if (!['', 'Ignore', 'Warn', 'Strict'].includes(validation)) {
    errors.push(field.notSupported('fieldValidation', validation, ['', 'Ignore', 'Strict', 'Warn']))
  }
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: optionsKind }, '', errors)
  const agent = exchange.headers.get('user-agent') ?? ''
  return {
    dryRun: dryRuns.length > 0,
    writer: {
      manager: manager !== '' ? manager : agentManager(agent),
      operation,
      apiVersion: apiVersionOf(kind),
      subresource: target.subresource,
    },
    subresource: target.subresource,
  }
}

function unprintable(manager: string, letter: RegExpExecArray): FieldError {
  const code = (letter[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  const place = Buffer.byteLength(manager.slice(0, letter.index))
  const why = `invalid character U+${code} (at position ${place})`
  return field.invalid('fieldManager', manager, why)
}

// The part of a User-Agent before its first slash names a writer that gives no name.
function agentManager(agent: string): string {
  const name = agent.split('/')[0] ?? ''
  return name === '' ? 'unknown' : name.slice(0, 128)
}

// Metadata that writers of a status do not change, either.
const keptByStatus: Readonly<Record<string, readonly ('labels' | 'ownerReferences')[]>> = {
  'deployments.apps': ['labels'],
  pods: ['ownerReferences'],
}

const statusFields = new FieldSet()
statusFields.insert(['f:status'])

/** What a writer through this path can never own. */
export function ownership(core: Core, kind: Kind, subresource: string): Ownership {
  const shape = kind.shape()
  const ignored = new FieldSet()
  const reset = rulesOf(kind).reset?.[subresource]
  if (reset !== undefined) {
    for (const path of reset) ignored.insert(path.map((name) => `f:${name}`))
  } else if (subresource === 'status') {
    ignored.insert(['f:spec'])
    if (kind.custom !== undefined) ignored.insert(['f:metadata'])
    for (const name of keptByStatus[kind.bucket] ?? []) ignored.insert(['f:metadata', `f:${name}`])
  } else if (hasStatus(kind)) ignored.insert(['f:status'])
  return { shape, ignored, now: nowText(core), newborn: newborn(kind) }
}

/** Whether the kind's status is written through its own path. */
export function hasStatus(kind: Kind): boolean {
  return kind.subresources.has('status')
}

/** Refuses writes into a namespace that is not there or is going away. */
export function checkNamespaceLives(core: Core, kind: Kind, namespace: string, name: string): void {
  if (!kind.namespaced) return
  const entry = core.store.get('namespaces', entryKey('', namespace))
  if (entry === undefined) {
    throw notFound({ group: '', plural: 'namespaces', kind: 'Namespace' }, namespace)
  }
  if (entry.object.metadata.deletionTimestamp === undefined) return
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`
  const error = forbidden(kind, name, why)
  throw new ApiError(error.code, error.reason, error.message, {
    ...error.details,
    causes: [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  })
}

/**
 * Stores a new object.
 *
 * @param object Given away. Its namespace is already that of the path.
 * @throws ApiError with the real server's words.
 */
export function createObject(call: Call, kind: Kind, object: Obj, options: WriteOptions): Entry {
  const { core } = call
  const rules = rulesOf(kind)
  const meta = object.metadata
  checkNamespaceLives(core, kind, meta.namespace ?? '', meta.name ?? '')
  rules.assertAllowed?.(object, undefined, call)
  const wanted = meta.name ?? ''
  checkDefinitionLives(core, kind, wanted)
  complete(kind, object)
  completeCustom(kind, object)
  meta.uid = core.env.entropy.uuid()
  meta.creationTimestamp = nowText(core)
  drop(meta, 'deletionTimestamp')
  drop(meta, 'deletionGracePeriodSeconds')
  drop(meta, 'selfLink')
  // A dry run does not reach the storage, which is what refuses this.
  if (!options.dryRun && meta.resourceVersion !== undefined && meta.resourceVersion !== '') {
    throw internal('resourceVersion should not be set on objects to be created')
  }
  const isNameless = wanted === '' && (meta.generateName ?? '') === ''
  if (wanted === '' && !isNameless)
    meta.name = uniqueName(core, kind, meta.namespace ?? '', meta.generateName ?? '')
  if (options.writer.operation === 'Update') recordCreate(core, kind, object, options)
  if (hasStatus(kind)) resetStatus(kind, object)
  rules.prepareCreate?.(object, core)
  if (kind.custom !== undefined || rules.generation !== undefined) meta.generation = 1
  if (options.isJudged !== true) judgeNew(call, kind, object, isNameless)
  const key = entryKey(meta.namespace ?? '', meta.name ?? '')
  const other = core.store.get(kind.bucket, key)
  if (other !== undefined)
    throw alreadyExists(
      kind,
      meta.name ?? '',
      other.object.metadata.deletionTimestamp !== undefined,
    )
  const stored = storedForm(kind, object)
  if (options.dryRun) return { object: stored, revision: 0 }
  const entry = core.store.put(kind.bucket, stored)
  rules.created?.(stored, core, kind)
  return entry
}

const nameless = field.required('metadata.name', 'name or generateName is required')

function judgeNew(call: Call, kind: Kind, object: Obj, isNameless: boolean): void {
  const rules = rulesOf(kind)
  const errors = [
    ...(isNameless ? [nameless] : []),
    ...validateMeta(kind, object, isNameless),
    ...(rules.validate?.(object) ?? []),
  ]
  if (kind.custom !== undefined) judge(call, errors, validateCustom(kind, object, undefined))
  if (errors.length > 0) throw invalid(namedKind(kind), object.metadata.name ?? '', errors)
  call.warnings.push(...(rules.warnings?.(object) ?? []))
}

// A typed kind has a status from its birth, empty as it may be.
function resetStatus(kind: Kind, object: Obj): void {
  const born = (newborn(kind) as { status?: unknown }).status
  if (born === undefined) drop(object, 'status')
  else object['status'] = copy(born)
}

// Both groups of Events speak of them as of the core kind.
function namedKind(kind: Kind): { group: string; kind: string } {
  return kind.bucket === 'events' ? { group: '', kind: kind.kind } : kind
}

// Ownership is counted before the server adds what is its own.
function recordCreate(core: Core, kind: Kind, object: Obj, options: WriteOptions): void {
  const about = ownership(core, kind, options.subresource)
  const entries = afterUpdate(undefined, object, options.writer, about, newborn(kind))
  if (entries.length > 0) object.metadata.managedFields = entries
  else drop(object.metadata, 'managedFields')
}

function checkDefinitionLives(core: Core, kind: Kind, name: string): void {
  if (kind.custom === undefined) return
  const key = entryKey('', kind.custom.definition)
  const entry = core.store.get('customresourcedefinitions.apiextensions.k8s.io', key)
  if (entry?.object.metadata.deletionTimestamp === undefined) return
  throw forbidden(kind, name, 'create not allowed while custom resource definition is terminating')
}

function completeCustom(kind: Kind, object: Obj): void {
  const schema = kind.custom?.schema
  if (schema !== undefined) Object.assign(object, withDefaults(object, schema))
}

function uniqueName(core: Core, kind: Kind, namespace: string, base: string): string {
  for (let attempt = 0; attempt < 8; attempt++) {
    const name = `${base.slice(0, 58)}${nameSuffix(core)}`
    if (core.store.get(kind.bucket, entryKey(namespace, name)) === undefined) return name
  }
  throw new ApiError(409, 'AlreadyExists', `no free name for ${base}`)
}

// What is stored carries the version that the kind is stored as.
function storedForm(kind: Kind, object: Obj): Obj {
  if (object.apiVersion === kind.storedAs) {
    noteFitting(kind, object)
    return object
  }
  const stored = { ...object, apiVersion: kind.storedAs }
  if (kind.bucket === 'events') return eventAs('', stored)
  const schema = kind.custom?.storedSchema
  // Whatever version it was written as, what is kept is what the stored version knows.
  return schema === undefined ? stored : withDefaults(prune(stored, schema, []) as Obj, schema)
}

export interface Updated {
  readonly entry: Entry
  /** False when the write changed nothing and was left out. */
  readonly written: boolean
}

/**
 * Replaces a stored object by `next`.
 *
 * @param next Given away; carries the resourceVersion and uid the author had seen, if any.
 * @throws ApiError 409 when it is not the newest, 422 when it is not valid.
 */
export function updateObject(
  call: Call,
  kind: Kind,
  before: Entry,
  next: Obj,
  options: WriteOptions,
): Updated {
  const { core } = call
  const rules = rulesOf(kind)
  const held = viewOf(kind, before).object
  const name = held.metadata.name ?? ''
  rules.assertAllowed?.(next, held, call)
  const seen = next.metadata.resourceVersion ?? ''
  if (
    next.metadata.uid !== undefined &&
    next.metadata.uid !== '' &&
    next.metadata.uid !== held.metadata.uid
  ) {
    const wrong = field.invalid('metadata.uid', next.metadata.uid, 'field is immutable')
    throw invalid(kind, name, [wrong, wrong])
  }
  if (seen !== '' && seen !== '0' && seen !== held.metadata.resourceVersion) {
    if (!/^\d+$/.test(seen)) {
      throw internal(`strconv.ParseUint: parsing ${JSON.stringify(seen)}: invalid syntax`)
    }
    throw conflict(kind, name, modified)
  }
  complete(kind, next)
  completeCustom(kind, next)
  if (options.writer.operation === 'Update') {
    const about = ownership(core, kind, options.subresource)
    const entries = isBeyond(core, kind, next, held)
      ? []
      : afterUpdate(viewOf(kind, before).object, next, options.writer, about, newborn(kind))
    if (entries.length > 0) next.metadata.managedFields = entries
    else drop(next.metadata, 'managedFields')
  }
  const wrong = deletionFaults(kind, next, held)
  keepServerFields(kind, next, held, options.subresource)
  // What its own path changes is not put back.
  if (options.subresource !== 'finalize')
    rules.prepareUpdate?.(next, held, core, options.subresource)
  if (options.subresource !== 'status') {
    raiseGeneration(kind, rules.generation ?? false, next, held)
  }
  const errors = [
    ...wrong,
    ...validateChangedMeta(kind, next),
    ...validateMetaUpdate(next, held),
    ...(rules.validate?.(next, held) ?? []),
    ...(rules.validateUpdate?.(next, held, options.subresource) ?? []),
  ]
  if (kind.custom !== undefined) {
    judge(call, errors, validateCustom(kind, next, held, options.subresource === 'status'))
  }
  if (errors.length > 0) throw invalid(namedKind(kind), name, errors)
  rules.admitUpdate?.(next, held, call)
  if (options.subresource === '') call.warnings.push(...(rules.warnings?.(next, held) ?? []))
  const stored = storedForm(kind, next)
  stored.metadata.resourceVersion = held.metadata.resourceVersion as string
  if (isSame(stored, before.object)) return { entry: before, written: false }
  const finished = isFinished(stored)
  if (options.dryRun) return { entry: { object: stored, revision: 0 }, written: false }
  if (finished) {
    const gone = core.store.remove(kind.bucket, entryKey(stored.metadata.namespace ?? '', name))
    const last = { ...stored, metadata: { ...stored.metadata } }
    return {
      entry: gone === undefined ? before : { object: last, revision: gone.revision },
      written: true,
    }
  }
  return { entry: core.store.put(kind.bucket, stored), written: true }
}

// Whether an owner wrote through a version that does not know all that the object now holds: then nobody's
// fields can be told apart any more.
function isBeyond(core: Core, kind: Kind, next: Obj, held: Obj): boolean {
  if (kind.custom === undefined) return false
  const own = apiVersionOf(kind)
  const versions = new Set(held.metadata.managedFields?.map((entry) => entry.apiVersion ?? own))
  return [...versions].some((apiVersion) => {
    const [group, version = ''] = apiVersion.split('/')
    if (apiVersion === own || group !== kind.group) return false
    const schema = core.kinds.find(kind.group, version, kind.plural)?.custom?.schema
    const dropped: string[] = []
    if (schema !== undefined) prune(next, schema, dropped)
    return dropped.length > 0
  })
}

function judge(call: Call, errors: FieldError[], judged: Judged): void {
  errors.push(...judged.errors)
  call.warnings.push(...judged.warnings)
}

/** Whether nothing holds a deleted object any more. */
export function isFinished(object: Obj): boolean {
  const { deletionTimestamp, finalizers, deletionGracePeriodSeconds = 0 } = object.metadata
  const holds =
    object['kind'] === 'Namespace'
      ? ((object['spec'] as { finalizers?: unknown[] } | undefined)?.finalizers ?? []).length
      : 0
  return (
    deletionTimestamp !== undefined &&
    (finalizers ?? []).length === 0 &&
    deletionGracePeriodSeconds === 0 &&
    holds === 0
  )
}

const serverFields = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'selfLink',
  'namespace',
] as const

function keepServerFields(kind: Kind, next: Obj, held: Obj, subresource: string): void {
  for (const name of serverFields) {
    if (held.metadata[name] === undefined) drop(next.metadata, name)
    else (next.metadata as Record<string, unknown>)[name] = held.metadata[name]
  }
  if (subresource === 'status' || subresource === 'approval') {
    const status = next['status']
    const { managedFields } = next.metadata
    for (const key of Object.keys(next))
      if (!['kind', 'apiVersion', 'metadata', 'status'].includes(key)) drop(next, key)
    for (const key of Object.keys(held))
      if (!['metadata', 'status', 'apiVersion'].includes(key)) next[key] = copy(held[key])
    for (const name of keptByStatus[kind.bucket] ?? []) {
      if (held.metadata[name] === undefined) drop(next.metadata, name)
      else Object.assign(next.metadata, { [name]: held.metadata[name] })
    }
    if (kind.custom !== undefined) {
      next.metadata = { ...held.metadata }
      if (managedFields === undefined) drop(next.metadata, 'managedFields')
      else next.metadata.managedFields = managedFields
    }
    if (status === undefined) drop(next, 'status')
    else next['status'] = status
  } else if (hasStatus(kind)) {
    if (held['status'] === undefined) drop(next, 'status')
    else next['status'] = held['status']
  }
}

function raiseGeneration(kind: Kind, counted: boolean | 'annotations', next: Obj, held: Obj): void {
  if (kind.custom === undefined && counted === false) return
  const bare = (object: Obj): unknown => {
    const { metadata, apiVersion: _, ...rest } = object
    if (counted === 'annotations') rest['annotations'] = metadata.annotations ?? {}
    if (kind.custom === undefined || hasStatus(kind)) drop(rest, 'status')
    return rest
  }
  const generation = held.metadata.generation ?? 1
  next.metadata.generation = equalJson(bare(next), bare(held)) ? generation : generation + 1
}
