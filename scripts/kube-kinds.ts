/**
 * Writes what the embedded API server knows of the built-in kinds, from a Kubernetes source tree:
 *
 *   node scripts/kube-kinds.ts <kubernetes> <k8s.io/api> <k8s.io/apimachinery>
 *
 * Facts only: names, types, field numbers, merge keys. `src/embedded/kube-api/kinds/shapes.ts`
 * says how the notation reads. Run by hand when the server moves to another Kubernetes version.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly properties?: Record<string, Schema>
  readonly additionalProperties?: Schema
  readonly items?: Schema
  readonly required?: readonly string[]
  readonly default?: unknown
  readonly 'x-kubernetes-list-type'?: string
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: string
  readonly 'x-kubernetes-patch-strategy'?: string
  readonly 'x-kubernetes-patch-merge-key'?: string
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group: string
    readonly version: string
    readonly kind: string
  }[]
}

interface ApiResource {
  readonly name: string
  readonly singularName: string
  readonly namespaced: boolean
  readonly kind: string
  readonly group?: string
  readonly version?: string
  readonly verbs: readonly string[]
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly storageVersionHash?: string
}

const [kubernetes = '', api = '', machinery = ''] = process.argv.slice(2)
const out = 'src/embedded/kube-api/kinds/data'
const groupVersions = [
  'api__v1',
  ...[
    'apiregistration.k8s.io__v1',
    'apps__v1',
    'events.k8s.io__v1',
    'authentication.k8s.io__v1',
    'authorization.k8s.io__v1',
    'autoscaling__v2',
    'autoscaling__v1',
    'batch__v1',
    'certificates.k8s.io__v1',
    'networking.k8s.io__v1',
    'policy__v1',
    'rbac.authorization.k8s.io__v1',
    'storage.k8s.io__v1',
    'admissionregistration.k8s.io__v1',
    'apiextensions.k8s.io__v1',
    'scheduling.k8s.io__v1',
    'coordination.k8s.io__v1',
    'node.k8s.io__v1',
    'discovery.k8s.io__v1',
    'resource.k8s.io__v1',
    'flowcontrol.apiserver.k8s.io__v1',
  ].map((name) => `apis__${name}`),
]

const swagger = JSON.parse(
  readFileSync(join(kubernetes, 'api/openapi-spec/swagger.json'), 'utf8'),
) as { definitions: Record<string, Schema> }

const special: Record<string, string> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'intstr',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'microtime',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'raw',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'fields',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray': 'any',
}

function shortName(name: string): string {
  return name
    .replace(/^io\.k8s\.api\./, '')
    .replace(/^io\.k8s\.apimachinery\.pkg\.apis\./, '')
    .replace(/^io\.k8s\.apiextensions-apiserver\.pkg\.apis\./, '')
    .replace(/^io\.k8s\.kube-aggregator\.pkg\.apis\./, '')
}

// Field numbers: message → field → number; an embedded message has a number of its own.
const numbers = new Map<string, Map<string, { number: number; type: string }>>()
for (const [root, prefix] of [
  [api, ''],
  [join(machinery, 'pkg/apis'), ''],
] as const) {
  for (const group of existsSync(root) ? readdirSync(root) : []) {
    const folder = join(root, group)
    for (const version of safeList(folder)) {
      const file = join(folder, version, 'generated.proto')
      if (existsSync(file)) readProto(`${prefix}${group}.${version}`, readFileSync(file, 'utf8'))
    }
  }
}

function safeList(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

interface GoField {
  readonly isPointer: boolean
  /** As it stands in the source. */
  readonly goType: string
  /** What the JSON tag says of an empty value. */
  readonly omits: '' | 'omitempty' | 'omitzero'
}

// Go structs: type → JSON name → field; an embedded struct gives its fields to its holder.
const goFields = new Map<string, Map<string, GoField>>()
const goEmbeds = new Map<string, string[]>()
// The order of declaration: JSON names, and embedded types behind a `<`.
const goOrder = new Map<string, string[]>()
for (const root of [api, join(machinery, 'pkg/apis')]) {
  for (const group of safeList(root)) {
    for (const version of safeList(join(root, group))) {
      const folder = join(root, group, version)
      for (const file of safeList(folder).filter((one) =>
        /^(?!zz_|.*_test).*types.*\.go$/.test(one),
      ))
        readGo(`${group}.${version}`, readFileSync(join(folder, file), 'utf8'))
    }
  }
}

