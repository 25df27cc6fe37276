/**
 * A control plane, a Vault and a git server of the faults' own, with 200 objects in them: 150
 * ExternalSecrets, 49 SealedSecrets and a Git sync. Everything can be rotated, and it can be told
 * whether all has converged on the newest rotation.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  clusterSecretStores,
  externalSecrets,
  keyOf,
  resource,
  sealedSecrets,
  secrets,
  type AnyObject,
  type KubeObject,
  type Resource,
} from '#api'
import type { Env, Listener } from '#base'
import { realEnv } from '#base/env'
import { createGitServer, type GitServer } from '#embedded/git'
import { createClient, type Client } from '#kube'
import { labelOf, nodeSealCrypto, rsaCertificateOf, sealBytes } from '#seal'
import { watchFor } from '../../canary.ts'
import { startControlPlane, type ControlPlane } from '../control-plane.ts'
import { installKinds } from '../global-setup.ts'
import { startBackend, type Backend } from './backend.ts'
import {
  clusterStore,
  externalSecret,
  externalSecretCount,
  fileKeys,
  files,
  gitSync,
  namespaceOf,
  namespaces,
  numbers,
  roundOf,
  roundOfText,
  sealedSecret,
  sealedSecretCount,
  secretKeys,
  tokenSecret,
  valueOf,
} from './manifests.ts'
import { observe, type Observer } from './observer.ts'
import { createReplica, type Replica } from './replica.ts'
import { replicas as replicaGroup, rights } from './rights.ts'

/** Where everything happens. */
export interface World {
  readonly plane: ControlPlane
  readonly backend: Backend
  readonly client: Client
  readonly a: Replica
  readonly b: Replica
  readonly secrets: Observer
  readonly files: Observer
  /** New values in Vault, for all ExternalSecrets. */
  rotateValues(): Promise<void>
  /** New sealed values in all SealedSecrets. Needs the API server. */
  rotateSealed(): Promise<void>
  /** A new commit. Needs no git server. */
  rotateFiles(): Promise<void>
  /** Takes the store's token back, or gives it a new one. */
  revokeToken(): Promise<void>
  renewToken(): Promise<void>
  stopGit(): Promise<void>
  startGit(): Promise<void>
  /** What is not as the newest rotation has it; empty: all has converged. */
  behind(): Promise<readonly string[]>
  close(): Promise<void>
}

const kustomizations = resource('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'kustomizations')

/** Makes everything but the replicas' processes. @throws Error when a part does not start. */
export async function createWorld(): Promise<World> {
  const closers: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    return await build(closers, close)
  } catch (error) {
    await close()
    throw error
  }
}

