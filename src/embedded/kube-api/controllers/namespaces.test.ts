import { simEnv } from '#base/env'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKubeApi, type KubeApi } from '../index.ts'

const namespaces = 'http://any/api/v1/namespaces'

interface Namespace {
  readonly metadata: Readonly<Record<string, unknown>>
  readonly spec: { readonly finalizers?: readonly string[] }
  readonly status: {
    readonly phase: string
    readonly conditions?: readonly { type: string; status: string; reason: string }[]
  }
}

let env = simEnv(1)
let api: KubeApi
beforeEach(() => {
  env = simEnv(1)
  api = createKubeApi({ env })
})
afterEach(() => api.close())

async function send(
  method: string,
  path: string,
  body?: object,
  type = 'application/json',
): Promise<[number, Namespace]> {
  const init =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': type } }
  const answer = await api.handle(new Request(namespaces + path, { method, ...init }))
  return [answer.status, (await answer.json()) as Namespace]
}

const merge = (path: string, patch: object): Promise<[number, Namespace]> =>
  send('PATCH', path, patch, 'application/merge-patch+json')

/** Makes the namespace, with something in it, and asks for it to go. */
async function leave(own: object, query = ''): Promise<void> {
  expect((await send('POST', '', own))[0]).toBe(201)
  await send('POST', '/web/configmaps', { metadata: { name: 'inside' } })
  expect((await send('DELETE', `/web${query}`))[0]).toBe(200)
  await env.clock.advance(100)
}

const hold = 'example.com/hold'

describe('a namespace that is to go', () => {
  it('goes when it is empty', async () => {
    await leave({ metadata: { name: 'web' } })
    expect((await send('GET', '/web'))[0]).toBe(404)
  })

  it.each(['Foreground', 'Background', 'Orphan'])('is emptied before it goes: %s', async (way) => {
    const mine = { metadata: { name: 'web' } }
    await send('POST', '', mine)
    await send('POST', '/web/configmaps', { metadata: { name: 'inside', finalizers: [hold] } })
    await send('DELETE', `/web?propagationPolicy=${way}`)
    await env.clock.advance(100)
    expect((await send('GET', '/web'))[1].status.phase).toBe('Terminating')
    expect((await send('GET', '/web/configmaps/inside'))[0]).toBe(200)
    await merge('/web/configmaps/inside', { metadata: { finalizers: null } })
    await env.clock.advance(100)
    expect((await send('GET', '/web'))[0]).toBe(404)
  })

  it('stays while a finalizer of its own holds it, emptied', async () => {
    await leave({ metadata: { name: 'web', finalizers: [hold] } })
    const [status, left] = await send('GET', '/web')
    expect([status, left.spec, left.status.phase]).toEqual([200, {}, 'Terminating'])
    expect((await send('GET', '/web/configmaps/inside'))[0]).toBe(404)
    expect(left.status.conditions?.map((one) => `${one.type} ${one.status} ${one.reason}`)).toEqual(
      [
        'NamespaceDeletionDiscoveryFailure False ResourcesDiscovered',
        'NamespaceDeletionGroupVersionParsingFailure False ParsedGroupVersions',
        'NamespaceDeletionContentFailure False ContentDeleted',
        'NamespaceContentRemaining False ContentRemoved',
        'NamespaceFinalizersRemaining False ContentHasNoFinalizers',
      ],
    )
    await merge('/web', { metadata: { finalizers: null } })
    expect((await send('GET', '/web'))[0]).toBe(404)
  })

  it('stays while somebody else holds it in its spec', async () => {
    await leave({ metadata: { name: 'web' }, spec: { finalizers: [hold] } })
    const [, left] = await send('GET', '/web')
    expect(left.spec.finalizers).toEqual([hold])
    const before = api.revision()
    await env.clock.advance(1_000)
    expect(api.revision()).toBe(before)
    expect((await send('PUT', '/web/finalize', { ...left, spec: {} }))[0]).toBe(200)
    expect((await send('GET', '/web'))[0]).toBe(404)
  })
})
