import { expect, it } from 'vitest'
import { keyText, type ExternalSecret, type ObjectMeta } from '#api'
import { Fault } from '#base'
import type { SecretMetadata } from '#runtime'
import { havingTargets } from './census.ts'
import { dataHashAnnotation } from './names.ts'

const signal = new AbortController().signal
const made: ObjectMeta = { name: 'x', annotations: { [dataHashAnnotation]: 'h' } }

function externalSecret(name: string): ExternalSecret {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { namespace: 'web', name, uid: name },
    spec: {},
  }
}

/** What the cache shows, and what the server has, by name. */
function world(
  cached: Readonly<Record<string, ObjectMeta>>,
  live: Readonly<Record<string, ObjectMeta>>,
) {
  const asked: string[] = []
  const deps: Parameters<typeof havingTargets>[1] = {
    targets: {
      get: ({ name }) => {
        const metadata = cached[name]
        return metadata === undefined ? undefined : ({ metadata } as SecretMetadata)
      },
    },
    client: {
      getMetadata: async (_resource, key) => {
        asked.push(keyText(key))
        const metadata = live[key.name]
        return metadata === undefined ? null : { apiVersion: 'v1', kind: 'Secret', metadata }
      },
    },
  }
  return { asked, deps }
}

// Found by simulation: an operator that started on a list of Secrets from a replica that lagged took
// eighteen references for three, no crowd, and deleted what an emptied store no longer had.
it('a crowd does not look small to a cache that was filled from a replica that lags', async () => {
  const { asked, deps } = world({ a: made }, { a: made, b: made, c: { name: 'c' } })
  const all = ['a', 'b', 'c', 'd'].map(externalSecret)
  const having = await havingTargets(all, deps, signal)
  expect(having.map(({ metadata }) => metadata.name)).toEqual(['a', 'b'])
  expect(asked).toEqual(['web/b', 'web/c', 'web/d'])
})

it('who has something to lose is not known while the server cannot be asked', async () => {
  const { deps } = world({}, {})
  const getMetadata = (): Promise<never> => Promise.reject(new Fault('Unavailable', 'down'))
  const asking = havingTargets([externalSecret('a')], { ...deps, client: { getMetadata } }, signal)
  await expect(asking).rejects.toMatchObject({ reason: 'Unavailable' })
})
