/**
 * The templates of a manifest: an ExternalSecret's `spec.target.template` (of a ClusterExternalSecret:
 * `spec.externalSecretSpec.target.template`), a SealedSecret's `spec.template.data`. ConfigMaps and Secrets
 * that `templateFrom` names are taken from the same file, for there is no cluster to ask.
 */
import { LineCounter, parseAllDocuments, type Document } from 'yaml'
import {
  at,
  Fault,
  field,
  fromBase64,
  isObject,
  limits,
  stringMapOf,
  stringOf,
  textOf,
  type JsonObject,
} from '#base'
import type { Engine } from '#template'
import { placedIn, type Placed } from './place.ts'

/** A part of a Secret that templates write into. */
export type Part = 'data' | 'labels' | 'annotations'

/** One template, and what becomes of its output. */
export interface Piece extends Placed {
  /** Stands in messages as the template's name: the data key. */
  readonly name: string
  /** Where it stands in the object: `spec.target.template.data.url`. */
  readonly at: string
  readonly part: Part
  /** It renders to a YAML map of keys and values, decoded so; absent: to one value, of key `name`. */
  readonly pairs?: { readonly decoding: string }
}

/** An object whose templates can be tried. */
export interface Subject {
  readonly kind: string
  readonly engine: Engine
  /** Of the Secret it makes. */
  readonly name: string
  readonly namespace: string | undefined
  readonly type: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly pieces: readonly Piece[]
  /** Templates see these, too, where the data says nothing. */
  readonly visible: Readonly<Record<string, string>>
  /** Values that are in the Secret as they are: below the templates, or above them. */
  readonly keeps: 'none' | 'all' | { readonly above: readonly string[] }
  /** Keys that the object says it will have; absent: that cannot be told. */
  readonly declared: readonly string[] | undefined
}

