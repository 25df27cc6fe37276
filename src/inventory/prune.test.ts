import { expect, it } from 'vitest'
import { Fault } from '#base'
import type { Client, MetadataOnly } from '#kube'
import { ownerLabels, prune, type InventoryEntry } from './index.ts'

const sync = { namespace: 'apps', name: 'app' }
const entry = (name: string): InventoryEntry => ({ id: `apps_${name}__ConfigMap`, v: 'v1' })

it('what may not be looked at is neither deleted nor taken for gone', async () => {
  const deleted: string[] = []
  const client = {
    getMetadata: (_: unknown, { name }: { name: string }): Promise<MetadataOnly | null> => {
      if (name === 'hidden') return Promise.reject(new Fault('Forbidden', 'may not get it'))
      if (name === 'gone') return Promise.resolve(null)
      const metadata = { name, uid: name, resourceVersion: '1', labels: ownerLabels(sync) }
      return Promise.resolve({ apiVersion: 'v1', kind: 'ConfigMap', metadata } as MetadataOnly)
    },
    delete: (_: unknown, { name }: { name: string }): Promise<boolean> => {
      deleted.push(name)
      return Promise.resolve(true)
    },
    resourceOf: (): Promise<object> => Promise.resolve({ kind: 'ConfigMap', namespaced: true }),
  } as unknown as Client
  const { signal } = new AbortController()
  const entries = [entry('hidden'), entry('gone'), entry('there')]
  const result = await prune(entries, { discovery: client, client, sync, signal })
  expect(deleted).toEqual(['there'])
  expect(result.failed).toMatchObject([{ entry: entry('hidden'), fault: { reason: 'Forbidden' } }])
})

it('a kind that cannot be asked for is not taken for one without objects', async () => {
  const broken = new Fault('Unavailable', 'the group is not answering')
  const client = { resourceOf: () => Promise.reject(broken) } as unknown as Client
  const { signal } = new AbortController()
  const result = await prune([entry('a')], { discovery: client, client, sync, signal })
  expect(result).toMatchObject({ deleted: [], failed: [{ entry: entry('a'), fault: broken }] })
})
