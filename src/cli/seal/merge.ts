import { at, Fault, field, isObject, stringMapOf, textOf, type JsonObject } from '#base'
import { scopeOf } from '#seal'
import { metadataText, readDocuments } from './documents.ts'
import { ordered, sortedMap } from './print.ts'
import { sealSecret, type Sealing } from './seal-secret.ts'

/** The SealedSecret that values are merged into. */
export interface Target {
  readonly document: JsonObject
  readonly isYaml: boolean
}

/** Reads the file to merge into. @throws Fault InvalidSpec when it is no SealedSecret. */
export async function sealedTarget(bytes: Uint8Array, path: string): Promise<Target> {
  const [document] = await readDocuments(bytes)
  if (field(document, 'kind') !== 'SealedSecret' || !isObject(field(document, 'spec'))) {
    throw new Fault('InvalidSpec', `${path} is no SealedSecret`, {
      hint: '--merge-into takes a file that lockstep seal or kubeseal made',
    })
  }
  return { document: document as JsonObject, isYaml: !textOf(bytes).trimStart().startsWith('{') }
}

/**
 * Seals the input for the target's name, namespace and scope, and puts its values, labels and
 * annotations over those of the target.
 *
 * The target's scope counts unless the flag widens: a value sealed for another scope than that of
 * the object it stands in can never be opened.
 */
export async function mergeSealed(
  { document }: Target,
  input: JsonObject,
  sealing: Sealing,
): Promise<JsonObject> {
  const annotations = stringMapOf(at(document, 'metadata', 'annotations'))
  const scope = scopeOf(annotations)
  if (sealing.scope !== 'strict' && sealing.scope !== scope) {
    throw new Fault('InvalidSpec', `the target's scope is ${scope}, not ${sealing.scope}`, {
      hint: `leave --scope away, or give --scope ${scope}`,
    })
  }
  const name = metadataText(document, 'name') ?? ''
  const namespace = metadataText(document, 'namespace')
  const sealed = await sealSecret(renamed(input, namespace), {
    ...sealing,
    name,
    scope,
    contextNamespace: () => Promise.resolve(namespace),
  })
  return merged(document, sealed, input)
}

// Namespace and scope come from the target alone.
function renamed(input: JsonObject, namespace: string | undefined): JsonObject {
  const given = field(input, 'metadata')
  const metadata = Object.entries(isObject(given) ? given : {}).filter(
    ([key]) => key !== 'namespace',
  )
  const kept = [...metadata, ['namespace', namespace] as const]
  return ordered([...Object.entries(input), ['metadata', ordered(kept)]])
}

function merged(target: JsonObject, sealed: JsonObject, input: JsonObject): JsonObject {
  const both = (path: readonly string[], from: JsonObject = sealed): JsonObject | undefined =>
    sortedMap(
      new Map([
        ...Object.entries(stringMapOf(at(target, ...path))),
        ...Object.entries(stringMapOf(at(from, ...path))),
      ]),
    )
  const template = fieldsOf(at(target, 'spec', 'template'))
  const inTemplate = ['spec', 'template', 'metadata'] as const
  const templateMetadata = replaced(fieldsOf(at(target, ...inTemplate)), [
    ['labels', both([...inTemplate, 'labels'])],
    ['annotations', mergedAnnotations(target, input)],
  ])
  return replaced(ordered([['kind', 'SealedSecret'], ...Object.entries(target)]), [
    [
      'spec',
      replaced(fieldsOf(field(target, 'spec')), [
        ['template', replaced(template, [['metadata', templateMetadata]])],
        ['encryptedData', both(['spec', 'encryptedData'])],
      ]),
    ],
  ])
}

// Scope marks of the input say nothing here, so the input's own annotations are taken, not the
// sealed object's.
function mergedAnnotations(target: JsonObject, input: JsonObject): JsonObject | undefined {
  const own = at(target, 'spec', 'template', 'metadata', 'annotations')
  const added = Object.entries(stringMapOf(at(input, 'metadata', 'annotations'))).filter(
    ([name]) => !/^sealedsecrets\.bitnami\.com\/|\/last-applied-configuration$/.test(name),
  )
  return sortedMap(new Map([...Object.entries(stringMapOf(own)), ...added]))
}

function fieldsOf(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

function replaced(object: JsonObject, fields: readonly (readonly [string, unknown])[]): JsonObject {
  return ordered([...new Map<string, unknown>([...Object.entries(object), ...fields])])
}
