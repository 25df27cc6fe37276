/** Where each key of a Secret came from, as far as the cluster can tell. */
import type { ExternalSecret, KubeObject, SealedSecret } from '#api'
import { keyOf, keyText } from '#api'
import type { Client } from '#kube'
import { dataKeysOf, originOf, plainUrl, textOf, type Chain } from '../chain/chain.ts'

/** One key of the Secret. Fields that nobody can tell are absent. */
export interface TracedKey {
  readonly key: string
  /** In words: `template of user, password`, `sealed`, `by hand`. */
  readonly from: string
  readonly store?: string
  readonly remoteKey?: string
  readonly property?: string
  readonly version?: string
  /** When this version was first read. */
  readonly time?: string
}

/** What brought the manifest of whoever makes the Secret. */
export interface TracedManifest {
  readonly of: string
  readonly kustomization?: string
  /** `main@sha1:…` as last applied. */
  readonly revision?: string
  readonly repository?: string
  readonly url?: string
  /** The sync's inventory does not hold it any more, although its labels are there. */
  readonly isLeftOver?: true
}

export interface Trace {
  readonly secret: string
  readonly isPresent: boolean
  /** `ExternalSecret web/db`; by hand: who wrote it last. */
  readonly madeBy: readonly string[]
  readonly manifest: TracedManifest
  readonly keys: readonly TracedKey[]
  /** When the values were last read, as status says. */
  readonly readTime?: string
  readonly notes: readonly string[]
}

/** Puts the trace together. */
export async function traceOf(client: Client, chain: Chain, signal: AbortSignal): Promise<Trace> {
  const { secret } = chain
  const maker = makerOf(chain)
  const source = maker ?? secret
  const notes: string[] = []
  const base = {
    secret: keyText(chain.key),
    isPresent: secret !== null,
    manifest: source === null ? { of: '' } : await manifestOf(client, source, signal),
    notes,
  }
  const present = secret === null ? undefined : dataKeysOf(secret)
  if (maker?.kind === 'ExternalSecret') {
    const es = maker as ExternalSecret
    if (chain.externalSecrets.length > 1) notes.push(quarrel(chain.externalSecrets))
    const isRecorded = (es.status?.provenance?.length ?? 0) > 0
    if (!isRecorded) notes.push('versions are not recorded in status; this is what the spec says')
    const readTime = es.status?.refreshTime
    return {
      ...base,
      madeBy: [textOf(es)],
      keys: externalKeys(es, present),
      ...(typeof readTime === 'string' ? { readTime } : {}),
    }
  }
  if (maker?.kind === 'SealedSecret') {
    const sealed = maker as SealedSecret
    notes.push(
      'a sealed value does not say which sealing key it is for; the newest that opens it is used',
    )
    return { ...base, madeBy: [textOf(sealed)], keys: sealedKeys(sealed, present) }
  }
  const writers = secret === null ? [] : writersOf(secret)
  const isSynced = base.manifest.kustomization !== undefined
  return {
    ...base,
    madeBy: isSynced ? [`Kustomization ${base.manifest.kustomization}`] : writers,
    keys: (present ?? []).map((key) => ({ key, from: isSynced ? 'plain, in Git' : 'by hand' })),
  }
}

/** Who makes it: its owner if that is there, else the only one that claims it. */
function makerOf({ secret, externalSecrets, sealedSecret }: Chain): KubeObject | undefined {
  const owner = secret?.metadata.ownerReferences?.find(({ controller }) => controller === true)
  const owning = [...externalSecrets, ...(sealedSecret === null ? [] : [sealedSecret])].find(
    ({ metadata }) => owner !== undefined && metadata.uid === owner.uid,
  )
  return owning ?? externalSecrets[0] ?? sealedSecret ?? undefined
}

function quarrel(all: readonly ExternalSecret[]): string {
  return `${all.length} ExternalSecrets name this Secret as their target: ${all.map(({ metadata }) => metadata.name).join(', ')}`
}

function externalKeys(
  es: ExternalSecret,
  present: readonly string[] | undefined,
): readonly TracedKey[] {
  const values = valueKeys(es)
  const template = es.spec?.target?.template
  const isReplaced = template !== undefined && template.mergePolicy !== 'Merge'
  const rendered = new Map(Object.entries(template?.data ?? {}))
  const isTemplated =
    rendered.size > 0 || (template?.templateFrom !== undefined && template.templateFrom.length > 0)
  const wanted = new Set([
    ...(isTemplated && isReplaced ? [] : values.keys()),
    ...rendered.keys(),
    ...(present ?? []),
  ])
  return [...wanted].sort().flatMap((key): readonly TracedKey[] => {
    const text = rendered.get(key)
    if (text !== undefined) return [renderedKey(key, text, values)]
    const value = values.get(key)
    if (value !== undefined && !(isTemplated && isReplaced)) return [value]
    return [{ key, from: isTemplated ? 'template' : 'not by this ExternalSecret' }]
  })
}

