import { createHash } from 'node:crypto'
import { stringifyJson } from '#base'
import type { Core } from '../core.ts'
import { apiVersionOf, type Kind } from '../kinds/kind.ts'
import type { Shape } from '../kinds/shape.ts'
import { builtinShape } from '../kinds/shapes.ts'
import type { Schema } from '../schema/schema.ts'

interface Document {
  readonly generation: number
  readonly text: string
  readonly hash: string
}

const held = new WeakMap<object, Map<string, Document>>()

/** `/openapi/v3`: where the document of each group and version is. */
export function openApiIndex(core: Core): object {
  const paths: Record<string, object> = {}
  const add = (group: string, version: string): void => {
    const path = group === '' ? `api/${version}` : `apis/${group}/${version}`
    paths[path] = {
      serverRelativeURL: `/openapi/v3/${path}?hash=${documentOf(core, group, version).hash}`,
    }
  }
  add('', 'v1')
  for (const { name, versions } of core.kinds.groups())
    for (const version of versions) add(name, version)
  return { paths }
}

/** The OpenAPI v3 document of one group and version; undefined when it is not served. */
export function openApiDocument(core: Core, group: string, version: string): string | undefined {
  if (!core.kinds.hasVersion(group, version)) return undefined
  return documentOf(core, group, version).text
}

function documentOf(core: Core, group: string, version: string): Document {
  const { kinds } = core
  let documents = held.get(kinds)
  if (documents === undefined) held.set(kinds, (documents = new Map()))
  const key = `${group}/${version}`
  const found = documents.get(key)
  // The built-in groups never change.
  if (
    found !== undefined &&
    (found.generation === kinds.generation || kinds.isBuiltin(group) || group === '')
  ) {
    return found
  }
  const text = stringifyJson(build(kinds.in(group, version)))
  const hash = createHash('sha512').update(text).digest('hex').toUpperCase()
  const document = { generation: kinds.generation, text, hash }
  documents.set(key, document)
  return document
}

function build(kinds: readonly Kind[]): object {
  const schemas: Record<string, object> = {}
  const wanted: string[] = ['meta.v1.DeleteOptions', 'meta.v1.ObjectMeta', 'meta.v1.Status']
  const paths: Record<string, object> = {}
  for (const kind of kinds) {
    const name = schemaName(kind)
    if (kind.custom === undefined) wanted.push(kind.shapeName)
    else schemas[name] = customSchema(kind)
    Object.assign(paths, pathsOf(kind, name))
  }
  for (const [name, schema] of Object.values(ownTypes)) schemas[name] = schema
  schemas[fieldsName] = { type: 'object', description: 'A set of fields, as a trie in JSON.' }
  const done = new Set<string>()
  for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) {
    if (done.has(next)) continue
    done.add(next)
    const gvks = kinds.filter((kind) => kind.shapeName === next)
    schemas[longName(next)] = typeSchema(next, gvks, wanted)
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.36.1' },
    paths,
    components: { schemas },
  }
}

/** Names as Kubernetes' own documents have them. */
function longName(shape: string): string {
  if (shape.startsWith('meta.v1.')) return `io.k8s.apimachinery.pkg.apis.${shape}`
  if (shape.startsWith('apiextensions.')) return `io.k8s.apiextensions-apiserver.pkg.apis.${shape}`
  if (shape.startsWith('apiregistration.')) return `io.k8s.kube-aggregator.pkg.apis.${shape}`
  return `io.k8s.api.${shape}`
}

function schemaName(kind: Kind): string {
  if (kind.custom === undefined) return longName(kind.shapeName)
  return `${kind.group.split('.').reverse().join('.')}.${kind.version}.${kind.kind}`
}

function gvk(kind: Kind): object {
  return { group: kind.group, version: kind.version, kind: kind.kind }
}

