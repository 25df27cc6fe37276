/**
 * A stage for stories: the whole operator, as `bin` puts it together, on embedded servers. Everything
 * it writes outside `Secret.data` is kept, so that a story can end with a search for canaries.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import {
  resource,
  secrets,
  type AnyObject,
  type KubeObject,
  type ObjectKey,
  type Resource,
  type Secret,
} from '#api'
import { at, fromBase64, isObject, textOf, type Env, type Handler } from '#base'
import { jsonLog, realEnv, simEnv, type SimEnv } from '#base/env'
import type { EmbeddedVault } from '#embedded/vault'
import { createClient, type Client, type ServerAccess } from '#kube'
import { createMetrics, type Metrics } from '#runtime'
import { createOperator, type ControllerSet, type OperatorOptions } from '#bin'
import { loadProviders } from '../loaded-providers.ts'
import { leapingClock } from './leaping-clock.ts'
import { apiServer, hurried, realKubeconfig } from './servers.ts'
import { vaultServer } from './vault-server.ts'

/** What a story is played on. */
export interface Stage {
  readonly env: Env
  readonly client: Client
  readonly vault: EmbeddedVault
  readonly vaultUrl: string
  readonly rootToken: string
  /** Applies the documents of a YAML text. @throws the API server's Fault. */
  apply(yaml: string): Promise<void>
  /** The Secret's values as text, once `fits` holds. */
  values(
    key: ObjectKey,
    fits?: (values: Readonly<Record<string, string>>) => boolean,
  ): Promise<Readonly<Record<string, string>>>
  /** The object, once `fits` holds. */
  when(kind: Resource, key: ObjectKey, fits: (object: AnyObject) => boolean): Promise<AnyObject>
  /** Messages of the events about an object, once one of them matches. */
  event(name: string, matches: RegExp): Promise<readonly string[]>
  stopVault(): Promise<void>
  startVault(handler?: Handler): Promise<void>
  /** Serves something else in Vault's place. */
  secret(key: ObjectKey): Promise<Secret | null>
  /** All that was written where no secret byte may be, by name. */
  outputs(): Promise<Readonly<Record<string, unknown>>>
  /** Lets hours go by: on virtual time one by one, in real time in one leap of all clocks but the servers'. */
  pass(ms: number): Promise<void>
  /** Stops the operator and starts a new one, as a restart of its Pod would. */
  restart(): Promise<void>
  close(): Promise<void>
}

const crds: readonly object[] = readdirSync('crds')
  .filter((name) => /^[a-z.-]+_[a-z]+\.yaml$/.test(name))
  .flatMap((name) => parseAllDocuments(readFileSync(`crds/${name}`, 'utf8')))
  .map((document) => document.toJS() as object)

/** Manifests of the store `web/vault`, with the token it logs in with; ends with a line break. */
export function vaultStore({ rootToken, vaultUrl }: Pick<Stage, 'rootToken' | 'vaultUrl'>): string {
  return `apiVersion: v1
kind: Secret
metadata: {name: vault-token, namespace: web}
stringData: {token: ${rootToken}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: web}
spec:
  provider:
    vault:
      server: ${vaultUrl}
      path: secret
      version: v2
      auth:
        tokenSecretRef: {name: vault-token, key: token}
`
}

export const externalSecrets: Resource = resource(
  'external-secrets.io/v1',
  'ExternalSecret',
  'externalsecrets',
)
export const secretStores: Resource = resource(
  'external-secrets.io/v1',
  'SecretStore',
  'secretstores',
)
export const sealedSecrets: Resource = resource(
  'bitnami.com/v1alpha1',
  'SealedSecret',
  'sealedsecrets',
)
export const gitRepositories: Resource = resource(
  'source.toolkit.fluxcd.io/v1',
  'GitRepository',
  'gitrepositories',
)
export const kustomizations: Resource = resource(
  'kustomize.toolkit.fluxcd.io/v1',
  'Kustomization',
  'kustomizations',
)

