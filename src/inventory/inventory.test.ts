import { describe, expect, it, test } from 'vitest'
import type { AnyObject } from '#api'
import {
  entryOf,
  guardOf,
  healthOf,
  parseEntry,
  stagesOf,
  unionOf,
  type InventoryEntry,
} from './index.ts'

const object = (kind: string, name: string, extra: object = {}, apiVersion = 'v1'): AnyObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'apps', generation: 2 },
  ...extra,
})

describe('an inventory entry', () => {
  test.each([
    [object('ConfigMap', 'a'), 'apps_a__ConfigMap', 'v1'],
    [object('Deployment', 'web', {}, 'apps/v1'), 'apps_web_apps_Deployment', 'v1'],
    [
      object('Role', 'system:x', {}, 'rbac.authorization.k8s.io/v1'),
      'apps_system__x_rbac.authorization.k8s.io_Role',
      'v1',
    ],
  ])('is written as the peer writes it, and read back: %#', (given, id, v) => {
    const entry = entryOf(given)
    expect(entry).toEqual({ id, v })
    expect(parseEntry(entry)).toMatchObject({
      key: { name: given.metadata.name, namespace: 'apps' },
      kind: given.kind,
    })
  })

  test('of a cluster-scoped object begins with an underscore', () => {
    const entry = entryOf({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } })
    expect(entry.id).toBe('_n__Namespace')
    expect(parseEntry(entry)?.key).toEqual({ name: 'n' })
  })

  test.each(['', '_', '__', 'no-underscores', '___', 'a_b'])(
    'that makes no sense names nothing: %j',
    (id) => {
      expect(parseEntry({ id, v: 'v1' })).toBeUndefined()
    },
  )

  test('of two versions of one object, the newer one stays', () => {
    const a = { id: 'n_x_g_K', v: 'v1' }
    expect(unionOf([a], [{ ...a, v: 'v2' }])).toEqual([{ id: 'n_x_g_K', v: 'v2' }])
  })
})

describe('the prune guard', () => {
  it('still holds a crowd when the inventory has what is new as well', () => {
    const [old, added] = [many(30), many(30, 'Secret')]
    const going = { before: [...old, ...added], after: added, gone: old }
    expect(guardOf({ ...going, wasCrowd: true })?.entries).toHaveLength(30)
    expect(guardOf({ ...going, gone: old.slice(0, 20), wasCrowd: true })).toBeUndefined()
  })

  const many = (count: number, kind = 'ConfigMap'): InventoryEntry[] =>
    Array.from({ length: count }, (_, i) => ({ id: `apps_o${i}__${kind}`, v: 'v1' }))

  test.each([
    ['lets a removed object go', many(3), many(2), many(3).slice(2), false, 0],
    ['holds everything when nothing was rendered', many(3), [], many(3), false, 3],
    ['lets everything go when the author said so', many(3), [], many(3), true, 0],
    ['holds more than half of many', many(50), many(20), many(50).slice(20), false, 30],
    ['lets half of many go', many(50), many(25), many(50).slice(25), false, 0],
    ['lets most of a few go', many(10), many(1), many(10).slice(1), false, 0],
    ['holds namespaces', many(9), many(8), many(1, 'Namespace'), true, 1],
    ['holds volume claims', many(9), many(8), many(1, 'PersistentVolumeClaim'), true, 1],
    ['is quiet when nothing goes', many(3), many(3), [], false, 0],
    ['is not talked out of it by what is new', many(30), many(90, 'Secret'), many(30), false, 30],
  ])('%s', (_, before, after, gone, isDeliberate, held) => {
    expect(guardOf({ before, after, gone, isDeliberate })?.entries.length ?? 0).toBe(held)
  })
})

test('what others need is written first', () => {
  const kinds = [
    'Deployment',
    'ExternalSecret',
    'Namespace',
    'IngressClass',
    'SecretStore',
    'Secret',
    'CustomResourceDefinition',
    'ServiceAccount',
    'ValidatingWebhookConfiguration',
    'Widget',
  ]
  const stages = stagesOf(
    kinds.map((kind) => object(kind, 'x')),
    (item) => item,
  )
  expect(stages.map((waves) => waves.map((wave) => wave.map((item) => item.kind).join()))).toEqual([
    ['CustomResourceDefinition', 'Namespace'],
    ['IngressClass'],
    [
      'ServiceAccount',
      'Secret',
      'SecretStore',
      'ExternalSecret',
      'Deployment',
      'Widget',
      'ValidatingWebhookConfiguration',
    ],
  ])
})

describe('health', () => {
  const conditions = (...list: readonly [string, string][]): object => ({
    conditions: list.map(([type, status]) => ({ type, status })),
  })
  const replicas = { replicas: 2, updatedReplicas: 2, availableReplicas: 2, readyReplicas: 2 }
  test.each([
    ['an object that is not there', null, 'NotFound'],
    ['a ConfigMap', object('ConfigMap', 'a'), 'Current'],
    [
      'a Deployment nobody has looked at',
      object('Deployment', 'a', { spec: { replicas: 2 } }, 'apps/v1'),
      'InProgress',
    ],
    [
      'a Deployment that is complete',
      object(
        'Deployment',
        'a',
        { spec: { replicas: 2 }, status: { observedGeneration: 2, ...replicas } },
        'apps/v1',
      ),
      'Current',
    ],
    [
      'a Deployment whose controller lags',
      object(
        'Deployment',
        'a',
        { spec: { replicas: 2 }, status: { observedGeneration: 1, ...replicas } },
        'apps/v1',
      ),
      'InProgress',
    ],
    [
      'a Job that failed',
      object('Job', 'a', { status: conditions(['Failed', 'True']) }, 'batch/v1'),
      'Failed',
    ],
    ['a Job that runs', object('Job', 'a', { status: {} }, 'batch/v1'), 'InProgress'],
    ['a custom object without conditions', object('Widget', 'a', {}, 'x/v1'), 'Current'],
    [
      'a custom object that is not ready',
      object('Widget', 'a', { status: conditions(['Ready', 'False']) }, 'x/v1'),
      'InProgress',
    ],
    [
      'a stalled object',
      object('Widget', 'a', { status: conditions(['Stalled', 'True']) }, 'x/v1'),
      'Failed',
    ],
    [
      'an ExternalSecret nobody has looked at',
      object('ExternalSecret', 'a', {}, 'external-secrets.io/v1'),
      'InProgress',
    ],
    [
      'an ExternalSecret synced for this generation',
      object(
        'ExternalSecret',
        'a',
        { status: { syncedResourceVersion: '2-abc', ...conditions(['Ready', 'True']) } },
        'external-secrets.io/v1',
      ),
      'Current',
    ],
    [
      'an ExternalSecret synced for an older one',
      object(
        'ExternalSecret',
        'a',
        { status: { syncedResourceVersion: '1-abc', ...conditions(['Ready', 'True']) } },
        'external-secrets.io/v1',
      ),
      'InProgress',
    ],
    [
      'a SealedSecret that was opened',
      object(
        'SealedSecret',
        'a',
        { status: { observedGeneration: 2, ...conditions(['Synced', 'True']) } },
        'bitnami.com/v1alpha1',
      ),
      'Current',
    ],
    [
      'a SealedSecret that was not',
      object(
        'SealedSecret',
        'a',
        { status: { observedGeneration: 2, ...conditions(['Synced', 'False']) } },
        'bitnami.com/v1alpha1',
      ),
      'InProgress',
    ],
  ])('of %s', (_, given, health) => {
    expect(healthOf(given)).toBe(health)
  })
})
