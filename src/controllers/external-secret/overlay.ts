/**
 * What goes onto a target: the values as they are, or what `spec.target.template` makes of them.
 * A template that cannot be rendered whole fails the refresh; nothing is half-rendered.
 */
import {
  configMaps,
  secrets,
  type ExternalSecret,
  type SecretTemplate,
  type TemplateFrom,
  type TemplateSource,
} from '#api'
import { Fault, faultOf, fromBase64, isObject, textOf, utf8 } from '#base'
import { decodeValue } from '#go'
import type { Client } from '#kube'
import {
  annotationFor,
  keptRendering,
  mayChange,
  renderedAnnotation,
  type Inputs,
  type Rendering,
} from './kept-rendering.ts'
import { targetKeyOf } from './names.ts'
import { bytesOf, type Render } from './render.ts'
import type { Job, Made } from './render-task.ts'
import type { Overlay } from './target.ts'

type Values = ReadonlyMap<string, Uint8Array>

export interface OverlayDeps {
  readonly client: Client
  readonly render: Render
  /** Reads YAML as Kubernetes does. @throws Fault */
  readonly parseYaml: (text: string) => unknown
}

/** @throws Fault TemplateError, InvalidRef, in the peer's words. */
export async function overlayOf(
  es: ExternalSecret,
  values: Values,
  deps: OverlayDeps,
  signal: AbortSignal,
): Promise<Overlay> {
  const template = es.spec?.target?.template
  if (template === undefined) {
    return {
      type: undefined,
      data: values,
      // Without a template the object's own metadata is the target's, as the peer has it.
      labels: new Map(Object.entries(es.metadata.labels ?? {})),
      annotations: new Map(Object.entries(es.metadata.annotations ?? {})),
      finalizers: [],
    }
  }
  try {
    return await rendered(es, template, values, deps, signal)
  } catch (thrown) {
    signal.throwIfAborted()
    throw faultOf(thrown).within('could not apply template')
  }
}

/** The three maps that templates write into. */
interface Sink {
  readonly data: Map<string, Uint8Array>
  readonly labels: Map<string, string>
  readonly annotations: Map<string, string>
}

/** One template to be rendered, and what becomes of its output. */
interface Piece {
  readonly job: Job
  readonly part: keyof Sink
  /** In front of an error, in the peer's words. */
  readonly doing: string
  /** It renders to a YAML map of its own keys and values, which are decoded so. */
  readonly pairs?: { readonly decoding: string }
}

async function rendered(
  es: ExternalSecret,
  template: SecretTemplate,
  values: Values,
  deps: OverlayDeps,
  signal: AbortSignal,
): Promise<Overlay> {
  const { data = {}, templateFrom = [], metadata = {} } = template
  const keepsValues =
    template.mergePolicy === 'Merge' ||
    (Object.keys(data).length === 0 && templateFrom.length === 0)
  const sink: Sink = {
    data: new Map(keepsValues ? values : []),
    labels: new Map(Object.entries(metadata.labels ?? {})),
    annotations: new Map(Object.entries(metadata.annotations ?? {})),
  }
  // Later ones win: templateFrom in its order, then what the template says itself.
  const pieces: Piece[] = []
  for (const [index, from] of templateFrom.entries()) {
    pieces.push(...(await within(fetching, () => piecesFrom(es, from, index, deps.client, signal))))
  }
  pieces.push(...ownPieces('data', data))
  pieces.push(...ownPieces('labels', metadata.labels ?? {}))
  pieces.push(...ownPieces('annotations', metadata.annotations ?? {}))
  const whole = { type: typeOf(template), finalizers: metadata.finalizers ?? [] }
  const inputs = inputsOf(pieces, values, template.mergePolicy)
  const existing = inputs.jobs.some(mayChange)
    ? await deps.client.get(secrets, targetKeyOf(es), { signal })
    : null
  const kept = existing === null ? undefined : keptRendering(existing, inputs)
  if (kept !== undefined) return { ...whole, ...stamped(kept, inputs) }
  const made = await deps.render(inputs.jobs, values, signal)
  for (const [i, piece] of pieces.entries()) {
    await within(piece.doing, () => putPiece(piece, made[i], sink, deps))
  }
  const isUnique = made.some((one) => one.kind === 'made' && one.isUnique)
  return { ...whole, ...(isUnique ? stamped(sink, inputs) : sink) }
}

function inputsOf(
  pieces: readonly Piece[],
  values: Values,
  mergePolicy: string | undefined,
): Inputs {
  const jobs = pieces.map(({ job, part, pairs }) => ({ ...job, part, ...pairs }))
  return { jobs, values, mergePolicy }
}

/** A rendering with the note that lets it stay. */
function stamped(made: Rendering, inputs: Inputs): Rendering {
  const stamp = [renderedAnnotation, annotationFor(inputs, made)] as const
  return { ...made, annotations: new Map([...made.annotations, stamp]) }
}

