import { describe, expect, it } from 'vitest'
import { externalSecrets, keyText, secrets, type ExternalSecret, type ObjectKey } from '#api'
import { createOperator } from '#bin'
import type { Client } from '#kube'
import { createMetrics } from '#runtime'
import { canary } from '../canary.ts'
import { every } from './servers.ts'
import { conditionOf, inSimulation, type Stage, vaultStore } from './stage.ts'

const names = ['a', 'b', 'c', 'd', 'e', 'f']

/** An operator that can be stopped and started, and every deletion it asks for. */
class Watched {
  readonly deletes: { readonly key: string; readonly isConditional: boolean }[] = []
  readonly #stage: Stage
  #stop: (() => Promise<void>) | undefined

  constructor(stage: Stage) {
    this.#stage = stage
  }

  async start(): Promise<void> {
    const stopping = new AbortController()
    const operator = createOperator({
      env: this.#stage.env,
      client: this.#recorded(),
      metrics: await createMetrics(),
      controllers: new Set(['secrets']),
      namespace: 'lockstep-system',
      gitFolder: '/tmp/git',
      allowLocalEndpoints: true,
    })
    const running = operator.run(stopping.signal)
    this.#stop = async () => {
      stopping.abort()
      await running
    }
  }

  async stop(): Promise<void> {
    await this.#stop?.()
    this.#stop = undefined
  }

  #recorded(): Client {
    return new Proxy(this.#stage.client, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        if (name !== 'delete') return value.bind(target)
        return (...call: Parameters<Client['delete']>) => {
          const [, key, options] = call
          const isConditional = options?.uid !== undefined && options.resourceVersion !== undefined
          this.deletes.push({ key: keyText(key), isConditional })
          return target.delete(...call)
        }
      },
    })
  }
}

function manifest(name: string, target: string = name): string {
  return `
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: ${name}, namespace: web}
spec:
  refreshInterval: ${every('1m')}
  secretStoreRef: {name: vault}
  target: {name: ${target}, deletionPolicy: Delete}
  data: [{secretKey: password, remoteRef: {key: apps/${name}, property: password}}]
`
}

async function play(story: (stage: Stage, operator: Watched) => Promise<void>): Promise<void> {
  await inSimulation(
    async (stage) => {
      for (const name of names)
        stage.vault.put(`secret/apps/${name}`, { password: canary(name + '-restored') })
      await stage.apply(vaultStore(stage))
      for (const name of names) await stage.apply(manifest(name))
      const operator = new Watched(stage)
      await operator.start()
      try {
        for (const name of names) await synced(stage, name)
        await story(stage, operator)
      } finally {
        await operator.stop()
      }
    },
    { controllers: [] },
  )
}

async function synced(stage: Stage, name: string): Promise<ExternalSecret> {
  const found: unknown = await stage.when(
    externalSecrets as never,
    { namespace: 'web', name },
    (es) => conditionOf(es, 'Ready').status === 'True',
  )
  return found as ExternalSecret
}

/** Takes the object away as a lost database does: nobody is asked, and nothing follows. */
async function lose(stage: Stage, es: ExternalSecret): Promise<void> {
  const key: ObjectKey = { namespace: 'web', name: es.metadata.name }
  await stage.client.patch(
    externalSecrets,
    key,
    { metadata: { finalizers: [] } },
    { type: 'merge' },
  )
  await stage.client.delete(externalSecrets, key, { propagation: 'Orphan' })
  while ((await stage.client.get(externalSecrets, key)) !== null) await stage.env.clock.sleep(20)
}

async function targets(stage: Stage): Promise<ReadonlyMap<string, string | undefined>> {
  const { items } = await stage.client.list(secrets, { namespace: 'web' })
  return new Map(items.map(({ metadata }) => [metadata.name, metadata.uid]))
}

describe('an operator that starts', () => {
  it('against an empty API server, with the backend full, deletes nothing', () =>
    play(async (stage, operator) => {
      await operator.stop()
      for (const name of names) await lose(stage, await synced(stage, name))
      const before = await targets(stage)
      await operator.start()
      await stage.env.clock.sleep(600_000)
      expect(await targets(stage)).toEqual(before)
      expect(operator.deletes).toEqual([])
    }))

  it('against an older state of the API server deletes nothing', () =>
    play(async (stage, operator) => {
      const older: ExternalSecret[] = []
      for (const name of names) older.push(await synced(stage, name))
      // After the backup one is renamed, one goes, and the values are rotated.
      stage.vault.put('secret/apps/b', { password: canary('b-rotated') })
      stage.vault.put('secret/apps/g', { password: canary('g-later') })
      await stage.apply(manifest('g'))
      await synced(stage, 'g')
      await operator.stop()
      const before = await targets(stage)
      const now = (await stage.client.list(externalSecrets, { namespace: 'web' })).items
      for (const es of now) await lose(stage, es)
      for (const { metadata, status, ...rest } of older) {
        const { name, namespace, annotations, labels, finalizers } = metadata
        const again = await stage.client.create(externalSecrets, {
          ...rest,
          metadata: {
            name,
            ...(namespace === undefined ? {} : { namespace }),
            ...(annotations === undefined ? {} : { annotations }),
            ...(labels === undefined ? {} : { labels }),
            ...(finalizers === undefined ? {} : { finalizers }),
          },
        })
        await stage.client.updateStatus(externalSecrets, {
          ...again,
          ...(status === undefined ? {} : { status }),
        })
      }
      await operator.start()
      await stage.env.clock.sleep(600_000)
      expect(await targets(stage)).toEqual(before)
      expect(operator.deletes).toEqual([])
    }))

  it('deletes what is really gone, and that very version alone', () =>
    play(async (stage, operator) => {
      stage.vault.remove('secret/apps/a')
      await stage.when(
        externalSecrets as never,
        { namespace: 'web', name: 'a' },
        (es) => conditionOf(es, 'Ready').reason === 'SecretDeleted',
      )
      await stage.client.delete(externalSecrets, { namespace: 'web', name: 'b' })
      await stage.env.clock.sleep(10_000)
      expect(operator.deletes).toEqual([
        { key: 'web/a', isConditional: true },
        { key: 'web/b', isConditional: true },
      ])
    }))
})
