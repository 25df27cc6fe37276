import { BigNumber, utf8 } from '#base'
import { badRequest, field, invalid, type ApiError } from '../errors.ts'
import type { Call } from '../core.ts'
import { ApiError as Refusal } from '../errors.ts'
import { contentType, decodeJson, decodeYaml, inOrderOf, type Decoded } from '../http/body.ts'
import { openEnvelope, ProtobufError, readMessage } from '../http/protobuf.ts'
import { builtinShape } from '../kinds/shapes.ts'
import { apiVersionOf, type Kind } from '../kinds/kind.ts'
import { readTyped, TypeMismatch } from '../kinds/strict.ts'
import { get, isFielded, put, textAt, type Fielded, type Obj } from '../object.ts'
import { prune } from '../schema/prune.ts'
import type { Schema } from '../schema/schema.ts'

/** Parses the body of a create or update into a value; which kind it is has yet to be seen. */
export async function decodeBody(call: Call, kindName: string): Promise<Decoded> {
  const bytes = await call.exchange.body()
  const type = contentType(call.exchange)
  const refuse = (why: string): ApiError => unrecognized(kindName, why, bytes)
  if (type === 'application/json' || type === '') return decodeTop(bytes, decodeJson, refuse)
  if (type === 'application/yaml') return decodeTop(bytes, decodeYaml, refuse)
  if (type === 'application/vnd.kubernetes.protobuf') return decodeProtobuf(call, bytes, kindName)
  throw unknownFormat()
}

