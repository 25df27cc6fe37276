import type { Call } from '../core.ts'
import { ApiError, badRequest, conflict, internal, notFound, field, invalid } from '../errors.ts'
import { contentType, decodeYaml } from '../http/body.ts'
import type { Answer } from '../http/exchange.ts'
import { viewOf } from '../http/render.ts'
import { apiVersionOf, kindText } from '../kinds/kind.ts'
import { apply } from '../managed/manager.ts'
import { misfit } from '../managed/typed.ts'
import { copy, drop, isFielded, textAt, type Obj } from '../object.ts'
import { entryKey, type Entry } from '../storage/store.ts'
import { flag } from '../core.ts'
import { dropTwins } from '../validate/references.ts'
import { answerEntry } from './answer.ts'
import { appliedName, assertRestored, splitVersion } from './applied.ts'
import { jsonType, ordered } from './decode.ts'
import { patchedObject, patchInvalid, readPatched, sorted } from './patched.ts'
import { createObject, ownership, updateObject, writeOptions } from './write.ts'

const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]

/** PATCH of all four types on an object or its status. */
export async function patch(call: Call): Promise<Answer> {
  const { kind, target, core } = call
  const type = contentType(call.exchange)
  const served =
    kind.custom === undefined ? patchTypes : patchTypes.filter((one) => !one.includes('strategic'))
  if (!served.includes(type)) {
    if (!patchTypes.includes(type)) {
      throw new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})
    }
    throw new ApiError(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${served.join(', ')}`,
    )
  }
  const isApply = type === 'application/apply-patch+yaml'
  const options = writeOptions(call, 'PatchOptions', isApply ? 'Apply' : 'Update')
  const bytes = await call.exchange.body()
  const key = entryKey(kind.namespaced ? target.namespace : '', target.name)
  const before = core.store.get(kind.bucket, key)
  if (isApply) return applyPatch(call, bytes, before)
  if (before === undefined) throw notFound(kind, target.name)
  const live = viewOf(kind, before).object
  const read = patchedObject(call, type, bytes, live)
  const patched = ordered(read.object)
  checkIdentity(call, patched, live, read.quoted)
  call.warnings.push(...dropTwins(patched, 'after mutating admission happens'))
  try {
    return answerEntry(call, kind, updateObject(call, kind, before, patched, options).entry)
  } catch (error) {
    throw unreadable(error, read.quoted)
  }
}

// What only the rules of a kind find unreadable is told of the patch, too.
function unreadable(error: unknown, quoted: () => string): unknown {
  if (!(error instanceof ApiError) || error.code !== 400) return error
  const why = /cannot be handled as a \w+: ((?:illegal base64|parsing time) .*)$/.exec(
    error.message,
  )
  return why === null ? error : patchInvalid(why[1] ?? '', quoted())
}

// The values a client must not change by a patch.
function checkIdentity(call: Call, patched: Obj, live: Obj, quoted: () => string): void {
  const { kind } = call
  if (patched.apiVersion !== apiVersionOf(kind) || patched.kind !== kind.kind) {
    if (kind.custom !== undefined) throw otherKind(call, patched, live)
    const version = `version "${patched.apiVersion}" in scheme "pkg/runtime/scheme.go:111"`
    throw patchInvalid(`no kind "${patched.kind}" is registered for ${version}`, quoted())
  }
  const name = patched.metadata.name ?? ''
  if (name === '') {
    throw badRequest(
      `the name of the object (${live.metadata.name} based on URL) was undeterminable: name must be provided`,
    )
  }
  if (name !== live.metadata.name) {
    throw badRequest(
      `the name of the object (${name}) does not match the name on the URL (${live.metadata.name})`,
    )
  }
  patched.metadata.name = live.metadata.name ?? ''
  const namespace = patched.metadata.namespace ?? live.metadata.namespace
  if (namespace !== live.metadata.namespace) {
    throw badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    )
  }
}

function otherKind(call: Call, patched: Obj, live: Obj): ApiError {
  const version = apiVersionOf(call.kind)
  const { kind } = call.kind
  const errors = [
    ...(patched.apiVersion === version
      ? []
      : [field.invalid('apiVersion', patched.apiVersion, `must be ${version}`)]),
    ...(patched.kind === kind ? [] : [field.invalid('kind', patched.kind, `must be ${kind}`)]),
  ]
  const [group] = splitVersion(patched.apiVersion)
  return invalid({ group, kind: textAt(patched, 'kind') }, live.metadata.name ?? '', errors)
}

function applyPatch(call: Call, bytes: Uint8Array, before: Entry | undefined): Answer {
  const { kind, target, core } = call
  const options = writeOptions(call, 'PatchOptions', 'Apply')
  const config = appliedConfig(call, bytes)
  const live: Obj =
    before === undefined
      ? { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata: {} }
      : viewOf(kind, before).object
  const about = ownership(core, kind, target.subresource)
  const { object } = apply(live, config, options.writer, flag(call.query, 'force'), about)
  assertRestored(kind, object, config)
  const next = ordered(readPatched(call, copy(object)).object)
  if (options.writer.manager === 'kubectl') keepLastApplied(next, live, config)
  const named = config.metadata.name ?? (before === undefined ? '' : target.name)
  if (named === '') {
    throw badRequest(
      `the name of the object (${target.name} based on URL) was undeterminable: name must be provided`,
    )
  }
  call.warnings.push(...dropTwins(next, 'after mutating admission happens'))
  next.metadata.name = target.name
  if (kind.namespaced) next.metadata.namespace = target.namespace
  if (before === undefined) {
    if (target.subresource !== '') throw notFound(kind, target.name)
    const { uid } = next.metadata
    if (uid !== undefined && uid !== '') {
      const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`
      throw conflict(kind, target.name, why)
    }
    drop(next.metadata, 'resourceVersion')
    return answerEntry(call, kind, createObject(call, kind, next, options), 201)
  }
  return answerEntry(call, kind, updateObject(call, kind, before, next, options).entry)
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

