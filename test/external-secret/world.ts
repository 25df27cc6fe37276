/**
 * A whole world for one recorded case: an API server in memory, the controllers of stores and
 * ExternalSecrets, and the providers, on virtual time.
 */
import { readdirSync, readFileSync } from 'node:fs'

import { simEnv, type SimEnv } from '#base/env'
import { externalSecretController, type ExternalSecretOptions } from '#controllers/external-secret'
import { clusterReader, secretStoreControllers } from '#controllers/secret-store'
import { createKubeApi, type KubeApi } from '#embedded/kube-api'
import { createClient } from '#kube'
import { createPlanner, type ProviderLoader, type ReadPlanner } from '#provider'
import { providers } from '#providers'
import { createEventRecorder } from '#runtime'
import { parseAllDocuments } from 'yaml'
import { loadProviders } from '../loaded-providers.ts'

/** An answer of the API server. */
export interface Answer {
  readonly code: number
  readonly json: Body
}

/** JSON as tests walk through it. */
export interface Body {
  readonly [field: string]: any // eslint-disable-line typescript/no-explicit-any -- recorded truth has every shape
}

export interface World {
  readonly env: SimEnv
  readonly api: KubeApi
  /** Address of the API server inside the world. */
  readonly server: string
  call(method: string, path: string, body?: unknown, type?: string): Promise<Answer>
  stop(): Promise<void>
}

/** The operator, as `bin` would put it together. */
export interface Operator {
  readonly planner: ReadPlanner
  stop(): Promise<void>
}

/** There in every real cluster. */
const clusterAdmin = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'cluster-admin' },
  rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
}

const definitions: readonly object[] = readdirSync('crds')
  .filter((name) => /^(generators\.)?external-secrets\.io_.*\.yaml$/.test(name))
  .flatMap((name) => parseAllDocuments(readFileSync(`crds/${name}`, 'utf8')))
  .map((document) => document.toJS() as object)

await loadProviders()

/** Starts an API server. Call inside `env.clock.run`. */
export async function startWorld(env: SimEnv = simEnv(1)): Promise<World> {
  const api = createKubeApi({ env, crds: [...definitions, clusterAdmin], authorization: 'rbac' })
  const listener = await env.net.listen(api.handler)
  return {
    env,
    api,
    server: listener.url,
    call: (method, path, body, type) => callApi(api, method, path, body, type),
    stop: async () => {
      api.close()
      await listener.close()
    },
  }
}

/** Starts the controllers of stores and ExternalSecrets on a world. */
export function startOperator(
  { env, server }: World,
  loaders: Readonly<Record<string, ProviderLoader>> = providers,
  options: ExternalSecretOptions = {},
): Operator {
  const client = createClient({ env, server: { url: server } })
  const planner = createPlanner({
    env,
    loaders,
    clusterReader: (context) => clusterReader(client, context),
    allowAddress: () => true,
  })
  const events = createEventRecorder({ env, client, component: 'lockstep' })
  const parts = { env, client, planner, events, options }
  const controllers = [...secretStoreControllers(parts), externalSecretController(parts)]
  const stopping = new AbortController()
  const running = controllers.map((controller) => controller.run(stopping.signal))
  return {
    planner,
    stop: async () => {
      stopping.abort()
      await Promise.all(running)
      await planner.close()
      await client.close()
    },
  }
}

async function callApi(
  api: KubeApi,
  method: string,
  path: string,
  body?: unknown,
  type = 'application/json',
): Promise<Answer> {
  const response = await api.handle(
    new Request(`http://kube-api.test${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  )
  const text = await response.text()
  try {
    return { code: response.status, json: JSON.parse(text) as Body }
  } catch {
    return { code: response.status, json: { message: text } }
  }
}
