/** A cluster on virtual time with a Sealed Secrets controller in it, for the recorded cases. */
import { readdirSync, readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import {
  configMaps,
  coreEvents,
  namespaces,
  sealedSecrets,
  secrets,
  type AnyObject,
  type Resource,
} from '#api'
import { concatBytes, textOf } from '#base'
import { simEnv, type SimEnv } from '#base/env'
import {
  sealedSecretController,
  type SealedSecretController,
  type SealedSecretOptions,
} from '#controllers/sealed-secret'
import { createKubeApi, type KubeApi } from '#embedded/kube-api'
import { createClient, type HttpClient } from '#kube'
import { createEventRecorder } from '#runtime'
import { sealedSecretCases } from '../sealed-values.ts'

const keyLabel = 'sealedsecrets.bitnami.com/sealed-secrets-key'

/** Kinds that the cases speak of. */
const kinds: ReadonlyMap<string, Resource<AnyObject>> = new Map(
  [secrets, configMaps, sealedSecrets, coreEvents, namespaces].map((one) => [
    one.kind,
    one as unknown as Resource<AnyObject>,
  ]),
)

export function kindNamed(kind: string): Resource<AnyObject> {
  const found = kinds.get(kind)
  if (found === undefined) throw new Error(`unknown kind ${kind}`)
  return found
}

/** The definition that Lockstep serves. */
export function sealedSecretCrd(): readonly object[] {
  return parseAllDocuments(readFileSync(crd, 'utf8')).map((one) => one.toJS() as object)
}

const crd = new URL('../../crds/bitnami.com_sealedsecrets.yaml', import.meta.url)

interface Running {
  readonly controller: SealedSecretController
  readonly url: string
  readonly stop: () => Promise<void>
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface HttpAsk {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** See the top of the file. */
export class Lab {
  readonly env: SimEnv
  readonly client: HttpClient
  readonly #api: KubeApi
  #running: Running | undefined

  private constructor(env: SimEnv, client: HttpClient, api: KubeApi) {
    this.env = env
    this.client = client
    this.#api = api
  }

  /** Starts a cluster; must be called inside `env.clock.run`. */
  static async start(env: SimEnv, crds: readonly object[] = sealedSecretCrd()): Promise<Lab> {
    const api = createKubeApi({ env, crds })
    const listener = await env.net.listen(api.handler)
    const client = createClient({ env, server: { url: listener.url } })
    return new Lab(env, client, api)
  }

  get controller(): SealedSecretController {
    if (this.#running === undefined) throw new Error('no controller runs')
    return this.#running.controller
  }

  /** Starts the controller and waits until it is ready. */
  async startController(options: SealedSecretOptions): Promise<void> {
    const { env, client } = this
    const stop = new AbortController()
    const events = createEventRecorder({ env, client, component: 'sealed-secrets' })
    const controller = sealedSecretController({
      env,
      client,
      events,
      options,
    })
    const listener = await env.net.listen(controller.handler)
    const done = controller.run(stop.signal)
    this.#running = {
      controller,
      url: listener.url,
      stop: async () => {
        stop.abort()
        await done
        await events.flush()
        await listener.close()
      },
    }
    for (let i = 0; !controller.ready(); i++) {
      if (i > 600) throw new Error('the controller does not become ready')
      await env.clock.sleep(50)
    }
  }

  async stopController(): Promise<void> {
    await this.#running?.stop()
    this.#running = undefined
  }

  async close(): Promise<void> {
    await this.stopController()
    await this.client.close()
    this.#api.close()
  }

  /** Creates, or replaces what is there. */
  async put(object: AnyObject): Promise<void> {
    const resource = kindNamed(object.kind)
    const { namespace, name } = object.metadata
    const key = namespace === undefined ? { name } : { namespace, name }
    const live = await this.client.get(resource, key)
    if (live === null) {
      await this.client.create(resource, object)
      return
    }
    const { resourceVersion = '' } = live.metadata
    await this.client.update(resource, {
      ...object,
      metadata: { ...object.metadata, resourceVersion },
    })
  }

  async namespace(name: string): Promise<void> {
    const live = await this.client.get(namespaces, { name })
    if (live === null) {
      await this.client.create(namespaces, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      })
    }
  }

  /** Puts one of the fixed test keys into a namespace. */
  async key(namespace: string, key: TestKey): Promise<void> {
    await this.put(keySecret(namespace, key))
  }

  async http(ask: HttpAsk): Promise<HttpAnswer> {
    const pool = this.env.net.pool()
    const body =
      ask.body === undefined
        ? undefined
        : typeof ask.body === 'string'
          ? ask.body
          : JSON.stringify(ask.body)
    const lower = Object.entries(ask.headers ?? {}).map(([name, text]) => [
      name.toLowerCase(),
      text,
    ])
    const answer = await pool.request({
      method: ask.method ?? 'GET',
      url: `${this.#running?.url}${ask.path}`,
      headers: Object.fromEntries(lower) as Record<string, string>,
      ...(body === undefined ? {} : { body }),
    })
    const parts: Uint8Array[] = []
    for await (const part of answer.body) parts.push(part)
    await pool.close()
    return {
      status: answer.status,
      headers: Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: textOf(concatBytes(parts)),
    }
  }
}

/** One of the fixed test keys; the label's value may be another one, or none. */
export interface TestKey {
  readonly key: string
  readonly name?: string
  readonly label?: string
}

/** A fixed test key as the Secret that the controller reads. */
export function keySecret(
  namespace: string,
  { key, name = `fixed-${key}`, label = 'active' }: TestKey,
): AnyObject {
  const file = (extension: string): string =>
    readFileSync(new URL(`keys/${key}.${extension}`, sealedSecretCases)).toString('base64')
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { namespace, name, labels: label === '' ? {} : { [keyLabel]: label } },
    data: { 'tls.crt': file('crt'), 'tls.key': file('key') },
  }
}

/** PEM of the test certificates by name. */
export function testCertificates(): ReadonlyMap<string, string> {
  const folder = new URL('keys/', sealedSecretCases)
  return new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.crt'))
      .map((name) => [name.slice(0, -4), readFileSync(new URL(name, folder), 'utf8')]),
  )
}

/** A world whose clock runs ahead of every test certificate's beginning but the future one's. */
export function labEnv(): SimEnv {
  return simEnv(1, { startMs: Date.UTC(2026, 10, 20) })
}
