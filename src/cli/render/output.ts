/** What was rendered, as it is printed. */
import { base64, concatBytes, Fault, textIfUtf8, utf8, type JsonObject } from '#base'
import { ordered, printDocuments, sortedMap } from '../seal/print.ts'
import type { RenderedSecret, Trial } from './trial.ts'

/** How it is asked for. */
export interface OutputOptions {
  readonly isTty: boolean
  /** Only this key's value, its bytes alone. */
  readonly key?: string
  /** Secrets as manifests. */
  readonly format?: 'yaml' | 'json'
}

/**
 * A value's bytes as they are when there is but one or one was asked for, else each below its name,
 * or whole Secrets.
 *
 * @throws Fault NotFound for a key that is not there; Unsupported for binary on a terminal.
 */
export async function printed(
  trials: readonly Trial[],
  options: OutputOptions,
): Promise<Uint8Array> {
  const secrets = trials.flatMap((trial) => (trial.kind === 'secret' ? [trial.secret] : []))
  const texts = trials.flatMap((trial) => (trial.kind === 'text' ? [trial.bytes] : []))
  if (options.key !== undefined) return raw(valueOf(secrets, options.key), options)
  if (options.format !== undefined) {
    return utf8(await printDocuments(secrets.map(secretObject), options.format))
  }
  const [only] = texts
  if (only !== undefined) return raw(only, options)
  return concatBytes(secrets.flatMap((secret) => sections(secret, secrets.length > 1)))
}

/** A terminal gets a line break at the end, and no bytes that might move its cursor. */
function raw(bytes: Uint8Array, { isTty }: OutputOptions): Uint8Array {
  if (!isTty) return bytes
  const text = textIfUtf8(bytes)
  if (text === undefined) {
    throw new Fault('Unsupported', `it is ${bytes.length} bytes of binary`, {
      hint: 'send it to a file: lockstep render … > FILE',
    })
  }
  return utf8(text === '' || text.endsWith('\n') ? text : `${text}\n`)
}

function valueOf(secrets: readonly RenderedSecret[], key: string): Uint8Array {
  const found = secrets.find(({ data }) => data.has(key))?.data.get(key)
  if (found !== undefined) return found
  const keys = secrets.flatMap(({ data }) => [...data.keys()])
  throw new Fault('NotFound', `nothing renders to the key ${key}`, {
    hint: keys.length === 0 ? 'no key is rendered at all' : `there are: ${keys.sort().join(', ')}`,
  })
}

/** `==> data.url <==`, as `tail` heads several files, then the value. */
function sections(secret: RenderedSecret, isOneOfMany: boolean): readonly Uint8Array[] {
  const prefix = isOneOfMany ? `${secret.name}: ` : ''
  const parts = (['labels', 'annotations'] as const).flatMap((part) =>
    [...secret[part]].map(([key, text]) => [`${part}.${key}`, utf8(text)] as const),
  )
  const data = [...secret.data].map(([key, bytes]) => [`data.${key}`, bytes] as const)
  return [...data.sort(([a], [b]) => (a < b ? -1 : 1)), ...parts].flatMap(([name, bytes]) => [
    utf8(`==> ${prefix}${name} <==\n`),
    shown(bytes),
  ])
}

function shown(bytes: Uint8Array): Uint8Array {
  const text = textIfUtf8(bytes)
  if (text === undefined) return utf8(`(${bytes.length} bytes of binary)\n`)
  return utf8(text.endsWith('\n') ? text : `${text}\n`)
}

/** The Secret as an API server would take it. */
function secretObject(secret: RenderedSecret): JsonObject {
  const { name, namespace, type, data, labels, annotations } = secret
  return ordered([
    ['apiVersion', 'v1'],
    ['kind', 'Secret'],
    [
      'metadata',
      ordered([
        ['name', name],
        ['namespace', namespace],
        ['labels', sortedMap(labels)],
        ['annotations', sortedMap(annotations)],
      ]),
    ],
    ['type', type],
    ['data', sortedMap(new Map([...data].map(([key, bytes]) => [key, base64(bytes)] as const)))],
  ])
}