const fetching = 'error fetching templateFrom data'
const executing = 'could not execute template: could not execute template'

function typeOf({ type }: SecretTemplate): string | undefined {
  return type === '' ? undefined : type
}

function ownPieces(part: keyof Sink, texts: Readonly<Record<string, string>>): readonly Piece[] {
  return Object.entries(texts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => ({ job: { name, text }, part, doing: executing }))
}

const parts: ReadonlyMap<string, keyof Sink> = new Map([
  ['data', 'data'],
  ['labels', 'labels'],
  ['annotations', 'annotations'],
])

/** The templates that one entry of `templateFrom` stands for. @throws Fault InvalidSpec, InvalidRef */
async function piecesFrom(
  es: ExternalSecret,
  from: TemplateFrom,
  index: number,
  client: Client,
  signal: AbortSignal,
): Promise<readonly Piece[]> {
  const part = parts.get((from.target ?? 'Data').toLowerCase())
  if (part === undefined) {
    throw new Fault('InvalidSpec', `invalid template target "${from.target}"`, {
      at: `spec.target.template.templateFrom[${index}].target`,
      hint: 'Use Data, Labels or Annotations.',
    })
  }
  const pairs = { decoding: from.valuesDecodingStrategy ?? 'None' }
  const pieces: Piece[] = []
  const { literal } = from
  if (literal !== undefined) {
    const job = { name: `templateFrom[${index}].literal`, text: literal }
    pieces.push({ job, part, doing: fetching, pairs })
  }
  for (const kind of ['configMap', 'secret'] as const) {
    const source = from[kind]
    if (source === undefined) continue
    const texts = await textsOf(es, kind, source, client, signal)
    for (const [i, { key, templateAs }] of source.items.entries()) {
      const job = { name: key, text: texts[i] ?? '' }
      const isSecret = kind === 'secret' ? ({ isSecret: true } as const) : {}
      const piece = { job: { ...job, ...isSecret }, part, doing: fetching }
      pieces.push(templateAs === 'KeysAndValues' ? { ...piece, pairs } : piece)
    }
  }
  return pieces
}

async function putPiece(
  { job, part, pairs }: Piece,
  made: Made | undefined,
  sink: Sink,
  { parseYaml }: OverlayDeps,
): Promise<void> {
  const bytes = await within(`unable to execute template at key ${job.name}`, () =>
    bytesOf(job, made),
  )
  if (pairs === undefined) return put(sink, part, job.name, bytes)
  for (const [key, value] of pairsIn(textOf(bytes), parseYaml)) {
    put(sink, part, key, decodeValue(utf8(value), pairs.decoding))
  }
}

function put(sink: Sink, part: keyof Sink, key: string, value: Uint8Array): void {
  if (part === 'data') sink.data.set(key, value)
  else sink[part].set(key, textOf(value))
}

/** Keys and values of a rendered map. @throws Fault TemplateError that quotes no value. */
function pairsIn(
  text: string,
  parseYaml: OverlayDeps['parseYaml'],
): readonly (readonly [string, string])[] {
  let map: unknown
  try {
    map = parseYaml(text)
  } catch {
    // What a YAML parser says may quote the line, and the line may hold a secret.
    throw notPairs('it is no YAML')
  }
  if (map === null || map === undefined) return []
  if (!isObject(map)) throw notPairs('it is no map')
  return Object.entries(map).map(([key, value]) => {
    if (typeof value !== 'string') throw notPairs('a value is no string')
    return [key, value] as const
  })
}

function notPairs(why: string): Fault {
  return new Fault('TemplateError', `could not unmarshal template to 'map[string][]byte': ${why}`, {
    hint: 'Quote the values of the rendered map.',
  })
}

/** The texts of a source's items, in their order. @throws Fault InvalidRef */
async function textsOf(
  es: ExternalSecret,
  kind: 'configMap' | 'secret',
  source: TemplateSource,
  client: Client,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { namespace = '' } = es.metadata
  const key = { namespace, name: source.name }
  const isConfigMap = kind === 'configMap'
  const found = isConfigMap
    ? await client.get(configMaps, key, { signal })
    : await client.get(secrets, key, { signal })
  if (found === null) {
    const plural = isConfigMap ? 'configmaps' : 'secrets'
    throw new Fault('InvalidRef', `${plural} "${source.name}" not found`, {
      retry: { kind: 'backoff' },
    })
  }
  return source.items.map((item) => {
    const data = found.data ?? {}
    const text = Object.hasOwn(data, item.key) ? data[item.key] : undefined
    if (text === undefined) {
      const what = isConfigMap ? 'configmap' : 'secret'
      const message = `error in ${what} ${source.name}: missing key ${item.key}`
      throw new Fault('InvalidRef', message, { retry: { kind: 'backoff' } })
    }
    return isConfigMap ? text : textOf(fromBase64(text) ?? new Uint8Array())
  })
}

async function within<T>(doing: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    throw faultOf(thrown).within(doing)
  }
}
