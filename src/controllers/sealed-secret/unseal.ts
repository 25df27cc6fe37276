/** From a SealedSecret to the content of its Secret: all values, or a Fault and nothing. */
import type { SealedSecret } from '#api'
import {
  base64,
  field,
  Fault,
  fromBase64,
  isObject,
  parseJson,
  stringMapOf,
  textOf,
  utf8,
} from '#base'
import type { Job, Made } from './render-task.ts'
import { labelOf, openValues, scopeOf, sealedBytes, type KeyRing } from '#seal'

/** Renders templates over the values. @returns What became of each, in order. @throws Fault Timeout */
export type Render = (
  jobs: readonly Job[],
  values: ReadonlyMap<string, Uint8Array>,
  signal: AbortSignal,
) => Promise<readonly Made[]>

/** What the Secret will hold. */
export interface Content {
  /** Base64, as in `Secret.data`. */
  readonly data: Readonly<Record<string, string>>
  /** Of the old form, where it comes out of the blob; else the template's. */
  readonly type?: string
}

/** What unsealing needs. */
export interface UnsealParts {
  readonly ring: KeyRing
  readonly render: Render
  readonly acceptDeprecatedV1Data: boolean
}

/**
 * Opens and renders.
 *
 * @throws Fault CannotUnseal, DecryptionFailed, TemplateError, InvalidSpec.
 */
export async function unseal(
  sealed: SealedSecret,
  parts: UnsealParts,
  signal: AbortSignal,
): Promise<Content> {
  const blob = field(sealed.spec, 'data')
  if (typeof blob !== 'string' || blob === '') {
    const encrypted = encryptedOf(sealed)
    const values = await openValues(parts.ring, encrypted, label(sealed), place(sealed), signal)
    try {
      return { data: await withTemplates(sealed, values, parts.render, signal) }
    } finally {
      for (const value of values.values()) value.fill(0)
    }
  }
  if (Object.keys(sealed.spec.encryptedData ?? {}).length > 0) {
    throw new Fault(
      'InvalidSpec',
      "cannot use the field 'encryptedData' and the deprecated field 'data' at the same time",
      { at: 'spec.data' },
    )
  }
  if (!parts.acceptDeprecatedV1Data) {
    throw new Fault(
      'InvalidSpec',
      "using deprecated 'data' field, use 'encryptedData' or flip the feature flag",
      { at: 'spec.data' },
    )
  }
  return openBlob(sealed, blob, parts.ring, signal)
}

/**
 * Its sealed values. Older definitions let anything through: what is no text must not be passed over,
 * since a key left out here is a key taken from the Secret.
 */
function encryptedOf({ spec }: SealedSecret): Readonly<Record<string, string>> {
  const given = field(spec, 'encryptedData')
  if (!isObject(given)) {
    throw new Fault('InvalidSpec', 'spec.encryptedData is no map of sealed values', {
      at: 'spec.encryptedData',
    })
  }
  const wrong = Object.keys(given).find((key) => typeof given[key] !== 'string')
  if (wrong === undefined) return stringMapOf(given)
  throw new Fault('InvalidSpec', `spec.encryptedData: the value of ${wrong} is no text`, {
    at: `spec.encryptedData.${wrong}`,
  })
}

/** The label that its values are sealed under: from its own metadata, never from the template. */
function label({ metadata }: SealedSecret): Uint8Array {
  return labelOf(scopeOf(metadata.annotations), metadata.namespace ?? '', metadata.name)
}

function place({ metadata }: SealedSecret): string {
  return `${metadata.namespace}/${metadata.name}`
}

/** Only opens, to see whether it can be; for `/v1/verify`, which must never render. */
export async function canOpen(
  sealed: SealedSecret,
  ring: KeyRing,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array>> {
  return openValues(ring, encryptedOf(sealed), label(sealed), place(sealed), signal)
}

// A template sees the decrypted values and the plain texts beside it; what was decrypted wins over
// a template of the same key; null hides a key from the Secret.
async function withTemplates(
  sealed: SealedSecret,
  values: ReadonlyMap<string, Uint8Array>,
  render: Render,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const templates = Object.entries(sealed.spec.template?.data ?? {})
  const wrong = templates.find(([, text]) => text !== null && typeof text !== 'string')
  if (wrong !== undefined) {
    throw new Fault('InvalidSpec', `spec.template.data: the value of ${wrong[0]} is no text`, {
      at: `spec.template.data.${wrong[0]}`,
    })
  }
  const given = templates.flatMap(([key, text]) => (text === null ? [] : [[key, text] as const]))
  const visible = new Map([...given.map(([key, text]) => [key, utf8(text)] as const), ...values])
  const out = new Map<string, Uint8Array>(values)
  const failed: Fault[] = []
  const jobs = given.map(([name, text]) => ({ name, text }))
  const made = await render(jobs, visible, signal)
  for (const [i, { name }] of jobs.entries()) {
    const one = made[i]
    if (one?.kind !== 'made') failed.push(refusal(name, one))
    else if (!values.has(name)) out.set(name, one.bytes)
  }
  if (failed.length > 0) throw together(failed)
  for (const [key, text] of templates) if (text === null) out.delete(key)
  return dataOf(out)
}

function refusal(name: string, made: Made | undefined): Fault {
  if (made?.kind !== 'failed') return new Fault('InternalError', `${name} was not rendered`)
  const hint = made.hint === undefined ? {} : { hint: made.hint }
  const at = `spec.template.data.${name}`
  return new Fault('TemplateError', `${made.message} (${name})`, { at, ...hint })
}

// All that is wrong at once, one to a line, as the original says it.
function together(failed: readonly Fault[]): Fault {
  const [first, ...others] = failed as [Fault, ...Fault[]]
  if (others.length === 0) return first
  const message = failed.map((fault) => fault.message).join('\n')
  return new Fault(first.reason, message, first.at === undefined ? {} : { at: first.at })
}

function dataOf(values: ReadonlyMap<string, Uint8Array>): Readonly<Record<string, string>> {
  const data = Object.create(null) as Record<string, string>
  for (const key of [...values.keys()].sort()) data[key] = base64(values.get(key) as Uint8Array)
  return data
}

async function openBlob(
  sealed: SealedSecret,
  blob: string,
  ring: KeyRing,
  signal: AbortSignal,
): Promise<Content> {
  // The API server checks the form of this field; what it holds may still be anything.
  const bytes = await ring.open(sealedBytes(blob), label(sealed), place(sealed), signal)
  const secret = readSecret(textOf(bytes))
  bytes.fill(0)
  const data = stringMapOf(field(secret, 'data'))
  for (const [key, value] of Object.entries(data)) {
    if (fromBase64(value) === undefined) throw notASecret(` (${key})`)
  }
  const type = field(secret, 'type')
  return { data, ...(typeof type === 'string' && type !== '' ? { type } : {}) }
}

function readSecret(text: string): object {
  let secret: unknown
  try {
    secret = parseJson(text)
  } catch {
    throw notASecret()
  }
  if (!isObject(secret)) throw notASecret()
  return secret
}

function notASecret(where = ''): Fault {
  return new Fault('InvalidSpec', `spec.data does not hold a Secret${where}`, { at: 'spec.data' })
}
