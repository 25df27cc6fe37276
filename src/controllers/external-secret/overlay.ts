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
import type { Overlay } from './target.ts'

type Values = ReadonlyMap<string, Uint8Array>

/** Renders one template text. @throws Fault TemplateError, in Go's words; quotes no value. */
export type Render = (name: string, text: string, values: Values) => Promise<Uint8Array>

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
  for (const [index, from] of templateFrom.entries()) {
    await within('error fetching templateFrom data', () =>
      applyFrom(es, from, index, sink, values, deps, signal),
    )
  }
  for (const [part, texts] of [
    ['data', data],
    ['labels', metadata.labels ?? {}],
    ['annotations', metadata.annotations ?? {}],
  ] as const) {
    for (const [key, text] of Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const value = await within('could not execute template: could not execute template', () =>
        renderAt(key, text, values, deps),
      )
      put(sink, part, key, value)
    }
  }
  return { type: typeOf(template), ...sink, finalizers: metadata.finalizers ?? [] }
}

function typeOf({ type }: SecretTemplate): string | undefined {
  return type === '' ? undefined : type
}

async function renderAt(
  key: string,
  text: string,
  values: Values,
  deps: OverlayDeps,
): Promise<Uint8Array> {
  return await within(`unable to execute template at key ${key}`, () =>
    deps.render(key, text, values),
  )
}

function put(sink: Sink, part: keyof Sink, key: string, value: Uint8Array): void {
  if (part === 'data') sink.data.set(key, value)
  else sink[part].set(key, textOf(value))
}

const parts: ReadonlyMap<string, keyof Sink> = new Map([
  ['data', 'data'],
  ['labels', 'labels'],
  ['annotations', 'annotations'],
])

async function applyFrom(
  es: ExternalSecret,
  from: TemplateFrom,
  index: number,
  sink: Sink,
  values: Values,
  deps: OverlayDeps,
  signal: AbortSignal,
): Promise<void> {
  const part = parts.get((from.target ?? 'Data').toLowerCase())
  if (part === undefined) {
    throw new Fault('InvalidSpec', `invalid template target "${from.target}"`, {
      at: `spec.target.template.templateFrom[${index}].target`,
      hint: 'Use Data, Labels or Annotations.',
    })
  }
  if (from.literal !== undefined)
    await putPairs(from.literal, from.literal, from, part, sink, values, deps)
  for (const kind of ['configMap', 'secret'] as const) {
    const source = from[kind]
    if (source === undefined) continue
    const texts = await textsOf(es, kind, source, deps.client, signal)
    for (const [i, item] of source.items.entries()) {
      const text = texts[i] ?? ''
      if (item.templateAs === 'KeysAndValues') {
        await putPairs(item.key, text, from, part, sink, values, deps)
      } else put(sink, part, item.key, await renderAt(item.key, text, values, deps))
    }
  }
}

/** A template that renders to a YAML map of its own keys and values. */
async function putPairs(
  name: string,
  text: string,
  from: TemplateFrom,
  part: keyof Sink,
  sink: Sink,
  values: Values,
  deps: OverlayDeps,
): Promise<void> {
  const made = textOf(await renderAt(name, text, values, deps))
  const pairs = await within("could not unmarshal template to 'map[string][]byte'", () =>
    deps.parseYaml(made),
  )
  if (pairs === null || pairs === undefined) return
  if (!isObject(pairs)) throw notPairs('it is no map')
  for (const [key, value] of Object.entries(pairs)) {
    if (typeof value !== 'string') throw notPairs(`the value of ${key} is no string`)
    put(sink, part, key, decodeValue(utf8(value), from.valuesDecodingStrategy ?? 'None'))
  }
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