function pathsOf(kind: Kind, name: string): Record<string, object> {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${apiVersionOf(kind)}`
  const collection = kind.namespaced
    ? `${root}/namespaces/{namespace}/${kind.plural}`
    : `${root}/${kind.plural}`
  const ok = {
    200: {
      description: 'OK',
      content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
    },
  }
  const names = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((one) => ({
    name: one,
    in: 'query',
    schema: { type: one === 'force' ? 'boolean' : 'string', uniqueItems: true },
  }))
  const operation = (action: string, parameters: readonly object[] = []): object => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk(kind),
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: ok,
  })
  return {
    [collection]: { get: operation('list'), post: operation('post', names) },
    [`${collection}/{name}`]: {
      get: operation('get'),
      put: operation('put', names),
      patch: operation('patch', names),
      delete: operation('delete', names),
    },
  }
}

const fieldsName = 'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1'
const fieldsRef = { allOf: [{ $ref: `#/components/schemas/${fieldsName}` }] }

function typeSchema(name: string, kinds: readonly Kind[], wanted: string[]): object {
  const shape = builtinShape(name)
  if (shape.kind !== 'struct') return { type: 'object' }
  const properties: Record<string, object> = {}
  const required: string[] = []
  for (const [field, about] of shape.fields) {
    const inner = field === 'fieldsV1' ? fieldsRef : shapeSchema(about.shape(), wanted)
    properties[field] =
      about.patch === undefined
        ? inner
        : {
            ...inner,
            'x-kubernetes-patch-strategy': [
              about.patch.merge ? 'merge' : '',
              about.patch.retainKeys ? 'retainKeys' : '',
            ]
              .filter((one) => one !== '')
              .join(','),
            ...(about.patch.mergeKey === ''
              ? {}
              : { 'x-kubernetes-patch-merge-key': about.patch.mergeKey }),
          }
    if (about.required) required.push(field)
  }
  return {
    type: 'object',
    description: `${name.split('.').pop() ?? ''} of Kubernetes.`,
    properties,
    ...(required.length === 0 ? {} : { required }),
    ...(shape.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(kinds.length === 0 ? {} : { 'x-kubernetes-group-version-kind': kinds.map(gvk) }),
  }
}

const scalarSchemas: Readonly<Record<string, object>> = {
  string: { type: 'string' },
  bytes: { type: 'string', format: 'byte' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  bool: { type: 'boolean' },
  time: { type: 'string', format: 'date-time' },
  microtime: { type: 'string', format: 'date-time' },
}

// Scalars that have a type of their own, which `kubectl explain` names.
const ownTypes: Readonly<Record<string, readonly [name: string, schema: object]>> = {
  quantity: [
    'io.k8s.apimachinery.pkg.api.resource.Quantity',
    {
      description: 'An amount, such as 500m or 2Gi.',
      oneOf: [{ type: 'string' }, { type: 'number' }],
    },
  ],
  intstr: [
    'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    {
      description: 'A whole number, or a text.',
      format: 'int-or-string',
      oneOf: [{ type: 'integer' }, { type: 'string' }],
    },
  ],
}

function scalarSchema(type: string): object {
  const own = Object.hasOwn(ownTypes, type) ? ownTypes[type] : undefined
  if (own === undefined) return scalarSchemas[type] ?? {}
  return { allOf: [{ $ref: `#/components/schemas/${own[0]}` }] }
}

function shapeSchema(shape: Shape, wanted: string[]): object {
  switch (shape.kind) {
    case 'scalar':
      return scalarSchema(shape.type)
    case 'any':
      return { type: 'object' }
    case 'map':
      return { type: 'object', additionalProperties: shapeSchema(shape.element(), wanted) }
    case 'list':
      return {
        type: 'array',
        items: shapeSchema(shape.element(), wanted),
        'x-kubernetes-list-type': shape.relation,
        ...(shape.relation === 'map' ? { 'x-kubernetes-list-map-keys': shape.keys } : {}),
      }
    case 'struct':
      wanted.push(shape.name)
      return { allOf: [{ $ref: `#/components/schemas/${longName(shape.name)}` }], default: {} }
  }
}

const text = (description: string): object => ({ type: 'string', description })

function customSchema(kind: Kind): object {
  const schema: Schema = kind.custom?.schema ?? {
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
  }
  return {
    ...schema,
    properties: {
      ...schema.properties,
      apiVersion: text(
        'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources',
      ),
      kind: text(
        'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
      ),
      metadata: {
        description:
          "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata",
        allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }],
      },
    },
    'x-kubernetes-group-version-kind': [gvk(kind)],
  }
}