/** A rendered key; where one value alone goes into it, its origin is that value's. */
function renderedKey(key: string, text: string, values: ReadonlyMap<string, TracedKey>): TracedKey {
  const used = [...values.keys()].filter((name) => isUsed(text, name))
  const [only] = used
  const from = used.length === 0 ? 'template' : `template of ${used.join(', ')}`
  const value = used.length === 1 && only !== undefined ? values.get(only) : undefined
  return { ...value, key, from }
}

function isUsed(text: string, name: string): boolean {
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(\\.${literal}(?![\\w.-]))|["\`]${literal}["\`]`).test(text)
}

/** The values by key, later entries before earlier ones; from status where it says so. */
function valueKeys(es: ExternalSecret): ReadonlyMap<string, TracedKey> {
  const keys = new Map<string, TracedKey>()
  for (const { from, keys: given, store, remoteKey, property, version, time } of es.status
    ?.provenance ?? []) {
    for (const key of given) {
      keys.set(key, {
        key,
        from,
        store: `${store.kind}/${store.name}`,
        time,
        ...(remoteKey === undefined ? {} : { remoteKey }),
        ...(property === undefined ? {} : { property }),
        ...(version === undefined ? {} : { version }),
      })
    }
  }
  if (keys.size > 0) return keys
  for (const [index, entry] of (es.spec?.data ?? []).entries()) {
    const ref = entry.sourceRef?.storeRef ?? es.spec?.secretStoreRef
    const { key: remoteKey, property, version } = entry.remoteRef
    keys.set(entry.secretKey, {
      key: entry.secretKey,
      from: `spec.data[${index}]`,
      remoteKey,
      ...(ref?.name === undefined ? {} : { store: `${kindOf(ref.kind)}/${ref.name}` }),
      ...(property === undefined ? {} : { property }),
      ...(version === undefined ? {} : { version }),
    })
  }
  return keys
}

function kindOf(kind: string | undefined): string {
  return kind === undefined || kind === '' ? 'SecretStore' : kind
}

function sealedKeys(
  sealed: SealedSecret,
  present: readonly string[] | undefined,
): readonly TracedKey[] {
  const { annotations } = sealed.metadata
  const scope =
    annotations?.['sealedsecrets.bitnami.com/cluster-wide'] === 'true'
      ? 'cluster-wide'
      : annotations?.['sealedsecrets.bitnami.com/namespace-wide'] === 'true'
        ? 'namespace-wide'
        : 'strict'
  const encrypted = new Set(Object.keys(sealed.spec?.encryptedData ?? {}))
  const rendered = new Set(Object.keys(sealed.spec?.template?.data ?? {}))
  return [...new Set([...encrypted, ...rendered, ...(present ?? [])])].sort().map((key) => ({
    key,
    from: encrypted.has(key)
      ? `sealed in spec.encryptedData, scope ${scope}`
      : rendered.has(key)
        ? 'template'
        : 'not by this SealedSecret',
  }))
}

async function manifestOf(
  client: Client,
  object: KubeObject,
  signal: AbortSignal,
): Promise<TracedManifest> {
  const of = textOf(object)
  const origin = await originOf(client, object, signal)
  if (origin === undefined) return { of }
  const { sync, kustomization, repository } = origin
  const revision = kustomization?.status?.lastAppliedRevision
  const { namespace = '', name } = keyOf(object)
  const entries = kustomization?.status?.inventory?.entries ?? []
  const isHeld = entries.some(
    ({ id }) => id.startsWith(`${namespace}_${name}_`) && id.endsWith(`_${object.kind}`),
  )
  const url = repository?.spec?.url
  return {
    of,
    kustomization: keyText(sync),
    ...(revision === undefined ? {} : { revision }),
    ...(repository === null ? {} : { repository: keyText(keyOf(repository)) }),
    ...(url === undefined ? {} : { url: plainUrl(url) }),
    ...(isHeld ? {} : { isLeftOver: true }),
  }
}

/** Who wrote the Secret, by hand or by program. */
function writersOf(secret: KubeObject): readonly string[] {
  const names = (secret.metadata.managedFields ?? [])
    .filter(
      ({ fieldsV1 }) =>
        Object.hasOwn(fieldsV1, 'f:data') || Object.hasOwn(fieldsV1, 'f:stringData'),
    )
    .map(({ manager, time }) => (time === undefined ? manager : `${manager} at ${time}`))
  return names.length === 0 ? ['unknown'] : names
}
