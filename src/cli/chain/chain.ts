/**
 * What stands behind a Secret: who makes it, from which store, and which commit brought the manifest.
 * Reads metadata and custom objects only; no value of a Secret is ever asked for.
 */
import {
  clusterSecretStores,
  controllerOf,
  externalSecrets,
  gitRepositories,
  keyText,
  kustomizations,
  sealedSecrets,
  secrets,
  secretStores,
  type ClusterSecretStore,
  type ExternalSecret,
  type GitRepository,
  type KubeObject,
  type Kustomization,
  type ObjectKey,
  type Resource,
  type SealedSecret,
  type SecretStore,
} from '#api'
import { field, isObject, Fault } from '#base'
import { ownerOf } from '#inventory'
import type { Client, MetadataOnly } from '#kube'

/** A Secret and its makers. */
export interface Chain {
  readonly key: ObjectKey
  readonly secret: MetadataOnly | null
  /** Those whose target it is; more than one is a quarrel. */
  readonly externalSecrets: readonly ExternalSecret[]
  readonly sealedSecret: SealedSecret | null
}

/** A sync and its repository, as far as they are there. */
export interface Origin {
  readonly sync: ObjectKey
  readonly kustomization: Kustomization | null
  readonly repository: GitRepository | null
}

export type Store = SecretStore | ClusterSecretStore

/** The Secret of that name and whoever makes it. */
export async function chainOf(client: Client, key: ObjectKey, signal: AbortSignal): Promise<Chain> {
  const { namespace = '', name } = key
  const secret = await client.getMetadata(secrets, key, { signal })
  const all = await listed(client, externalSecrets, namespace, signal)
  return {
    key,
    secret,
    externalSecrets: all.filter((es) => targetNameOf(es) === name),
    sealedSecret: (await isServed(client, sealedSecrets, signal))
      ? await client.get(sealedSecrets, key, { signal })
      : null,
  }
}

/** Name of the Secret that an ExternalSecret writes. */
export function targetNameOf(es: ExternalSecret): string {
  const name = es.spec?.target?.name
  return name === undefined || name === '' ? es.metadata.name : name
}

/** Which sync applied an object, by the labels it put there; undefined: none did. */
export async function originOf(
  client: Client,
  object: KubeObject,
  signal: AbortSignal,
): Promise<Origin | undefined> {
  const sync = ownerOf(object)
  if (sync === undefined || !(await isServed(client, kustomizations, signal))) return undefined
  const kustomization = await client.get(kustomizations, sync, { signal })
  const repository =
    kustomization === null ? null : await repositoryOf(client, kustomization, signal)
  return { sync, kustomization, repository }
}

/** The repository a Kustomization draws from; null: it is not there, or of another kind. */
export async function repositoryOf(
  client: Client,
  { metadata, spec }: Kustomization,
  signal: AbortSignal,
): Promise<GitRepository | null> {
  const ref = spec?.sourceRef
  if (ref?.kind !== 'GitRepository') return null
  const namespace = (ref.namespace ?? '') || (metadata.namespace ?? '')
  return await client.get(gitRepositories, { namespace, name: ref.name }, { signal })
}

/** A store by reference, from where an ExternalSecret stands. */
export async function storeOf(
  client: Client,
  ref: { readonly kind?: string; readonly name: string },
  namespace: string,
  signal: AbortSignal,
): Promise<Store | null> {
  return ref.kind === 'ClusterSecretStore'
    ? await client.get(clusterSecretStores, { name: ref.name }, { signal })
    : await client.get(secretStores, { namespace, name: ref.name }, { signal })
}

/** The keys under `data`, by what managedFields tell; so none of the data has to be read. */
export function dataKeysOf(secret: KubeObject): readonly string[] {
  const keys = new Set<string>()
  for (const { fieldsV1 } of secret.metadata.managedFields ?? []) {
    for (const part of ['f:data', 'f:stringData']) {
      const fields = field(fieldsV1, part)
      if (!isObject(fields)) continue
      for (const name of Object.keys(fields)) if (name.startsWith('f:')) keys.add(name.slice(2))
    }
  }
  return [...keys].sort()
}

/** The controller that owns it, `Kind name`. */
export function ownerText(secret: KubeObject): string | undefined {
  const owner = controllerOf(secret)
  return owner === undefined ? undefined : `${owner.kind} ${owner.name}`
}

/** Whether the cluster knows the kind. */
export async function isServed(
  client: Client,
  kind: Resource<KubeObject>,
  signal: AbortSignal,
): Promise<boolean> {
  const apiVersion = `${kind.group}/${kind.version}`
  return (await client.resourceOf(apiVersion, kind.kind, { signal })) !== null
}

async function listed<T extends KubeObject>(
  client: Client,
  kind: Resource<T>,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly T[]> {
  if (!(await isServed(client, kind, signal))) return []
  return (await client.list(kind, { namespace, signal })).items
}

/** `namespace/name`, or a name in the namespace given. @throws Fault InvalidSpec */
export function keyGiven(text: string, namespace: string): ObjectKey {
  const parts = text.split('/')
  const [first = '', second] = parts
  if (parts.length > 2 || first === '' || second === '') {
    throw new Fault('InvalidSpec', `${text} is no NAMESPACE/NAME`)
  }
  return second === undefined ? { namespace, name: first } : { namespace: first, name: second }
}

/** `Kind namespace/name`. */
export function textOf(object: KubeObject): string {
  const { namespace, name } = object.metadata
  return `${object.kind} ${keyText(namespace === undefined ? { name } : { namespace, name })}`
}

/** An address without what stands before its last `@`, which may be a credential. */
export function plainUrl(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)[^]*@/i, '$1')
}
