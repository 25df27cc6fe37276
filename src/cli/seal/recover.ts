import {
  at,
  base64,
  Fault,
  faultOf,
  field,
  isObject,
  stringMapOf,
  textOf,
  utf8,
  type JsonObject,
} from '#base'
import {
  KeyRing,
  labelOf,
  openValues,
  scopeOf,
  sealedBytes,
  sealingKeyOf,
  type SealingKey,
} from '#seal'
import type { CliIo } from '../io.ts'
import { absolute } from './certificate.ts'
import { metadataText, readDocuments } from './documents.ts'
import { ordered, sortedMap } from './print.ts'

/**
 * Opens a SealedSecret with private keys from files, without a cluster: for the day the cluster
 * is gone.
 *
 * @param files PEM keys, key Secrets, or Lists of key Secrets.
 * @returns The Secret the controller would have made.
 * @throws Fault CannotUnseal, `no key could decrypt secret (KEY)`.
 */
export async function recoverSecret(
  sealed: JsonObject,
  files: readonly string[],
  io: CliIo,
): Promise<JsonObject> {
  const keys: SealingKey[] = []
  for (const file of files) keys.push(...(await keysIn(file, io)))
  const values = await openAll(sealed, new KeyRing(io.env.compute, keys))
  const data = await withTemplate(sealed, values, io)
  return secretOf(sealed, data)
}

async function openAll(sealed: JsonObject, ring: KeyRing): Promise<Map<string, Uint8Array>> {
  const annotations = stringMapOf(at(sealed, 'metadata', 'annotations'))
  const namespace = metadataText(sealed, 'namespace') ?? ''
  const name = metadataText(sealed, 'name') ?? ''
  const label = labelOf(scopeOf(annotations), namespace, name)
  const encrypted = stringMapOf(at(sealed, 'spec', 'encryptedData'))
  try {
    return await openValues(ring, encrypted, label, `${namespace}/${name}`)
  } catch (thrown) {
    const fault = faultOf(thrown)
    throw new Fault(fault.reason, fault.message.replaceAll('\n', '; '), {
      hint: 'give the private key of the cluster it was sealed for; leave name, namespace and scope as they were sealed',
    })
  }
}

async function withTemplate(
  sealed: JsonObject,
  values: ReadonlyMap<string, Uint8Array>,
  io: CliIo,
): Promise<ReadonlyMap<string, string>> {
  const templates = field(at(sealed, 'spec', 'template'), 'data')
  const data = new Map([...values].map(([key, value]) => [key, base64(value)]))
  if (!isObject(templates)) return data
  const { parseTemplate, render } = await import('#template')
  const given = Object.entries(stringMapOf(templates))
  const visible = new Map([...given.map(([key, text]) => [key, utf8(text)] as const), ...values])
  const deps = {
    now: () => io.env.clock.now(),
    randomBytes: (count: number) => io.env.entropy.bytes(count),
  }
  for (const [key, text] of given) {
    const rendered = render(parseTemplate(text, { engine: 'sealed', name: key }), visible, { deps })
    if (!values.has(key)) data.set(key, base64(rendered))
  }
  for (const [key, text] of Object.entries(templates)) if (text === null) data.delete(key)
  return data
}

function secretOf(sealed: JsonObject, data: ReadonlyMap<string, string>): JsonObject {
  const template = at(sealed, 'spec', 'template')
  const metadata = field(template, 'metadata')
  const name = metadataText(sealed, 'name')
  const rest = Object.entries(isObject(metadata) ? metadata : {}).filter(
    ([key]) => !['name', 'namespace', 'labels', 'annotations', 'ownerReferences'].includes(key),
  )
  const owner = ordered([
    ['apiVersion', 'bitnami.com/v1alpha1'],
    ['kind', 'SealedSecret'],
    ['name', name],
    ['uid', metadataText(sealed, 'uid') ?? ''],
    ['controller', true],
  ])
  return ordered([
    ['kind', 'Secret'],
    ['apiVersion', 'v1'],
    [
      'metadata',
      ordered([
        ['name', name],
        ['namespace', metadataText(sealed, 'namespace')],
        ['labels', sortedMap(stringMapOf(field(metadata, 'labels')))],
        ['annotations', sortedMap(stringMapOf(field(metadata, 'annotations')))],
        ...rest,
        ['ownerReferences', [owner]],
      ]),
    ],
    ['immutable', field(template, 'immutable')],
    ['data', sortedMap(data)],
    ['type', field(template, 'type')],
  ])
}

async function keysIn(file: string, io: CliIo): Promise<SealingKey[]> {
  const bytes = await io.env.fs.read(absolute(file, io))
  if (bytes === null) {
    throw new Fault('NotFound', `open ${file}: no such file or directory`, {
      hint: 'check the path given with --recovery-private-key',
    })
  }
  const text = textOf(bytes)
  const pems = text.trimStart().startsWith('-----BEGIN') ? [text] : await pemsIn(bytes)
  try {
    return pems.map(sealingKeyOf)
  } catch (thrown) {
    throw faultOf(thrown).within(file)
  }
}

async function pemsIn(bytes: Uint8Array): Promise<string[]> {
  const documents = await readDocuments(bytes)
  const objects = documents.flatMap((document) => {
    const items = field(document, 'items')
    return Array.isArray(items) ? (items as readonly unknown[]) : [document]
  })
  return objects.flatMap((object) => {
    const key = at(object, 'data', 'tls.key')
    return typeof key === 'string' ? [textOf(sealedBytes(key))] : []
  })
}
