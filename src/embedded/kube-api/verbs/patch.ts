import type { Call } from '../core.ts'
import {
  ApiError,
  badRequest,
  conflict,
  internal,
  modified,
  notFound,
  type FieldError,
  field,
  invalid,
} from '../errors.ts'
import { contentType, decodeJson, decodeYaml } from '../http/body.ts'
import type { Answer } from '../http/exchange.ts'
import { viewOf } from '../http/render.ts'
import { apiVersionOf, kindText } from '../kinds/kind.ts'
import { readTyped, TypeMismatch } from '../kinds/strict.ts'
import { apply } from '../managed/manager.ts'
import { misfit } from '../managed/typed.ts'
import { copy, drop, isFielded, type Obj } from '../object.ts'
import { jsonPatch, PatchError, type Operation } from '../patch/json-patch.ts'
import { mergePatch } from '../patch/merge-patch.ts'
import { PatchShapeError, strategicPatch, StrategicError } from '../patch/strategic.ts'
import { entryKey, type Entry } from '../storage/store.ts'
import { flag } from '../core.ts'
import { answerEntry } from './answer.ts'
import { custom, fieldValidationOf, ordered } from './decode.ts'
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
  const patched = ordered(readPatched(call, patchedBy(call, type, bytes, live)))
  checkIdentity(call, patched, live)
  const { entry } = updateObject(call, kind, before, patched, options)
  return answerEntry(call, kind, entry)
}

// The values a client must not change by a patch.
function checkIdentity(call: Call, patched: Obj, live: Obj): void {
  const { kind } = call
  if (patched.apiVersion !== apiVersionOf(kind) || patched.kind !== kind.kind) {
    if (kind.custom !== undefined) throw otherKind(call, patched, live)
    throw patchInvalid(
      `no kind "${patched.kind}" is registered for version "${patched.apiVersion}"`,
      patched,
    )
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
  const group = patched.apiVersion.includes('/') ? (patched.apiVersion.split('/')[0] ?? '') : ''
  return invalid({ group, kind: patched.kind }, live.metadata.name ?? '', errors)
}

function patchedBy(call: Call, type: string, bytes: Uint8Array, live: Obj): unknown {
  const { kind, target } = call
  const refuse = (why: string): ApiError => badRequest(`error decoding patch: ${why}`)
  const { value: body } = decodeJson(bytes, refuse)
  if (type === 'application/json-patch+json') {
    if (!Array.isArray(body)) {
      const is = isFielded(body) ? 'object' : typeof body
      throw badRequest(
        `error decoding patch: json: cannot unmarshal ${is} into Go value of type []handlers.jsonPatchOp`,
      )
    }
    if (body.length > 10_000) {
      throw new ApiError(
        413,
        'RequestEntityTooLarge',
        `Request entity too large: The allowed maximum operations in a JSON patch is 10000, got ${body.length}`,
      )
    }
    try {
      return jsonPatch(live, body as Operation[])
    } catch (error) {
      if (error instanceof PatchError) {
        throw new ApiError(
          422,
          'Invalid',
          `the server rejected our request due to an error in our request`,
          {},
        )
      }
      throw error
    }
  }
  if (!isFielded(body)) {
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${Array.isArray(body) ? 'array' : typeof body} into Go value of type map[string]interface {}`,
    )
  }
  if (type === 'application/merge-patch+json') return mergePatch(live, body)
  void target
  try {
    return strategicPatch(live, body, kind.shape())
  } catch (error) {
    if (error instanceof StrategicError) throw internal(error.message)
    if (error instanceof PatchShapeError) throw patchInvalid(error.message, error.patch)
    throw error
  }
}

function readPatched(call: Call, value: unknown): Obj {
  const { kind } = call
  if (!isFielded(value)) throw badRequest('the patched object is no object')
  const strict: string[] = []
  let object: Obj
  try {
    object =
      kind.custom === undefined
        ? (readTyped(value, kind.shape(), strict, kind.kind) as Obj)
        : custom(kind, value, strict)
  } catch (error) {
    if (error instanceof TypeMismatch) throw patchInvalid(error.message, value)
    throw error
  }
  const wanted = fieldValidationOf(call.query)
  if (strict.length > 0 && wanted === 'Strict')
    throw patchInvalid(`strict decoding error: ${strict.join(', ')}`, value)
  if (strict.length > 0 && wanted === 'Warn') call.warnings.push(...strict)
  return object
}

function patchInvalid(why: string, given: unknown): ApiError {
  const value = typeof given === 'string' ? given : JSON.stringify(sorted(given))
  const errors: FieldError[] = [
    {
      type: 'Invalid',
      field: 'patch',
      message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
    },
  ]
  const [first] = errors
  return new ApiError(422, 'Invalid', ` "" is invalid: patch: ${first?.message ?? ''}`, {
    causes: errors.map((error) => ({
      reason: 'FieldValueInvalid',
      message: error.message,
      field: error.field,
    })),
  })
}

function applyPatch(call: Call, bytes: Uint8Array, before: Entry | undefined): Answer {
  const { kind, target, core } = call
  const options = writeOptions(call, 'PatchOptions', 'Apply')
  const config = appliedConfig(call, bytes)
  const live: Obj =
    before === undefined
      ? { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata: {} }
      : viewOf(kind, before).object
  const seen = config.metadata.resourceVersion
  if (
    before !== undefined &&
    seen !== undefined &&
    seen !== '' &&
    seen !== live.metadata.resourceVersion
  ) {
    throw conflict(kind, target.name, modified)
  }
  const about = ownership(core, kind, target.subresource)
  const { object } = apply(live, config, options.writer, flag(call.query, 'force'), about)
  const next = ordered(readPatched(call, copy(object)))
  if (options.writer.manager === 'kubectl') keepLastApplied(next, live, config)
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

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => sorted(item))
  if (!isFielded(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  )
}

function appliedConfig(call: Call, bytes: Uint8Array): Obj {
  const { kind, target } = call
  const refuse = (why: string): ApiError =>
    badRequest(`error decoding YAML: error converting YAML to JSON: ${why}`)
  const decoded = decodeYaml(bytes, refuse)
  const value = decoded.value
  if (!isFielded(value)) throw badRequest('error decoding YAML: the patch is no object')
  const config = { metadata: {}, ...value } as Obj
  if (config.apiVersion !== apiVersionOf(kind) || config.kind !== kind.kind) {
    const [group, version] = splitVersion(config.apiVersion)
    throw badRequest(
      `invalid object type: ${kindText({ group, version, kind: config.kind ?? '' })}`,
    )
  }
  if (!isFielded(config.metadata)) config.metadata = {}
  if (config.metadata.managedFields !== undefined) {
    throw badRequest('metadata.managedFields must be nil')
  }
  const wrong = misfit(config, kind.shape())
  if (wrong !== undefined) {
    const { namespace, name } = config.metadata
    const where = `${typeof namespace === 'string' ? namespace : ''}/${typeof name === 'string' ? name : ''}`
    throw internal(
      `failed to create typed patch object (${where}; ${apiVersionOf(kind) === kind.version ? `/${kind.version}` : apiVersionOf(kind)}, Kind=${kind.kind}): ${wrong}`,
    )
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

function splitVersion(apiVersion: unknown): readonly [string, string] {
  if (typeof apiVersion !== 'string' || apiVersion === '') return ['', '']
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)]
}