function readGo(scope: string, text: string): void {
  for (const type of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    const name = `${scope}.${type[1]}`
    const fields = new Map<string, GoField>()
    const order: string[] = []
    const row = /^\t(?:\w+\s+)?(\*?)([\w.[\]*]+)\s+`[^`]*json:"([^",]*)([^"]*)"/gm
    for (const [, star, goType = '', jsonName = '', options = ''] of (type[2] ?? '').matchAll(
      row,
    )) {
      if (jsonName === '') {
        const held = goType.split('.').pop() ?? ''
        order.push(`<${scope}.${held}`)
        goEmbeds.set(name, [...(goEmbeds.get(name) ?? []), `${scope}.${held}`])
        continue
      }
      const omits = options.includes('omitzero')
        ? 'omitzero'
        : options.includes('omitempty')
          ? 'omitempty'
          : ''
      order.push(jsonName)
      fields.set(jsonName, { isPointer: star === '*', omits, goType })
    }
    goFields.set(name, fields)
    goOrder.set(name, order)
  }
}

function goField(type: string, name: string): GoField | undefined {
  const own = goFields.get(type)?.get(name)
  if (own !== undefined) return own
  for (const held of goEmbeds.get(type) ?? []) {
    const found = goField(held, name)
    if (found !== undefined) return found
  }
  return undefined
}

function declared(type: string): string[] {
  return (goOrder.get(type) ?? []).flatMap((one) =>
    one.startsWith('<') ? declared(one.slice(1)) : [one],
  )
}

// As Go declares, and so writes them; what it embeds from elsewhere is of every kind, and first.
function inOrder(type: string, properties: Record<string, Schema>): [string, Schema][] {
  const order = ['kind', 'apiVersion', ...declared(type)]
  const place = (name: string): number => {
    const at = order.lastIndexOf(name)
    return at < 0 ? 0 : at
  }
  return Object.entries(properties).sort(([a], [b]) => place(a) - place(b))
}

const plainTypes = new Set(['string', 'int', 'int32', 'int64', 'bool', 'float64', 'byte'])

// `'`: what Go calls a text, a number or items of these, where it has a name of its own for them.
function ownName(type: string, name: string, schema: Schema): string {
  const inner = schema.type === 'array' ? schema.items : schema
  const isScalar = ['string', 'integer', 'boolean', 'number'].includes(inner?.type ?? '')
  const goType = (goField(type, name)?.goType ?? '').replace(/^\[\]|^\*/g, '')
  if (!isScalar || inner?.format === 'byte' || !/^[\w.]+$/.test(goType) || plainTypes.has(goType))
    return ''
  const [, version = ''] = type.split('.')
  const known = goType.includes('.') ? goType.replace(/^metav1\./, 'v1.') : `${version}.${goType}`
  return `'${known}`
}

// `+`: written even when it is empty, as Go does with structs and with fields that omit nothing; `?`: as null;
// `%`: a pointer to a scalar, whose empty value says something.
function presence(type: string, name: string, schema: Schema): string {
  const found = goField(type, name)
  if (found === undefined || found.omits === 'omitzero') return ''
  if (found.omits === '') return found.isPointer ? '?' : '+'
  const target = schema.$ref?.replace('#/definitions/', '') ?? ''
  if (found.isPointer) return target === '' || Object.hasOwn(special, target) ? '%' : ''
  return schema.$ref === undefined ? '' : '+'
}

function readProto(scope: string, text: string): void {
  for (const message of text.matchAll(/^message (\w+) \{\n([\s\S]*?)^\}/gm)) {
    const fields = new Map<string, { number: number; type: string }>()
    const row = /^ {2}(?:optional|repeated|required)?\s*(map<[^>]+>|[.\w]+) (\w+) = (\d+);/gm
    for (const field of (message[2] ?? '').matchAll(row)) {
      fields.set(field[2] ?? '', {
        number: Number(field[3]),
        type: protoType(scope, field[1] ?? ''),
      })
    }
    numbers.set(`${scope}.${message[1]}`, fields)
  }
}

function protoType(scope: string, type: string): string {
  if (/^[a-z]/.test(type)) return type
  if (!type.startsWith('.')) return `${scope}.${type}`
  return type.replace(/^\.k8s\.io\.api\./, '').replace(/^\.k8s\.io\.apimachinery\.pkg\.apis\./, '')
}

const wanted: string[] = []
const lines = new Map<string, string>()
const resourceLines: string[] = []

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/definitions/', '')
    const known = special[name]
    if (known !== undefined) return known
    wanted.push(name)
    return shortName(name)
  }
  if (schema.type === 'array') {
    const kind = schema['x-kubernetes-list-type'] ?? 'atomic'
    const keys = schema['x-kubernetes-list-map-keys'] ?? []
    const open = kind === 'map' ? `[${keys.join(',')}]` : kind === 'set' ? '[=]' : '[]'
    return `${open}${typeOf(schema.items ?? {})}`
  }
  if (schema.type === 'object') {
    if (schema.additionalProperties === undefined) return 'any'
    const open = schema['x-kubernetes-map-type'] === 'atomic' ? '{!}' : '{}'
    return `${open}${typeOf(schema.additionalProperties)}`
  }
  if (schema.type === 'string') return schema.format === 'byte' ? 'bytes' : 'string'
  if (schema.type === 'integer') return schema.format === 'int32' ? 'int32' : 'int64'
  if (schema.type === 'number') return 'double'
  if (schema.type === 'boolean') return 'bool'
  return 'any'
}