async function build(
  closers: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<World> {
  const env = realEnv()
  const plane = await startControlPlane()
  closers.push(() => plane.close())
  await installKinds(plane.kubeconfig)
  const backend = await startBackend()
  closers.push(() => backend.close())
  const client = createClient({ env, server: plane.access })
  closers.push(() => client.close())
  const git = createGitServer({ env, folder: join(plane.folder, 'served') })
  let gitListener: Listener = await env.net.listen(git.handler)
  closers.push(() => gitListener.close())
  const { port } = gitListener

  const replicaOf = async (name: string): Promise<Replica> => {
    const replica = createReplica(plane, name, await plane.kubeconfigFor(name, [replicaGroup]))
    closers.push(() => replica.kill())
    return replica
  }
  const a = await replicaOf('replica-a')
  const b = await replicaOf('replica-b')
  const apply = applier(client)
  const rounds = new Rounds(env, { backend, client, git })
  const token = new Token(backend, apply)
  await furnish(apply, backend, gitListener.url)
  await token.renew()
  await git.create('site')
  await rounds.rotateValues()
  await rounds.rotateFiles()
  await a.start()
  await rounds.sealFirst()
  for (const i of numbers(externalSecretCount)) await apply(externalSecret(i))
  const ours = new Set([...secretKeys(), ...fileKeys()])
  const watchOf = async (path: string, of: (value: string) => number | undefined) => {
    const subject = { path, isOurs: (key: string) => ours.has(key), roundOf: of }
    const observer = await observe(plane.access, subject)
    closers.push(() => observer.close())
    return observer
  }
  const seen = {
    secrets: await watchOf('/api/v1/secrets', roundOf),
    files: await watchOf('/api/v1/configmaps', roundOfText),
  }
  return {
    plane,
    backend,
    client,
    a,
    b,
    ...seen,
    rotateValues: () => rounds.rotateValues(),
    rotateSealed: () => rounds.rotateSealed(),
    rotateFiles: () => rounds.rotateFiles(),
    revokeToken: () => token.revoke(),
    renewToken: () => token.renew(),
    stopGit: () => gitListener.close(),
    startGit: async () => {
      gitListener = await env.net.listen(git.handler, { port })
    },
    behind: async () => {
      const late = rounds.behind(seen)
      return late.length > 0 ? late : await notReady(client)
    },
    close,
  }
}

type Apply = (object: AnyObject) => Promise<void>

function applier(client: Client): Apply {
  return async (object) => {
    const kind = await client.resourceOf(object.apiVersion, object.kind)
    if (kind === null) throw new Error(`${object.kind} is not served`)
    await client.apply(kind, object, { fieldManager: 'faults', force: true })
  }
}

async function furnish(apply: Apply, backend: Backend, gitUrl: string): Promise<void> {
  for (const name of namespaces) {
    await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  }
  for (const object of rights()) await apply(object)
  await apply(clusterStore(backend.url))
  for (const object of gitSync(gitUrl)) await apply(object)
}

/** The token that the store logs in with. */
class Token {
  readonly #backend: Backend
  readonly #apply: Apply
  #now = ''

  constructor(backend: Backend, apply: Apply) {
    this.#backend = backend
    this.#apply = apply
  }

  async renew(): Promise<void> {
    this.#now = await this.#backend.token()
    watchFor('the store token', this.#now)
    await this.#apply(tokenSecret(this.#now))
  }

  async revoke(): Promise<void> {
    await this.#backend.revoke(this.#now)
  }
}

/** Which rotation each sort of object has to show. */
class Rounds {
  readonly #env: Env
  readonly #parts: { readonly backend: Backend; readonly client: Client; readonly git: GitServer }
  readonly #now = { values: 0, sealed: 0, files: 0 }
  #publicKey: Uint8Array = new Uint8Array()

  constructor(env: Env, parts: { backend: Backend; client: Client; git: GitServer }) {
    this.#env = env
    this.#parts = parts
  }

  async rotateValues(): Promise<void> {
    const round = ++this.#now.values
    await eachOf(externalSecretCount, async (i) => {
      const [username, password] = [valueOf('username', i, round), valueOf('password', i, round)]
      await this.#parts.backend.put(`apps/${i}`, { username, password })
    })
  }

  /** Waits for the first sealing key, and makes the SealedSecrets. */
  async sealFirst(): Promise<void> {
    const labelSelector = 'sealedsecrets.bitnami.com/sealed-secrets-key'
    const namespace = 'lockstep-system'
    const found = await eventually('a sealing key', async () => {
      return (await this.#parts.client.list(secrets, { namespace, labelSelector })).items[0]
    })
    const text = (name: string): string =>
      Buffer.from(found.data?.[name] ?? '', 'base64').toString()
    watchFor('a sealing key', text('tls.key').split('\n')[5] ?? '')
    this.#publicKey = rsaCertificateOf(text('tls.crt')).publicKey
    await this.rotateSealed()
  }

  async rotateSealed(): Promise<void> {
    const round = ++this.#now.sealed
    const apply = applier(this.#parts.client)
    await eachOf(sealedSecretCount, async (i) => apply(await this.#seal(i, round)))
  }

  async #seal(i: number, round: number): Promise<AnyObject> {
    const label = labelOf('strict', namespaceOf(i), `sealed-${i}`)
    const bytes = Buffer.from(valueOf('sealed', i, round))
    const crypto = nodeSealCrypto(this.#env.entropy)
    const sealed = await sealBytes(crypto, this.#publicKey, label, bytes)
    return sealedSecret(i, Buffer.from(sealed).toString('base64'))
  }

  async rotateFiles(): Promise<void> {
    const round = ++this.#now.files
    await this.#parts.git.commit('site', files(round), `rotation ${round}`)
  }

  behind(seen: { readonly secrets: Observer; readonly files: Observer }): readonly string[] {
    const { values, sealed, files: committed } = this.#now
    const late: string[] = []
    const look = (observer: Observer, key: string, round: number, of: typeof roundOf): void => {
      const data = Object.values(observer.objects.get(key)?.data ?? {})
      if (data.length > 0 && data.every((value) => of(value) === round)) return
      late.push(`${key}: ${data.map(of).join()} in place of ${round}`)
    }
    for (const key of secretKeys()) {
      look(seen.secrets, key, key.includes('/app-') ? values : sealed, roundOf)
    }
    for (const key of fileKeys()) look(seen.files, key, committed, roundOfText)
    return late
  }
}

/** Objects whose own status does not say that all is well. */
async function notReady(client: Client): Promise<readonly string[]> {
  const kinds: readonly [Resource<KubeObject>, string][] = [
    [externalSecrets, 'Ready'],
    [clusterSecretStores, 'Ready'],
    [sealedSecrets, 'Synced'],
    [kustomizations, 'Ready'],
  ]
  const late: string[] = []
  for (const [kind, type] of kinds) {
    for (const item of (await client.list(kind)).items) {
      const { status } = item as { status?: { conditions?: readonly Told[] } }
      const told = status?.conditions?.find((one) => one.type === type)
      if (told?.status === 'True') continue
      const { name } = keyOf(item)
      late.push(`${kind.kind} ${name}: ${told?.reason ?? 'nothing told'}: ${told?.message ?? ''}`)
    }
  }
  return late
}

interface Told {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
}

/** Looks every 100 ms until there is something. @throws Error that says what there was not. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined>,
  withinMs = 60_000,
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs / 1000} s`)
    await sleep(100)
  }
}

async function eachOf(count: number, act: (i: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await act(next++)
  }
  await Promise.all(Array.from({ length: 16 }, worker))
}
