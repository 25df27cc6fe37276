import { describe, expect, it } from 'vitest'

import { Fault, utf8, type HttpRequest } from '#base'
import { simEnv } from '#base/env'
import type { EntryOutcome, ProviderKind } from '#provider'
import { startOperator, startWorld, type Body } from '../../../test/external-secret/world.ts'

const spaces = '/api/v1/namespaces'
const esPath = '/apis/external-secrets.io/v1/namespaces/web/externalsecrets'
const storePath = '/apis/external-secrets.io/v1/namespaces/web/secretstores'
const objects = ['plain', 'orphan', 'merge', 'delete'] as const

const targets = {
  plain: {},
  orphan: { creationPolicy: 'Orphan' },
  merge: { creationPolicy: 'CreateOrMerge' },
  delete: { deletionPolicy: 'Delete' },
} as const

/** A backend that fails now and then, in every way but by saying that something is not there. */
function flakyBackend(
  chance: () => number,
  value: () => string,
  isCalm: () => boolean,
): ProviderKind {
  const capabilities = {
    find: false,
    push: false,
    batch: 1,
    versions: false,
    events: false,
    access: 'ReadOnly' as const,
  }
  const outcome = (): EntryOutcome => {
    if (!isCalm() && chance() < 0.3) {
      const reasons = ['Unavailable', 'AccessDenied', 'RateLimited', 'InvalidAnswer'] as const
      const reason = reasons[Math.floor(chance() * reasons.length)] ?? 'Unavailable'
      return { kind: 'failed', fault: new Fault(reason, 'not now') }
    }
    const bytes = utf8(value())
    return { kind: 'entry', entry: { value: () => bytes.slice(), map: () => new Map() } }
  }
  return {
    name: 'vault',
    capabilities,
    open: async () => ({
      capabilities,
      read: async (refs) => refs.map(outcome),
      validate: async () => ({ kind: 'ready' }),
      close: async () => {},
    }),
  }
}

function isWatch(request: HttpRequest): boolean {
  return request.url.includes('watch=true') || request.url.includes('watch=1')
}

describe('with an API server and a backend that fail at random', () => {
  it.each([1, 2, 3, 4])(
    'no Secret is lost or holds a value nobody gave, and all is right in the end (seed %i)',
    async (seed) => {
      const env = simEnv(seed)
      const chance = (): number => env.random.next()
      let version = 1
      let isCalm = false
      let befallen = 0
      await env.clock.run(async () => {
        const world = await startWorld(env)
        const backend = flakyBackend(
          chance,
          () => `v${version}`,
          () => isCalm,
        )
        env.net.plan = (request) => {
          if (isCalm || chance() > 0.15) return undefined
          befallen++
          if (isWatch(request)) return { kind: 'cut', afterBytes: Math.floor(chance() * 20_000) }
          const kinds = [
            { kind: 'refuse' },
            { kind: 'loseReply' },
            { kind: 'delay', ms: 5_000 },
            { kind: 'answer', status: 503, body: 'busy' },
          ] as const
          return kinds[Math.floor(chance() * kinds.length)]
        }
        await world.call('POST', spaces, { metadata: { name: 'web' } })
        await world.call('POST', storePath, {
          apiVersion: 'external-secrets.io/v1',
          kind: 'SecretStore',
          metadata: { name: 'store' },
          spec: { provider: { vault: { server: 'https://vault.test', path: 'kv' } } },
        })
        const operator = startOperator(world, { vault: async () => backend })
        for (const name of objects) {
          await world.call('POST', esPath, {
            apiVersion: 'external-secrets.io/v1',
            kind: 'ExternalSecret',
            metadata: { name },
            spec: {
              refreshInterval: '30s',
              secretStoreRef: { name: 'store' },
              target: targets[name],
              data: [{ secretKey: 'a', remoteRef: { key: 'k' } }],
            },
          })
        }
        const values = async (): Promise<Readonly<Record<string, string>>> => {
          const { json } = await world.call('GET', `${spaces}/web/secrets`)
          const items = json['items'] as readonly Body[]
          return Object.fromEntries(
            items.map(({ metadata, data }) => [
              metadata.name,
              Buffer.from(String(data?.a), 'base64').toString(),
            ]),
          )
        }
        const given = new Set<string>()
        const seen = new Set<string>()
        for (let turn = 0; turn < 40; turn++) {
          given.add(`v${version}`)
          await env.clock.sleep(10_000)
          for (const [name, value] of Object.entries(await values())) {
            seen.add(name)
            expect([...given]).toContain(value)
          }
          for (const name of seen) expect(Object.keys(await values())).toContain(name)
          if (turn % 10 === 9) version++
        }
        expect(befallen).toBeGreaterThan(10)
        isCalm = true
        await env.clock.sleep(30 * 60_000)
        expect(await values()).toEqual(
          Object.fromEntries(objects.map((name) => [name, `v${version}`])),
        )
        const { json } = await world.call('GET', esPath)
        for (const es of json['items'] as readonly Body[]) {
          expect(es['status'].conditions).toMatchObject([
            { status: 'True', reason: 'SecretSynced' },
          ])
        }
        await operator.stop()
        await world.stop()
      })
    },
  )
})