// For kubectl's own manager the record of client-side apply is kept up to date, if there is one.
function keepLastApplied(next: Obj, live: Obj, config: Obj): void {
  if (live.metadata.annotations?.[lastApplied] === undefined) return
  const annotations = { ...config.metadata.annotations }
  drop(annotations, lastApplied)
  const { annotations: _, managedFields: __, ...metadata } = config.metadata
  const hasAny = Object.keys(annotations).length > 0
  const record = { ...config, metadata: { ...metadata, ...(hasAny ? { annotations } : {}) } }
  next.metadata.annotations = {
    ...next.metadata.annotations,
    [lastApplied]: `${JSON.stringify(sorted(record))}\n`,
  }
}

function appliedConfig(call: Call, bytes: Uint8Array): Obj {
  const { kind, target } = call
  const refuse = (why: string): ApiError =>
    badRequest(`error decoding YAML: error converting YAML to JSON: ${why}`)
  const decoded = decodeYaml(bytes, refuse)
  const value = decoded.value ?? {}
  if (!isFielded(value)) {
    const why = `json: cannot unmarshal ${jsonType(value)} into Go value of type map[string]interface {}`
    throw badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${why}`)
  }
  const config = { metadata: {}, ...value } as Obj
  if (config.apiVersion !== apiVersionOf(kind) || config.kind !== kind.kind) {
    const [group, version] = splitVersion(config.apiVersion)
    const named = textAt(config, 'kind')
    throw badRequest(`invalid object type: ${kindText({ group, version, kind: named })}`)
  }
  const wrong = misfit(config, kind.shape())
  if (wrong !== undefined) {
    throw internal(`failed to create typed patch object (${appliedName(config)}): ${wrong}`)
  }
  if (!isFielded(config.metadata)) config.metadata = {}
  if (config.metadata.managedFields !== undefined) {
    throw badRequest('metadata.managedFields must be nil')
  }
  const { name, namespace } = config.metadata
  if (name !== undefined && name !== '' && name !== target.name) {
    throw badRequest(
      `the name of the object (${name}) does not match the name on the URL (${target.name})`,
    )
  }
  if (
    kind.namespaced &&
    namespace !== undefined &&
    namespace !== '' &&
    namespace !== target.namespace
  ) {
    throw badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    )
  }
  return config
}
