/** Follows the chain behind an object and gathers what is wrong on the way, nearest first. */
import {
  clusterSecretStores,
  externalSecrets,
  gitRepositories,
  keyText,
  kustomizations,
  sealedSecrets,
  secretStores,
  type Condition,
  type ExternalSecret,
  type KubeObject,
  type Kustomization,
  type ObjectKey,
  type Resource,
  type SealedSecret,
} from '#api'
import { Fault } from '#base'
import type { Client } from '#kube'
import {
  chainOf,
  isServed,
  originOf,
  ownerText,
  repositoryOf,
  storeOf,
  targetNameOf,
  textOf,
  type Chain,
  type Store,
} from '../chain/chain.ts'
import { newestWarning } from '../chain/events.ts'
import { drawsOneValue, generatorInData, whyExternalSecret } from './external-secret.ts'
import type { Finding } from './finding.ts'
import { freshness } from './freshness.ts'
import { whySealedSecret } from './sealed-secret.ts'
import { credentialsOf, whyStore } from './store.ts'
import { whyRepository, whySync } from './sync.ts'

export interface WhyDeps {
  readonly client: Client
  readonly nowMs: number
  readonly signal: AbortSignal
}

/** A credential may itself be the Secret of another ExternalSecret; chains longer than this are loops. */
const longestChain = 4

/** Why a Secret is not there or not fresh. */
export async function whySecret(
  key: ObjectKey,
  deps: WhyDeps,
  depth: number = 0,
): Promise<readonly Finding[]> {
  if (depth >= longestChain) return []
  const { client, signal } = deps
  const chain = await chainOf(client, key, signal)
  const makers = await Promise.all([
    ...chain.externalSecrets.map((es) => whyMaker(es, chain, deps, depth)),
    ...(chain.sealedSecret === null ? [] : [whySealed(chain.sealedSecret, deps)]),
  ])
  if (makers.length > 0) return makers.flat()
  if (chain.secret !== null) return await whyPlain(chain, deps)
  return await whyNobodyMakes(key, deps)
}

async function whyMaker(
  es: ExternalSecret,
  chain: Chain,
  deps: WhyDeps,
  depth: number,
): Promise<readonly Finding[]> {
  return [
    ...(await whyExternal(es, chain.secret !== null, deps, depth)),
    ...(await whyUnsynced(es, deps)),
  ]
}

/** An ExternalSecret, and its stores where they are the trouble. */
export async function whyExternal(
  es: ExternalSecret,
  isPresent: boolean,
  deps: WhyDeps,
  depth: number = 0,
): Promise<readonly Finding[]> {
  const ready = conditionOf(es, 'Ready')
  if (drawsOneValue(es)) return [generatorInData(es)]
  if (ready === undefined) return [unseen(es, 'secrets')]
  if (ready.status === 'True') return [freshness(es, isPresent, deps.nowMs)]
  const namespace = es.metadata.namespace ?? ''
  const ref = es.spec?.secretStoreRef
  const store =
    ref?.name === undefined
      ? null
      : await storeOf(deps.client, { ...ref, name: ref.name }, namespace, deps.signal)
  const finding = whyExternalSecret(es, store, await textFor(es, ready, deps))
  if (finding.reason !== 'StoreNotReady' || store === null) return [finding]
  return [finding, ...(await whyNoStore(store, deps, depth))]
}

/** A store, and the Secret it logs in with. */
export async function whyNoStore(
  store: Store,
  deps: WhyDeps,
  depth: number = 0,
): Promise<readonly Finding[]> {
  const ready = conditionOf(store, 'Ready')
  if (ready === undefined) return [unseen(store, 'secrets')]
  if (ready.status === 'True') {
    const what = 'It is valid and can be used.'
    return [{ about: textOf(store), reason: 'Ready', what, fix: [], isWell: true }]
  }
  const finding = whyStore(store, await textFor(store, ready, deps))
  if (finding.reason !== 'AuthSecretMissing' && finding.reason !== 'AuthKeyMissing') {
    return [finding]
  }
  // Somebody may be meant to make that Secret.
  const behind = await Promise.all(
    credentialsOf(store).map((key) => whySecret(key, deps, depth + 1)),
  )
  const isNews = (one: Finding): boolean =>
    one.isWell !== true && one.reason !== 'NothingMakesIt' && one.about !== finding.about
  return [finding, ...behind.flat().filter(isNews)]
}

/** A SealedSecret, and the sync that brings it. */
export async function whySealed(sealed: SealedSecret, deps: WhyDeps): Promise<readonly Finding[]> {
  const synced = conditionOf(sealed, 'Synced')
  const behind = await whyUnsynced(sealed, deps)
  if (synced === undefined) return [unseen(sealed, 'unsealer'), ...behind]
  if (synced.status !== 'True') {
    return [whySealedSecret(sealed, await textFor(sealed, synced, deps)), ...behind]
  }
  const what = 'It is unsealed, and its Secret holds what is sealed.'
  return [{ about: textOf(sealed), reason: 'UpToDate', what, fix: [], isWell: true }, ...behind]
}

/** A sync and its repository. */
export async function whyKustomization(
  sync: Kustomization,
  { client, signal }: WhyDeps,
): Promise<readonly Finding[]> {
  return whySync(sync, await repositoryOf(client, sync, signal))
}