// A lazy import takes real time, in which a virtual clock would run for hours: everything that is
// imported on first use is imported now.
await Promise.all([loadProviders(), import('node-vault'), import('prom-client')])

/** Plays a story in a world of its own, on virtual time; on real servers in real time. */
export async function inSimulation(
  story: (stage: Stage) => Promise<void>,
  options: { readonly seed?: number; readonly controllers?: readonly ControllerSet[] } = {},
): Promise<void> {
  const lines: string[] = []
  if (realKubeconfig !== undefined) return await inRealTime(story, options.controllers)
  const env: SimEnv = simEnv(options.seed ?? 1, {
    log: jsonLog('debug', (line) => lines.push(line)),
  })
  await env.clock.run(async () => {
    const stage = await setStage(
      env,
      lines,
      options.controllers ?? ['secrets', 'unsealer'],
      '/tmp/git',
    )
    try {
      await story(stage)
    } finally {
      await stage.close()
    }
  })
}

// Backoff is capped at five minutes. In real time a story has to end before its test does, so that its
// operator is gone when the next one begins.
const patienceMs = realKubeconfig === undefined ? 420_000 : 60_000

async function inRealTime(
  story: (stage: Stage) => Promise<void>,
  controllers: readonly ControllerSet[] = ['secrets', 'unsealer'],
): Promise<void> {
  const lines: string[] = []
  const machine = realEnv({ log: jsonLog('debug', (line) => lines.push(line)) })
  const clock = leapingClock(machine.clock)
  const env: Env = { ...machine, clock }
  const folder = await env.fs.makeTempFolder('lockstep-story-')
  const stage = await setStage(env, lines, controllers, `${folder}/git`)
  try {
    await story({
      ...stage,
      env: { ...env, clock: hurried(clock) },
      pass: async (ms) => clock.leap(ms),
    })
  } finally {
    await stage.close()
    await env.fs.remove(folder)
  }
}

/** Sets a stage in a world that is given; `lines` are those that its log writes. */
export async function setStage(
  env: Env,
  lines: readonly string[],
  controllers: readonly ControllerSet[],
  gitFolder: string,
  operatorOptions: Partial<OperatorOptions> = {},
): Promise<Stage> {
  const api = await apiServer(env, crds)
  const server = api.access
  const client = createClient({ env, server })
  const backend = vaultServer(env, server)
  const { vault, rootToken } = backend
  let vaultListener = await env.net.listen(vault.handler)
  const { port } = vaultListener
  let metrics = await createMetrics()
  let operator = startOperator(env, server, controllers, metrics, gitFolder, operatorOptions)
  await ensureNamespaces(client, ['lockstep-system', 'web', 'other'])

  const until = async <T>(look: () => Promise<T | undefined>): Promise<T> => {
    const deadline = env.clock.monotonic() + patienceMs
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      if (env.clock.monotonic() > deadline)
        throw new Error(`not within ${patienceMs / 1_000} s; ${await snapshot(client)}`)
      await env.clock.sleep(20)
    }
  }
  const stage: Stage = {
    env,
    client,
    vault,
    vaultUrl: vaultListener.url,
    rootToken,
    apply: async (yaml) => {
      for (const document of parseAllDocuments(yaml)) await applyOne(client, document.toJS())
    },
    values: (key, fits = () => true) =>
      until(async () => {
        const secret = await client.get(secrets, key)
        if (secret === null) return undefined
        const values = valuesOf(secret)
        return fits(values) ? values : undefined
      }),
    when: (kind, key, fits) =>
      until(async () => {
        const object = await client.get(kind, key)
        return object !== null && fits(object) ? object : undefined
      }),
    event: (name, matches) =>
      until(async () => {
        const messages = (await eventsOf(client))
          .filter((event) => at(event, 'involvedObject', 'name') === name)
          .map((event) => String(event['message']))
        return messages.some((message) => matches.test(message)) ? messages : undefined
      }),
    stopVault: () => vaultListener.close(),
    startVault: async (handler = vault.handler) => {
      vaultListener = await env.net.listen(handler, { port })
    },
    secret: (key) => client.get(secrets, key),
    outputs: async () => ({
      log: lines,
      events: await eventsOf(client),
      objects: await objectsWithoutSecretData(client),
      metrics: (await metrics.render()).text,
    }),
    pass: (ms) => env.clock.sleep(ms),
    restart: async () => {
      await operator.stop()
      metrics = await createMetrics()
      operator = startOperator(env, server, controllers, metrics, gitFolder, operatorOptions)
    },
    close: async () => {
      await operator.stop()
      await client.close()
      await vaultListener.close()
      await backend.close()
      await api.close()
    },
  }
  return stage
}

