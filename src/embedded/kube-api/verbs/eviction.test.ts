import { simEnv } from '#base/env'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKubeApi, type KubeApi } from '../index.ts'

interface Told {
  readonly code: number
  readonly message?: string
  readonly details?: { readonly causes?: readonly { readonly message: string }[] }
  readonly metadata: {
    readonly resourceVersion: string
    readonly managedFields?: readonly { readonly manager: string; readonly subresource?: string }[]
  }
  readonly spec: { readonly nodeName?: string }
  readonly status: Readonly<Record<string, unknown>>
}

let api: KubeApi
beforeEach(() => {
  api = createKubeApi({ env: simEnv(1) })
})
afterEach(() => api.close())

async function send(method: string, path: string, body?: object): Promise<Told> {
  const headers = { 'content-type': 'application/json' }
  const sent = body === undefined ? {} : { headers, body: JSON.stringify(body) }
  const answer = await api.handle(new Request(`http://any/${path}`, { method, ...sent }))
  return { ...((await answer.json()) as Told), code: answer.status }
}

const pods = 'api/v1/namespaces/default/pods'
const budgets = 'apis/policy/v1/namespaces/default/poddisruptionbudgets'

async function pod(name: string, ready: 'True' | 'False' = 'True'): Promise<Told> {
  const spec = { containers: [{ name: 'c', image: 'a:1' }] }
  const metadata = { name, labels: { app: 'web' } }
  const made = await send('POST', pods, { apiVersion: 'v1', kind: 'Pod', metadata, spec })
  const conditions = [{ type: 'Ready', status: ready }]
  const status = { phase: 'Running', conditions }
  return await send('PUT', `${pods}/${name}/status`, { ...made, status })
}

async function budget(status: object, spec: object = {}): Promise<void> {
  const selector = { matchLabels: { app: 'web' } }
  const made = await send('POST', budgets, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web' },
    spec: { minAvailable: 2, selector, ...spec },
  })
  const counts = { observedGeneration: 1, expectedPods: 3, desiredHealthy: 2, currentHealthy: 2 }
  const full = { ...made, status: { ...counts, disruptionsAllowed: 0, ...status } }
  expect(await send('PUT', `${budgets}/web/status`, full)).toMatchObject({ code: 200 })
}

async function evict(
  name: string,
  query = '',
  more: object = {},
  meta: object = {},
): Promise<Told> {
  const metadata = { name, ...meta }
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata, ...more }
  return await send('POST', `${pods}/${name}/eviction${query}`, body)
}

const isThere = async (name: string): Promise<boolean> =>
  (await send('GET', `${pods}/${name}`)).code === 200

describe('a disruption budget', () => {
  beforeEach(async () => {
    await pod('one')
    await pod('two')
  })

  it('is spent by the eviction it allows, so that the next is refused', async () => {
    await budget({ disruptionsAllowed: 1, currentHealthy: 3 })
    expect(await evict('one')).toMatchObject({ code: 201 })
    const { status, metadata } = await send('GET', `${budgets}/web`)
    expect(status).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { one: expect.any(String) },
      conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' }],
    })
    const own = { manager: 'kube-apiserver', subresource: 'status' }
    expect(metadata.managedFields).toContainEqual(expect.objectContaining(own))
    expect(await evict('two')).toMatchObject({ code: 429 })
    expect(await isThere('two')).toBe(true)
  })

  it.each([
    ['the query', '?dryRun=All', {}],
    ['the options of the deletion', '', { deleteOptions: { dryRun: ['All'] } }],
  ])('is not spent by an eviction that is only tried, as %s say', async (_, query, more) => {
    await budget({ disruptionsAllowed: 1, currentHealthy: 3 })
    expect(await evict('one', query, more)).toMatchObject({ code: 201 })
    expect(await isThere('one')).toBe(true)
    const { status } = await send('GET', `${budgets}/web`)
    expect(status).toMatchObject({ disruptionsAllowed: 1 })
    expect(status).not.toHaveProperty('disruptedPods')
  })

  it('keeps the Pods it heard of before, and says nothing while some are left', async () => {
    await budget({
      disruptionsAllowed: 2,
      currentHealthy: 4,
      disruptedPods: { old: '2026-01-01T00:00:00Z' },
    })
    expect(await evict('one')).toMatchObject({ code: 201 })
    const { status } = await send('GET', `${budgets}/web`)
    expect(Object.keys(status['disruptedPods'] as object)).toEqual(['old', 'one'])
    expect(status).not.toHaveProperty('conditions')
  })

  it.each([
    [{}, 'needs 2 healthy pods and has 2 currently'],
    [{ currentHealthy: 3 }, 'does not allow evicting pods currently'],
    [
      { conditions: [none('SyncFailed', 'no controller')] },
      'does not allow evicting pods currently because it failed sync: no controller',
    ],
    [
      { currentHealthy: 3, conditions: [none('Paused', 'by hand')] },
      'does not allow evicting pods currently (Paused): by hand',
    ],
  ])('says why nothing is left: %j', async (status, why) => {
    await budget(status)
    const { details } = await evict('one')
    expect(details?.causes?.[0]?.message).toBe(`The disruption budget web ${why}`)
  })
})

