import {
  at,
  base64,
  BigNumber,
  Fault,
  field,
  isObject,
  stringMapOf,
  utf8,
  type JsonObject,
} from '#base'
import {
  labelOf,
  marks,
  scopeAnnotations,
  scopeOf,
  sealBytes,
  sealedBytes,
  type Scope,
  type SealCrypto,
} from '#seal'
import { metadataOf, metadataText } from './documents.ts'
import { ordered, sortedMap } from './print.ts'

/** How a Secret is to be sealed. */
export interface Sealing {
  readonly crypto: SealCrypto
  /** SubjectPublicKeyInfo of the recipient, DER. */
  readonly publicKey: Uint8Array
  /** From the flag: anything but strict replaces what the input's annotations say. */
  readonly scope: Scope
  readonly allowEmptyData: boolean
  /** `--name`. */
  readonly name?: string
  /** `-n`, in words: must agree with the input. */
  readonly namespace?: string
  /** Where neither input nor flag names a namespace: the kubeconfig's, if there is one. */
  readonly contextNamespace: () => Promise<string | undefined>
}

/**
 * Makes the SealedSecret of a Secret: values sealed, all the rest into its template, and only
 * name, namespace and scope onto itself.
 *
 * @throws Fault InvalidSpec in kubeseal's words.
 */
export async function sealSecret(input: JsonObject, sealing: Sealing): Promise<JsonObject> {
  const values = valuesOf(input)
  if (values.size === 0 && !sealing.allowEmptyData) {
    throw new Fault(
      'InvalidSpec',
      'secret.data is empty in input Secret, assuming this is an error and aborting. To work with empty data, --allow-empty-data can be used',
      { hint: 'check that the input is one Secret with data or stringData' },
    )
  }
  const name = sealing.name ?? metadataText(input, 'name')
  if (name === undefined) {
    throw new Fault('InvalidSpec', 'missing metadata.name in input Secret', {
      hint: 'name the Secret in the input, or with --name; generateName cannot be sealed for',
    })
  }
  const annotations = annotationsOf(input, sealing.scope)
  const scope = scopeOf(Object.fromEntries(annotations))
  const namespace = await namespaceFor(input, scope, sealing)
  const label = labelOf(scope, namespace ?? '', name)
  const sealed = new Map<string, string>()
  for (const [key, value] of values) {
    sealed.set(key, base64(await sealBytes(sealing.crypto, sealing.publicKey, label, value)))
    value.fill(0)
  }
  return sealedSecretOf(input, { name, namespace, annotations, scope, sealed })
}

interface Made {
  readonly name: string
  readonly namespace: string | undefined
  readonly annotations: ReadonlyMap<string, string>
  readonly scope: Scope
  readonly sealed: ReadonlyMap<string, string>
}

function sealedSecretOf(input: JsonObject, made: Made): JsonObject {
  const type = field(input, 'type')
  const immutable = field(input, 'immutable')
  return ordered([
    ['kind', 'SealedSecret'],
    ['apiVersion', 'bitnami.com/v1alpha1'],
    [
      'metadata',
      ordered([
        ['name', made.name],
        ['namespace', made.namespace],
        ['annotations', sortedMap(scopeAnnotations(made.scope))],
      ]),
    ],
    [
      'spec',
      ordered([
        [
          'template',
          ordered([
            ['metadata', templateMetadata(input, made)],
            ['type', typeof type === 'string' && type !== '' ? type : undefined],
            ['immutable', typeof immutable === 'boolean' ? immutable : undefined],
          ]),
        ],
        ['encryptedData', sortedMap(made.sealed) ?? {}],
      ]),
    ],
  ])
}

// What the server sets, who owned the Secret and who managed it where it came from means nothing
// to the Secret that will be made.
const notCarried: ReadonlySet<string> = new Set([
  'name',
  'namespace',
  'labels',
  'annotations',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'ownerReferences',
  'managedFields',
])

function templateMetadata(input: JsonObject, made: Made): JsonObject {
  const labels = stringMapOf(at(input, 'metadata', 'labels'))
  const carried = Object.entries(metadataOf(input)).filter(
    ([name, value]) => !notCarried.has(name) && value !== null,
  )
  return ordered([
    ['name', made.name],
    ['namespace', made.namespace],
    ['labels', sortedMap(labels)],
    ['annotations', sortedMap(made.annotations)],
    ...carried,
  ])
}

// kubectl and kubecfg keep the whole object, values included, in an annotation.
const fullCopies: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'kubecfg.ksonnet.io/last-applied-configuration',
])

function annotationsOf(input: JsonObject, scope: Scope): Map<string, string> {
  const given = Object.entries(stringMapOf(at(input, 'metadata', 'annotations')))
  const annotations = new Map(given.filter(([name]) => !fullCopies.has(name)))
  // A plain or explicit `strict` leaves what the input says, as kubeseal does.
  if (scope === 'strict') return annotations
  annotations.delete(marks.clusterWide)
  annotations.delete(marks.namespaceWide)
  for (const [name, value] of Object.entries(scopeAnnotations(scope))) annotations.set(name, value)
  return annotations
}

async function namespaceFor(
  input: JsonObject,
  scope: Scope,
  sealing: Sealing,
): Promise<string | undefined> {
  const given = metadataText(input, 'namespace')
  if (scope === 'cluster-wide') return given
  const { namespace: asked } = sealing
  if (given !== undefined && asked !== undefined && given !== asked) {
    throw new Fault(
      'InvalidSpec',
      `namespace mismatch: input secret is in namespace "${given}" but "${asked}" was specified`,
      { hint: 'correct -n, or the namespace in the input; a sealed value opens only in its own' },
    )
  }
  const namespace = given ?? asked ?? (await sealing.contextNamespace())
  if (namespace === undefined) {
    throw new Fault('InvalidSpec', 'secret must declare a namespace', {
      hint: 'name it in the input or with -n, or seal with --scope cluster-wide',
    })
  }
  return namespace
}

/** `data` and `stringData` together; `stringData` wins, as on the server. */
export function valuesOf(input: JsonObject): ReadonlyMap<string, Uint8Array> {
  const values = new Map<string, Uint8Array>()
  for (const [key, value] of entriesOf(input, 'data')) {
    values.set(key, decoded(key, value))
  }
  for (const [key, value] of entriesOf(input, 'stringData')) {
    values.set(key, utf8(plainText(key, value)))
  }
  return new Map([...values].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function entriesOf(input: JsonObject, name: string): readonly [string, unknown][] {
  const map = field(input, name)
  if (map === undefined || map === null) return []
  if (!isObject(map)) {
    throw new Fault('InvalidSpec', `${name} is no map of keys to values`, {
      at: name,
      hint: `write ${name} as a map of keys to texts`,
    })
  }
  return Object.entries(map)
}

function decoded(key: string, value: unknown): Uint8Array {
  if (value === null) return new Uint8Array()
  try {
    if (typeof value === 'string') return sealedBytes(value)
  } catch {
    // Said below, without the value.
  }
  throw new Fault('InvalidSpec', `illegal base64 data in data.${key}`, {
    at: `data.${key}`,
    hint: 'put plain text under stringData instead',
  })
}

/** A number or a switch counts as its text, as with kubeseal. */
function plainText(key: string, value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof BigNumber) return value.digits
  throw new Fault('InvalidSpec', `stringData.${key} is no text`, {
    at: `stringData.${key}`,
    hint: 'write the value as text, in quotes',
  })
}