const ours =
  /(^|[{,\s])["']?kind["']?\s*:\s*["']?(Cluster)?(External|Sealed)Secret["']?\s*($|[,}#])/m

/**
 * Reads a file as manifests.
 *
 * @returns null when none of them is an ExternalSecret or a SealedSecret: the file is a template itself then.
 * @throws Fault InvalidManifest, InvalidSpec, NotFound (a `templateFrom` that is not in the file).
 */
export function subjectsOf(text: string, file: string): readonly Subject[] | null {
  if (!ours.test(text)) return null
  const counter = new LineCounter()
  const documents = parseAllDocuments(text, {
    version: '1.1',
    merge: true,
    logLevel: 'silent',
    lineCounter: counter,
  })
  if (!Array.isArray(documents)) return null
  const broken = documents.find(({ errors }) => errors.length > 0)
  if (broken !== undefined) throw unreadable(broken, file)
  const sources = documents.flatMap((document) => sourceOf(document, text, file, counter) ?? [])
  const subjects = sources.flatMap((source) => subjectOf(source, sources) ?? [])
  if (subjects.length > 0) return subjects
  throw new Fault('InvalidSpec', `no object in ${file} has a template`, {
    hint: 'give an ExternalSecret with spec.target.template, a SealedSecret with spec.template, or a template alone',
  })
}

/** A document, and where its texts stand. */
interface Source {
  readonly object: JsonObject
  readonly place: (text: string, ...path: readonly (string | number)[]) => Placed
}

function sourceOf(
  document: Document.Parsed,
  text: string,
  file: string,
  counter: LineCounter,
): Source | undefined {
  let object: unknown
  try {
    object = document.toJS({ maxAliasCount: limits.yamlAliases }) as unknown
  } catch {
    return undefined
  }
  if (!isObject(object) || typeof field(object, 'kind') !== 'string') return undefined
  const manifest = object
  return {
    object: manifest,
    place: (template, ...path) =>
      placedIn({ file, text, counter, node: document.getIn(path, true), template }),
  }
}

function unreadable(document: Document.Parsed, file: string): Fault {
  const place = document.errors[0]?.linePos?.[0]
  const where = place === undefined ? '' : `:${place.line}:${place.col}`
  return new Fault('InvalidManifest', `${file}${where}: this is no YAML`, {
    hint: 'quote a value that begins with {{, or put it behind `|` on lines of its own',
  })
}

function subjectOf(source: Source, all: readonly Source[]): Subject | undefined {
  switch (field(source.object, 'kind')) {
    case 'ExternalSecret':
      return externalSecret(source, ['spec'], all)
    case 'ClusterExternalSecret':
      return externalSecret(source, ['spec', 'externalSecretSpec'], all)
    case 'SealedSecret':
      return sealedSecret(source)
    default:
      return undefined
  }
}

function externalSecret(
  source: Source,
  spec: readonly string[],
  all: readonly Source[],
): Subject | undefined {
  const { object } = source
  const path = [...spec, 'target', 'template']
  const template = at(object, ...path)
  if (!isObject(template)) return undefined
  const version = field(template, 'engineVersion')
  if (version !== undefined && version !== 'v2') {
    throw new Fault('InvalidSpec', `engineVersion ${stringOf(version) ?? '?'} is not served`, {
      at: [...path, 'engineVersion'].join('.'),
      hint: 'External Secrets knows v2 alone; write .key in place of .key | toString',
    })
  }
  const metadata = field(template, 'metadata')
  const pieces = [
    ...fromPieces(source, [...path, 'templateFrom'], all),
    ...ownPieces(source, [...path, 'data'], 'data'),
    ...ownPieces(source, [...path, 'metadata', 'labels'], 'labels'),
    ...ownPieces(source, [...path, 'metadata', 'annotations'], 'annotations'),
  ]
  const isBare = pieces.every(({ part, pairs }) => part !== 'data' && pairs === undefined)
  const keepsAll = field(template, 'mergePolicy') === 'Merge' || isBare
  return {
    kind: String(field(object, 'kind')),
    engine: 'eso',
    name: stringOf(at(object, ...spec, 'target', 'name')) ?? nameOf(object, 'name') ?? '',
    namespace: nameOf(object, 'namespace'),
    type: stringOf(field(template, 'type')),
    labels: stringMapOf(field(metadata, 'labels')),
    annotations: stringMapOf(field(metadata, 'annotations')),
    pieces,
    visible: {},
    keeps: keepsAll ? 'all' : 'none',
    declared: declaredOf(at(object, ...spec)),
  }
}

/** `dataFrom` may bring any key. */
function declaredOf(spec: unknown): readonly string[] | undefined {
  const from = field(spec, 'dataFrom')
  if (Array.isArray(from) && from.length > 0) return undefined
  const data = field(spec, 'data')
  const entries: readonly unknown[] = Array.isArray(data) ? data : []
  return entries.flatMap((entry) => stringOf(field(entry, 'secretKey')) ?? [])
}

function ownPieces(source: Source, path: readonly string[], part: Part): readonly Piece[] {
  return Object.entries(stringMapOf(at(source.object, ...path)))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => ({
      ...source.place(text, ...path, name),
      name,
      at: [...path, name].join('.'),
      part,
    }))
}

const parts: ReadonlyMap<string, Part> = new Map([
  ['data', 'data'],
  ['labels', 'labels'],
  ['annotations', 'annotations'],
])

function fromPieces(
  source: Source,
  path: readonly string[],
  all: readonly Source[],
): readonly Piece[] {
  const list = at(source.object, ...path)
  return (Array.isArray(list) ? (list as readonly unknown[]) : []).flatMap((from, index) => {
    const where = `${path.join('.')}[${index}]`
    const target = stringOf(field(from, 'target')) ?? 'Data'
    const part = parts.get(target.toLowerCase())
    if (part === undefined) {
      throw new Fault('InvalidSpec', `invalid template target "${target}"`, {
        at: `${where}.target`,
        hint: 'use Data, Labels or Annotations',
      })
    }
    const pairs = { decoding: stringOf(field(from, 'valuesDecodingStrategy')) ?? 'None' }
    const literal = stringOf(field(from, 'literal'))
    const own =
      literal === undefined
        ? []
        : [
            {
              ...source.place(literal, ...path, index, 'literal'),
              name: `templateFrom[${index}].literal`,
              at: `${where}.literal`,
              part,
              pairs,
            },
          ]
    const named = (['configMap', 'secret'] as const).flatMap((kind) =>
      itemsOf(field(from, kind), kind, where, all).map(({ placed, key, isPairs }) => ({
        ...placed,
        name: key,
        at: `${where}.${kind}`,
        part,
        ...(isPairs ? { pairs } : {}),
      })),
    )
    return [...own, ...named]
  })
}

interface Item {
  readonly placed: Placed
  readonly key: string
  readonly isPairs: boolean
}

/** The texts of a ConfigMap or Secret that stands in the same file. */
function itemsOf(
  from: unknown,
  kind: 'configMap' | 'secret',
  where: string,
  all: readonly Source[],
): readonly Item[] {
  if (!isObject(from)) return []
  const name = stringOf(field(from, 'name')) ?? ''
  const wanted = kind === 'configMap' ? 'ConfigMap' : 'Secret'
  const found = all.find(
    ({ object }) => field(object, 'kind') === wanted && nameOf(object, 'name') === name,
  )
  if (found === undefined) {
    throw new Fault('NotFound', `${wanted} ${name} is not in the file`, {
      at: `${where}.${kind}`,
      hint: `put it into the same file or stream: cat ${wanted.toLowerCase()}.yaml externalsecret.yaml | lockstep render template -`,
    })
  }
  const items = field(from, 'items')
  return (Array.isArray(items) ? (items as readonly unknown[]) : []).map((item) => {
    const key = stringOf(field(item, 'key')) ?? ''
    const isPairs = field(item, 'templateAs') === 'KeysAndValues'
    return { placed: textAt(found, key, `${wanted} ${name}`), key, isPairs }
  })
}

function textAt(source: Source, key: string, what: string): Placed {
  const plain = at(source.object, 'stringData', key) ?? at(source.object, 'data', key)
  if (typeof plain !== 'string') throw new Fault('NotFound', `${what} has no key ${key}`)
  const isEncoded =
    field(source.object, 'kind') === 'Secret' && at(source.object, 'stringData', key) === undefined
  if (isEncoded) return { text: textOf(fromBase64(plain) ?? new Uint8Array()) }
  const part = at(source.object, 'stringData', key) === undefined ? 'data' : 'stringData'
  return source.place(plain, part, key)
}

function sealedSecret(source: Source): Subject | undefined {
  const { object } = source
  const path = ['spec', 'template']
  const template = at(object, ...path)
  if (!isObject(template)) return undefined
  const data = stringMapOf(field(template, 'data'))
  const metadata = field(template, 'metadata')
  const sealed = Object.keys(stringMapOf(at(object, 'spec', 'encryptedData')))
  return {
    kind: 'SealedSecret',
    engine: 'sealed',
    name: nameOf(object, 'name') ?? '',
    namespace: nameOf(object, 'namespace'),
    type: stringOf(field(template, 'type')),
    labels: stringMapOf(field(metadata, 'labels')),
    annotations: stringMapOf(field(metadata, 'annotations')),
    // What is sealed wins over a template of the same key.
    pieces: ownPieces(source, [...path, 'data'], 'data'),
    visible: data,
    keeps: { above: sealed.filter((key) => at(template, 'data', key) !== null) },
    declared: [...sealed, ...Object.keys(data)],
  }
}

function nameOf(object: JsonObject, name: 'name' | 'namespace'): string | undefined {
  return stringOf(at(object, 'metadata', name))
}