/** For a body of a media type that is not read. */
export function unknownFormat(): ApiError {
  return new Refusal(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf`,
  )
}

const notJson = "couldn't get version/kind; json parse error: "

/**
 * Parses a body that must be an object, or null, and say in text what it is, if it says so.
 *
 * @param refuse Makes the refusal from Go's words.
 */
export function decodeTop(
  bytes: Uint8Array,
  decode: typeof decodeJson,
  refuse: (why: string) => ApiError,
): Decoded {
  const isJson = decode === decodeJson
  const decoded = decode(bytes, (why) => refuse(isJson ? notJson + why : why))
  const { value } = decoded
  if (value === null) return decoded
  if (!isFielded(value)) {
    const into =
      'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
    throw refuse(
      `${notJson}json: cannot unmarshal ${jsonType(value)} into Go value of type ${into}`,
    )
  }
  for (const name of ['apiVersion', 'kind']) {
    const given = get(value, name) ?? ''
    if (typeof given === 'string') continue
    const where = `json: cannot unmarshal ${jsonType(given)} into Go struct field .${name} of type string`
    throw refuse(notJson + where)
  }
  return decoded
}

/** What Go calls the type of a JSON value. */
export function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (value instanceof BigNumber) return 'number'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/**
 * Reads a Kubernetes protobuf message as the JSON it stands for.
 *
 * @param refuse Makes the refusal from Go's words; default: as what is to be stored is refused.
 * @throws ApiError 400.
 */
export function decodeProtobuf(
  call: Call,
  bytes: Uint8Array,
  kindName: string,
  refuse: (why: string) => ApiError = (why) => unrecognized(kindName, why, bytes),
): Decoded {
  const opened = refusing(refuse, () => openEnvelope(bytes))
  // What it does not say of itself, its address says.
  const isOptions = kindName === 'DeleteOptions'
  const kind = opened.kind || (isOptions ? kindName : call.kind.kind)
  const apiVersion = opened.apiVersion || (isOptions ? 'v1' : apiVersionOf(call.kind))
  const version = apiVersion.split('/').pop() ?? ''
  const unreadable = (why: string): ApiError =>
    badRequest(`${kind} in version "${version}" cannot be handled as a ${kindName}: ${why}`)
  const shape = builtinShape(shapeNameOf(call, apiVersion, kind))
  const message = refusing(unreadable, () => readMessage(opened.raw, shape))
  return { value: { apiVersion, kind, ...message }, duplicates: [], isYaml: false }
}

function refusing<T>(refuse: (why: string) => ApiError, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error
    throw refuse(error.message)
  }
}

function unrecognized(kindName: string, why: string, bytes: Uint8Array): ApiError {
  return badRequest(
    `the object provided is unrecognized (must be of type ${kindName}): ${why} (${quotedBytes(bytes)})`,
  )
}

function shapeNameOf(call: Call, apiVersion: string, kind: string): string {
  if (kind === 'DeleteOptions') return 'meta.v1.DeleteOptions'
  const found = call.core.kinds.byKind(apiVersion, kind)
  if (found !== undefined) return found.shapeName
  const [group = '', version = ''] = apiVersion.includes('/')
    ? apiVersion.split('/')
    : ['core', apiVersion]
  return `${group.split('.')[0] ?? ''}.${version}.${kind}`
}

// The start of a body as the real server shows it: as text when it begins like JSON, else in hex.
function quotedBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return '<empty>'
  const start = Buffer.from(bytes.slice(0, mostShown))
  const more = bytes.length > mostShown ? ' ...' : ''
  return start.toString(bytes[0] === 0x7b ? 'utf8' : 'hex') + more
}

const mostShown = 30

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict'

export function fieldValidationOf(query: URLSearchParams): FieldValidation {
  const value = query.get('fieldValidation')
  return value === 'Ignore' || value === 'Strict' ? value : 'Warn'
}

/**
 * The value as an object of the kind: unknown fields dropped and reported as the client asked.
 *
 * @throws ApiError 400 for a wrong type, or for anything unknown when strict.
 */
export function asObject(call: Call, kind: Kind, decoded: Decoded): Obj {
  // Go reads a null as an object with nothing in it.
  const given = isFielded(decoded.value) ? decoded.value : {}
  // Only typed kinds may leave out what the path says already.
  const isTyped = kind.custom === undefined
  const apiVersion = textAt(given, 'apiVersion') || (isTyped ? apiVersionOf(kind) : '')
  const value = inFront(given, textAt(given, 'kind') || (isTyped ? kind.kind : ''), apiVersion)
  checkKind(call, kind, value as unknown as Obj, decoded)
  const strict: string[] = [...decoded.duplicates]
  const object =
    kind.custom === undefined ? typed(kind, value, strict) : custom(kind, value, strict)
  report(call, kind, kind.custom === undefined ? inOrderOf(decoded.text, strict) : strict)
  return isFielded(object.metadata) ? object : ordered(object)
}

// The order of `ordered`, from the start, so that the readers of it keep it.
function inFront(given: Fielded, kind: string, apiVersion: string): Fielded {
  const value: Fielded = { kind, apiVersion }
  if (Object.hasOwn(given, 'metadata')) value['metadata'] = given['metadata']
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(value, name)) put(value, name, given[name])
  }
  return value
}

function checkKind(call: Call, kind: Kind, object: Obj, decoded: Decoded): void {
  const wanted = apiVersionOf(kind)
  if (object.kind === kind.kind && object.apiVersion === wanted) return
  if (kind.custom !== undefined) {
    if (object.kind === '') {
      const text = decoded.text ?? ''
      throw unrecognized(kind.kind, `Object 'Kind' is missing in '${text}'`, utf8(text))
    }
    if (object.apiVersion !== wanted) {
      throw badRequest(
        `the API version in the data (${object.apiVersion}) does not match the expected API version (${wanted})`,
      )
    }
    const wrong = field.invalid('kind', object.kind, `must be ${kind.kind}`)
    const name = textAt(object, 'metadata', 'name')
    throw invalid({ group: kind.group, kind: object.kind }, name, [wrong])
  }
  if (object.apiVersion.split('/').length > 2) {
    const why = `unexpected GroupVersion string: ${object.apiVersion}`
    throw unrecognized(kind.kind, why, utf8(decoded.text ?? ''))
  }
  const version = object.apiVersion.split('/').pop() ?? ''
  const why = isKnownType(call, object.apiVersion, object.kind)
    ? `converting (${version}.${object.kind}) to (${kind.group.split('.')[0] || 'core'}.${kind.kind}): unknown conversion`
    : `no kind "${object.kind}" is registered for version "${object.apiVersion}" in scheme "pkg/runtime/scheme.go:111"`
  throw badRequest(
    `${object.kind} in version "${version}" cannot be handled as a ${kind.kind}: ${why}`,
  )
}

// Each kind has a list, and a list of anything is a type, too.
function isKnownType({ core }: Call, apiVersion: string, kind: string): boolean {
  if (apiVersion === 'v1' && kind === 'List') return true
  return [kind, kind.replace(/List$/, '')].some(
    (one) =>
      core.kinds.byKind(apiVersion, one)?.custom === undefined &&
      core.kinds.byKind(apiVersion, one) !== undefined,
  )
}

function typed(kind: Kind, value: object, strict: string[]): Obj {
  const unknown: string[] = []
  try {
    const object = readTyped(value, kind.shape(), unknown, kind.kind) as Obj
    strict.push(...unknown)
    return object
  } catch (error) {
    if (!(error instanceof TypeMismatch)) throw error
    throw badRequest(
      `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${error.message}`,
    )
  }
}

function prunedBy(kind: Kind, value: object, schema: Schema, dropped: string[]): object {
  try {
    return prune(value, schema, dropped) as object
  } catch (error) {
    if (!(error instanceof TypeMismatch)) throw error
    throw mismatched(kind, error)
  }
}

function mismatched(kind: Kind, error: TypeMismatch): ApiError {
  return badRequest(
    `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${error.message}`,
  )
}

/** Custom objects: pruned by their schema; metadata is read as typed. */
export function custom(kind: Kind, value: object, strict: string[]): Obj {
  const schema = kind.custom?.schema
  const dropped: string[] = []
  const keepsAll = schema === undefined || kind.custom?.preserveUnknownFields === true
  const pruned = keepsAll ? value : prunedBy(kind, value, schema, dropped)
  const unknown: string[] = dropped.map((path) => `unknown field "${path}"`)
  const object = pruned as Obj
  const held: unknown = object.metadata
  if (isFielded(held)) object.metadata = customMeta(kind, object, unknown)
  else if (held !== undefined && held !== null) {
    const is = Array.isArray(held) ? 'array' : typeof held
    const why = `json: cannot unmarshal ${is} into Go value of type v1.ObjectMeta`
    throw mismatched(kind, new TypeMismatch(why))
  }
  strict.push(...unknown)
  return object
}

function customMeta(kind: Kind, object: Obj, unknown: string[]): Obj['metadata'] {
  const shape = kind.shape()
  const meta = shape.kind === 'struct' ? shape.fields.get('metadata')?.shape() : undefined
  if (meta === undefined) return object.metadata
  const found: string[] = []
  try {
    const read = readTyped(object.metadata, meta, found, 'ObjectMeta') as Obj['metadata']
    unknown.push(...found.map((text) => text.replace('"', '"metadata.')))
    return read
  } catch (error) {
    if (error instanceof TypeMismatch) throw mismatched(kind, error)
    throw error
  }
}

function report(call: Call, kind: Kind, strict: readonly string[]): void {
  if (strict.length === 0) return
  const wanted = fieldValidationOf(call.query)
  if (wanted === 'Warn') call.warnings.push(...warningsOf(strict))
  if (wanted !== 'Strict') return
  const why = `strict decoding error: ${strict.join(', ')}`
  throw badRequest(
    `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${why}`,
  )
}

/** Faults that are not fatal, as warnings: what YAML says in one text is told line by line. */
export function warningsOf(strict: readonly string[]): string[] {
  return strict.flatMap((text) => {
    if (!text.startsWith('yaml: ')) return [text]
    const lines = text.replace('yaml: unmarshal errors:', '').split('\n')
    return lines.map((line) => line.trim()).filter((line) => line !== '')
  })
}

/** kind and apiVersion first, so that a list can leave them out by cutting the text. */
export function ordered(object: Obj): Obj {
  const { kind, apiVersion, metadata, ...rest } = object
  return { kind, apiVersion, metadata: isFielded(metadata) ? metadata : {}, ...rest }
}

/** The name that a path and a body agree on. @throws ApiError 400 when they differ. */
export function checkPlace(call: Call, object: Obj): void {
  const { name, namespace } = call.target
  const inBody = textAt(object, 'metadata', 'name')
  if (inBody === '') object.metadata.name = name
  else if (inBody !== name) {
    throw badRequest(
      `the name of the object (${inBody}) does not match the name on the URL (${name})`,
    )
  }
  checkNamespace(object, namespace)
}

export function checkNamespace(object: Obj, namespace: string): void {
  const inBody = textAt(object, 'metadata', 'namespace')
  if (namespace === '') {
    if (inBody !== '') delete object.metadata.namespace
    return
  }
  if (inBody !== '' && inBody !== namespace) {
    throw badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    )
  }
  object.metadata.namespace = namespace
}