function strategyOf(schema: Schema): string {
  const strategy = schema['x-kubernetes-patch-strategy']
  if (strategy === undefined) return ''
  const words = strategy.split(',')
  const retain = words.includes('retainKeys') ? '^' : ''
  return words.includes('merge')
    ? `${retain}~${schema['x-kubernetes-patch-merge-key'] ?? ''}`
    : retain
}

function writeType(name: string): void {
  const short = shortName(name)
  if (lines.has(short)) return
  lines.set(short, '')
  const schema = swagger.definitions[name] ?? {}
  const proto = numbers.get(short) ?? new Map<string, { number: number; type: string }>()
  const embedded = [...proto].filter(([field]) => schema.properties?.[field] === undefined)
  const parts: string[] = []
  for (const [field, inner] of inOrder(short, schema.properties ?? {})) {
    const required = schema.required?.includes(field) === true ? '*' : ''
    const number = proto.get(field)?.number
    const fallback =
      inner.default === undefined || typeof inner.default === 'object' ? '' : inner.default
    const given = fallback === '' ? '' : `:${JSON.stringify(fallback).replaceAll('"', '')}`
    const always = presence(short, field, inner)
    parts.push(
      `${field}${required}${always}=${typeOf(inner)}${strategyOf(inner)}${given}${ownName(short, field, inner)}${number === undefined ? '' : `#${number}`}`,
    )
  }
  for (const [field, { number, type }] of embedded) {
    if (/^[a-z]+$/.test(type) || type.startsWith('map<')) continue
    const full = Object.keys(swagger.definitions).find((known) => shortName(known) === type)
    if (full !== undefined) wanted.push(full)
    else if (numbers.has(type)) embedOnly(type)
    parts.push(`<${field}=${type}#${number}`)
  }
  const atomic = schema['x-kubernetes-map-type'] === 'atomic' ? '!' : ''
  const isKnown = goFields.has(short) ? '' : '?'
  lines.set(short, `${short}${atomic}${isKnown} ${parts.join(' ')}`)
}

// A message that stands in no definition because Go embeds it: its fields are the holder's.
function embedOnly(type: string): void {
  if (lines.has(type)) return
  const fields = [...(numbers.get(type) ?? [])].map(([field, { number }]) => `${field}#${number}`)
  lines.set(type, `${type}& ${fields.join(' ')}`)
}

const shapeOfKind = new Map<string, string>()
for (const [name, schema] of Object.entries(swagger.definitions)) {
  for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? []) {
    if (!shapeOfKind.has(`${group}/${version}/${kind}`))
      shapeOfKind.set(`${group}/${version}/${kind}`, name)
  }
}

for (const file of groupVersions) {
  const list = JSON.parse(readFileSync(join(kubernetes, `api/discovery/${file}.json`), 'utf8')) as {
    groupVersion: string
    resources: readonly ApiResource[]
  }
  resourceLines.push(`@ ${list.groupVersion}`)
  for (const entry of list.resources) {
    const [group, version] = list.groupVersion.includes('/')
      ? list.groupVersion.split('/')
      : ['', list.groupVersion]
    const shape = shapeOfKind.get(
      `${entry.group ?? group}/${entry.version ?? version}/${entry.kind}`,
    )
    if (shape !== undefined) wanted.push(shape)
    resourceLines.push(
      [
        entry.name,
        entry.kind,
        entry.namespaced ? 'N' : 'C',
        entry.singularName || '-',
        entry.verbs.join(','),
        entry.shortNames?.join(',') ?? '-',
        entry.categories?.join(',') ?? '-',
        entry.storageVersionHash ?? '-',
        entry.version === undefined ? '-' : `${entry.group ?? ''}/${entry.version}`,
        shape === undefined ? '-' : shortName(shape),
      ].join(' '),
    )
  }
}
wanted.push('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions', 'io.k8s.api.core.v1.Event')
for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) writeType(next)

const head = '/** Written by scripts/kube-kinds.ts from Kubernetes 1.36.1; not edited by hand. */\n'
const sorted = [...lines.values()].sort()
writeFileSync(
  join(out, 'shapes.ts'),
  `${head}export const shapeText: string = \`\n${sorted.join('\n')}\n\`\n`,
)
writeFileSync(
  join(out, 'resources.ts'),
  `${head}export const resourceText: string = \`\n${resourceLines.join('\n')}\n\`\n`,
)