/** What keeps a newer manifest of this object in Git from being applied. */
async function whyUnsynced(
  object: KubeObject,
  { client, signal }: WhyDeps,
): Promise<readonly Finding[]> {
  const origin = await originOf(client, object, signal)
  if (origin === undefined) return []
  if (origin.kustomization !== null) return whySync(origin.kustomization, origin.repository)
  const name = keyText(origin.sync)
  const what = `It was applied by the Kustomization ${name}, which is gone; nobody updates it any more.`
  const fix = [`kubectl -n ${origin.sync.namespace ?? ''} get kustomizations`]
  return [{ about: textOf(object), reason: 'SyncGone', what, fix }]
}

async function whyPlain(chain: Chain, deps: WhyDeps): Promise<readonly Finding[]> {
  const { secret } = chain
  if (secret === null) return []
  const about = `Secret ${keyText(chain.key)}`
  const behind = await whyUnsynced(secret, deps)
  const owner = ownerText(secret)
  const what =
    owner === undefined
      ? 'It is there, and nothing Lockstep looks after makes it: it was made by hand or by another program, and is only as fresh as they keep it.'
      : `It is there, and ${owner} owns it; Lockstep does not look after it.`
  const fix = [`lockstep trace ${keyText(chain.key)}`]
  return [{ about, reason: 'MadeByOthers', what, fix, isWell: true }, ...behind]
}

/** Nothing in the cluster makes it: perhaps because a sync that would bring its maker is in trouble. */
async function whyNobodyMakes(key: ObjectKey, deps: WhyDeps): Promise<readonly Finding[]> {
  const broken: Finding[] = []
  for (const sync of await syncsSeen(key.namespace ?? '', deps)) {
    broken.push(...(await whyKustomization(sync, deps)))
  }
  const what =
    broken.length === 0
      ? 'Nothing in the cluster makes it: no ExternalSecret has it as its target, and there is no SealedSecret of that name. Is the manifest committed, and in the folder that is synced?'
      : 'Nothing in the cluster makes it. If its manifest is committed, what follows keeps it out.'
  const fix = [`git grep -n ${key.name} -- '*.yaml'`, `lockstep status -n ${key.namespace ?? ''}`]
  const about = `Secret ${keyText(key)}`
  return [{ about, reason: 'NothingMakesIt', what, fix: broken.length === 0 ? fix : [] }, ...broken]
}

/** All syncs, or those of the namespace where more may not be seen. */
async function syncsSeen(
  namespace: string,
  { client, signal }: WhyDeps,
): Promise<readonly Kustomization[]> {
  if (!(await isServed(client, kustomizations, signal))) return []
  try {
    return (await client.list(kustomizations, { signal })).items
  } catch (thrown) {
    if (!(thrown instanceof Fault && thrown.reason === 'AccessDenied')) throw thrown
  }
  try {
    return (await client.list(kustomizations, { namespace, signal })).items
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.reason === 'AccessDenied') return []
    throw thrown
  }
}

/** Condition and cause, a line each. */
async function textFor(
  object: KubeObject,
  condition: Condition,
  { client, signal }: WhyDeps,
): Promise<string> {
  const cause = await newestWarning(client, object, signal).catch((thrown: unknown) => {
    // Who may not read events still gets what the condition says.
    if (thrown instanceof Fault && thrown.reason === 'AccessDenied') return undefined
    throw thrown
  })
  return [condition.message ?? '', cause].filter((text) => text !== undefined).join('\n')
}

function unseen(object: KubeObject, controllers: string): Finding {
  return {
    about: textOf(object),
    reason: 'Pending',
    what: `No operator has looked at it yet. Is Lockstep running with the ${controllers} controllers, and is this object of its class?`,
    fix: ['kubectl -n lockstep-system get pods'],
  }
}

function conditionOf(
  object: { readonly status?: { readonly conditions?: readonly Condition[] } },
  type: string,
): Condition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type)
}

/** Why one object of the chain is not well. @throws Fault NotFound, InvalidSpec */
export async function whyObject(
  kind: string,
  key: ObjectKey,
  deps: WhyDeps,
): Promise<readonly Finding[]> {
  switch (kind) {
    case 'secret':
      return await whySecret(key, deps)
    case 'externalsecret': {
      const es = await found(externalSecrets, key, deps)
      const target = { ...key, name: targetNameOf(es) }
      return await whyMaker(es, await chainOf(deps.client, target, deps.signal), deps, 0)
    }
    case 'sealedsecret':
      return await whySealed(await found(sealedSecrets, key, deps), deps)
    case 'secretstore':
      return await whyNoStore(await found(secretStores, key, deps), deps)
    case 'clustersecretstore':
      return await whyNoStore(await found(clusterSecretStores, { name: key.name }, deps), deps)
    case 'kustomization':
      return await whyKustomization(await found(kustomizations, key, deps), deps)
    case 'gitrepository':
      return whyRepository(await found(gitRepositories, key, deps))
    default:
      throw new Fault('InvalidSpec', `why knows ${whyKinds.join(', ')}; not ${kind}`)
  }
}

/** Kinds that {@link whyObject} knows. */
export const whyKinds: readonly string[] = [
  'secret',
  'externalsecret',
  'sealedsecret',
  'secretstore',
  'clustersecretstore',
  'kustomization',
  'gitrepository',
]

async function found<T extends KubeObject>(
  kind: Resource<T>,
  key: ObjectKey,
  { client, signal }: WhyDeps,
): Promise<T> {
  const object = await client.get(kind, key, { signal })
  if (object !== null) return object
  throw new Fault('NotFound', `there is no ${kind.kind} ${keyText(key)}`)
}
