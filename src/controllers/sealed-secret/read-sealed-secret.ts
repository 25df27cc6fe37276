import { field, isObject, parseJson, stringMapOf, stringOf } from '#base'
import type { SealedSecret } from '#api'

/**
 * One SealedSecret from JSON or YAML, or undefined for anything else: another kind, several
 * documents, text. Values that are no texts are left out, as the original's decoder does.
 */
export async function readSealedSecret(text: string): Promise<SealedSecret | undefined> {
  const value = await parsed(text)
  if (!isObject(value)) return undefined
  const metadata = field(value, 'metadata')
  const spec = field(value, 'spec')
  const isOne =
    field(value, 'kind') === 'SealedSecret' &&
    field(value, 'apiVersion') === 'bitnami.com/v1alpha1' &&
    isObject(metadata) &&
    isObject(spec)
  if (!isOne) return undefined
  const template = field(spec, 'template')
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { ...metadata, ...namesOf(metadata) },
    spec: {
      encryptedData: stringMapOf(field(spec, 'encryptedData')),
      ...(isObject(template) ? { template } : {}),
    },
  }
}

function namesOf(metadata: object): SealedSecret['metadata'] {
  const namespace = stringOf(field(metadata, 'namespace'))
  const annotations = field(metadata, 'annotations')
  return {
    name: stringOf(field(metadata, 'name')) ?? '',
    ...(namespace === undefined ? {} : { namespace }),
    ...(annotations === undefined ? {} : { annotations: stringMapOf(annotations) }),
  }
}

async function parsed(text: string): Promise<unknown> {
  try {
    if (text.trimStart().startsWith('{')) return parseJson(text)
    const { parseAllDocuments } = await import('yaml')
    const documents = parseAllDocuments(text, { version: '1.1', logLevel: 'silent' })
    const [document] = documents
    if (document === undefined || documents.length !== 1 || document.errors.length > 0) {
      return undefined
    }
    return document.toJS({ maxAliasCount: 100 }) as unknown
  } catch {
    return undefined
  }
}
