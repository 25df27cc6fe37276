/**
 * Tells of generators that appear or change. A kind is watched from the first ExternalSecret on that
 * names it, and only where the cluster has its definition; so nobody pays for what nobody uses.
 */
import type { Env } from '#base'
import { apiVersionOf, type KubeObject } from '#api'
import type { Client } from '#kube'
import { createMetadataInformer } from '#runtime'
import { generatorResources, generatorText, type WatchedKind } from './generators.ts'

export interface GeneratorWatchOptions {
  readonly env: Env
  readonly client: Client
  /** Absent: all namespaces. */
  readonly namespace?: string
  /** Whether ClusterGenerators are used. */
  readonly clusterWide: boolean
  /** Told of each generator that is new or another than before. */
  readonly onChange: (generator: string) => void
}

/** How soon to look again for a definition that was not there. */
const lookAgainMs = 60_000

export class GeneratorWatch {
  readonly #options: GeneratorWatchOptions
  readonly #wanted = new Set<WatchedKind>()
  /** While it runs. */
  #start: ((kind: WatchedKind) => void) | undefined

  constructor(options: GeneratorWatchOptions) {
    this.#options = options
  }

  /** Watches the kind from now on. Any number of times is as good as once. */
  want(kind: WatchedKind): void {
    if (this.#wanted.has(kind)) return
    if (kind === 'ClusterGenerator' && !this.#options.clusterWide) return
    this.#wanted.add(kind)
    this.#start?.(kind)
  }

  /** Watches what is wanted until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const running: Promise<void>[] = []
    this.#start = (kind) => running.push(this.#follow(kind, signal))
    for (const kind of this.#wanted) this.#start(kind)
    await aborted(signal)
    this.#start = undefined
    await Promise.all(running)
  }

  async #follow(kind: WatchedKind, signal: AbortSignal): Promise<void> {
    const { env, client, namespace, onChange } = this.#options
    const resource = generatorResources[kind]
    while (!signal.aborted) {
      if (await this.#isServed(kind, signal)) break
      await env.clock.sleep(lookAgainMs, signal).catch(() => {})
    }
    if (signal.aborted) return
    const informer = createMetadataInformer<KubeObject>({
      env,
      client,
      resource,
      ...(namespace === undefined || !resource.namespaced ? {} : { namespace }),
      // What there is to know is that it is there, and which version of it.
      keep: ({
        apiVersion,
        kind: of,
        metadata: { namespace: space, name, uid, resourceVersion },
      }) => ({
        apiVersion,
        kind: of,
        metadata: {
          ...(space === undefined ? {} : { namespace: space }),
          name,
          ...(uid === undefined ? {} : { uid }),
          ...(resourceVersion === undefined ? {} : { resourceVersion }),
        },
      }),
    })
    informer.onChange((change) => {
      const { namespace: space, name } = change.object.metadata
      if (change.kind !== 'deleted') onChange(generatorText(kind, space, name))
    })
    await informer.run(signal)
  }

  async #isServed(kind: WatchedKind, signal: AbortSignal): Promise<boolean> {
    const { client } = this.#options
    const apiVersion = apiVersionOf(generatorResources[kind])
    try {
      return (await client.resourceOf(apiVersion, kind, { signal })) !== null
    } catch {
      return false // asked again; who needs the generator reads it, and tells what is wrong
    }
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  )
}