function startOperator(
  env: Env,
  server: ServerAccess,
  controllers: readonly ControllerSet[],
  metrics: Metrics,
  gitFolder: string,
  operatorOptions: Partial<OperatorOptions>,
): { stop(): Promise<void> } {
  const client = createClient({ env, server, onCall: (seen) => metrics.apiCall(seen) })
  const operator = createOperator({
    env,
    client,
    metrics,
    controllers: new Set(controllers),
    namespace: 'lockstep-system',
    sealingKeyBits: 2048, // 4,096 bits take seconds to make, and prove nothing more here
    gitFolder,
    allowLocalEndpoints: true,
    ...operatorOptions,
  })
  const stopping = new AbortController()
  const running = operator.run(stopping.signal)
  running.catch(() => {}) // seen when it is stopped
  return {
    stop: async () => {
      stopping.abort()
      await running
      await client.close()
    },
  }
}

async function applyOne(client: Client, document: unknown): Promise<void> {
  if (!isObject(document)) return
  const object = document as unknown as AnyObject
  const kind = await client.resourceOf(object.apiVersion, object.kind)
  if (kind === null) throw new Error(`${object.kind} is not served`)
  await client.apply(kind, object, { fieldManager: 'somebody', force: true })
}

async function ensureNamespaces(client: Client, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await applyOne(client, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  }
}

function valuesOf(secret: Secret): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(secret.data ?? {}).map(([key, value]) => [
      key,
      textOf(fromBase64(value) ?? new Uint8Array()),
    ]),
  )
}

async function eventsOf(client: Client): Promise<readonly AnyObject[]> {
  return (await client.list(resource('v1', 'Event', 'events'))).items
}

async function objectsWithoutSecretData(client: Client): Promise<readonly KubeObject[]> {
  const objects: KubeObject[] = []
  for (const kind of await client.discover()) {
    if (!kind.verbs.includes('list')) continue
    for (const item of (await client.list(kind)).items) {
      objects.push(kind.kind === 'Secret' ? { ...item, data: undefined } : item)
    }
  }
  return objects
}

async function snapshot(client: Client): Promise<string> {
  const told: string[] = []
  for (const kind of [
    externalSecrets,
    secretStores,
    sealedSecrets,
    gitRepositories,
    kustomizations,
  ]) {
    for (const { metadata, ...rest } of (await client.list(kind)).items) {
      told.push(
        `${kind.kind} ${metadata.name}: ${JSON.stringify(at(rest, 'status', 'conditions'))}`,
      )
    }
  }
  for (const event of await eventsOf(client))
    told.push(`event ${String(event['reason'])}: ${String(event['message'])}`)
  return told.join('\n')
}

/** A condition of an object. */
export function conditionOf(
  object: AnyObject,
  type: string,
): { status?: string; reason?: string; message?: string } {
  const conditions = at(object, 'status', 'conditions')
  const found = Array.isArray(conditions)
    ? (conditions as readonly unknown[]).find((entry) => isObject(entry) && entry['type'] === type)
    : undefined
  return found ?? {}
}