function none(reason: string, message: string): object {
  const lastTransitionTime = '2026-01-01T00:00:00Z'
  return { type: 'DisruptionAllowed', status: 'False', reason, message, lastTransitionTime }
}

describe('a Pod that runs and is not ready', () => {
  beforeEach(() => pod('sick', 'False'))

  it.each([
    ['goes while enough others are healthy', {}, {}, 201],
    ['stays while too few are healthy', { currentHealthy: 1 }, {}, 429],
    ['stays while nothing is desired yet', { desiredHealthy: 0, currentHealthy: 0 }, {}, 429],
    [
      'always goes when the budget says so',
      { currentHealthy: 1 },
      { unhealthyPodEvictionPolicy: 'AlwaysAllow' },
      201,
    ],
  ])('%s', async (_, status, spec, code) => {
    await budget(status, spec)
    expect(await evict('sick')).toMatchObject({ code })
    expect(await isThere('sick')).toBe(code === 429)
  })
})

describe('an eviction', () => {
  beforeEach(() => pod('one'))

  it('of a Pod in another namespace than the path says is refused', async () => {
    const told = await evict('one', '', {}, { namespace: 'kube-system' })
    expect(told).toMatchObject({ code: 400 })
    expect(told.message).toContain('does not match the namespace sent on the request')
    expect(await isThere('one')).toBe(true)
  })

  it('with options that nobody knows is refused and deletes nothing', async () => {
    const told = await evict('one', '?dryRun=bogus')
    expect(told).toMatchObject({ code: 422 })
    expect(told.message).toContain('dryRun: Unsupported value')
    expect(await isThere('one')).toBe(true)
  })

  it('with two opinions on trying only is refused', async () => {
    const told = await evict('one', '?dryRun=All', { deleteOptions: { dryRun: ['Some'] } })
    expect(told.message).toBe(
      'Non-matching dry-run options in request and content: [All] and [Some]',
    )
    expect(await isThere('one')).toBe(true)
  })

  it.each([
    ['resourceVersion', 'ResourceVersion'],
    ['uid', 'UID'],
  ])('of a Pod of another %s than was seen is a conflict', async (field, name) => {
    const preconditions = { [field]: '1' }
    const told = await evict('one', '', { deleteOptions: { preconditions } })
    expect(told).toMatchObject({ code: 409 })
    expect(told.message).toContain(`the ${name} in the precondition (1) does not match`)
    const { status } = await send('GET', `${pods}/one`)
    expect(status['conditions']).toHaveLength(1)
  })

  it('of the Pod that was seen is done', async () => {
    const { metadata } = await send('GET', `${pods}/one`)
    const preconditions = { resourceVersion: metadata.resourceVersion }
    expect(await evict('one', '', { deleteOptions: { preconditions } })).toMatchObject({
      code: 201,
    })
    expect(await isThere('one')).toBe(false)
  })

  it('tells a Pod that is still held why it goes', async () => {
    const made = await send('GET', `${pods}/one`)
    const metadata = { ...made.metadata, finalizers: ['example.com/held'] }
    await send('PUT', `${pods}/one`, { ...made, metadata })
    expect(await evict('one')).toMatchObject({ code: 201 })
    const { status } = await send('GET', `${pods}/one`)
    expect(status['conditions']).toMatchObject([
      { type: 'Ready' },
      { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' },
    ])
  })
})

describe('a binding', () => {
  beforeEach(() => pod('one'))

  const bind = (query: string, metadata: object): Promise<Told> =>
    send('POST', `${pods}/one/binding${query}`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'one', ...metadata },
      target: { kind: 'Node', name: 'node-1' },
    })

  it.each([
    ['of another namespace', '', { namespace: 'kube-system' }, 400],
    ['with options that nobody knows', '?dryRun=bogus', {}, 422],
    ['of a Pod of another uid', '', { uid: 'other' }, 409],
    ['that is only tried', '?dryRun=All', {}, 201],
  ])('%s leaves the Pod without a node', async (_, query, metadata, code) => {
    expect(await bind(query, metadata)).toMatchObject({ code })
    const { spec } = await send('GET', `${pods}/one`)
    expect(spec.nodeName).toBeUndefined()
  })

  it('gives the Pod its node', async () => {
    expect(await bind('', { namespace: 'default' })).toMatchObject({ code: 201 })
    const { spec } = await send('GET', `${pods}/one`)
    expect(spec.nodeName).toBe('node-1')
  })
})
