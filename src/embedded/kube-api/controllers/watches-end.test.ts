/** When a watch of a custom kind ends: as a kube-apiserver 1.36.1 was seen to do. */
import { simEnv } from '#base/env'
import { textOf } from '#base'
import { expect, it } from 'vitest'
import { createKubeApi, type KubeApi } from '../kube-api.ts'
import { get } from '../object.ts'

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const things = '/apis/end.test/v1/things'

function definition(schema: object): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.end.test' },
    spec: {
      group: 'end.test',
      scope: 'Cluster',
      names: { plural: 'things', kind: 'Thing' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  }
}

async function send(api: KubeApi, method: string, path: string, body?: object): Promise<unknown> {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  const request = new Request(`http://any${path}`, {
    method,
    headers: { 'content-type': type },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return (await api.handle(request)).json()
}

interface Watch {
  readonly text: () => string
  readonly hasEnded: () => boolean
}

async function watch(api: KubeApi, query: string): Promise<Watch> {
  const answer = await api.handle(new Request(`http://any${things}?watch=1${query}`))
  let text = ''
  let ended = false
  void (async () => {
    for await (const part of answer.body ?? []) text += textOf(part)
    ended = true
  })()
  return { text: () => text, hasEnded: () => ended }
}

it.each([
  ['its definition changes', 'PATCH', { spec: { versions: [] as object[] } }, true],
  ['its definition goes', 'DELETE', undefined, true],
  ['its definition is labelled', 'PATCH', { metadata: { labels: { a: 'b' } } }, false],
])('of a custom kind when %s, a second later', async (_, method, change, ends) => {
  const env = simEnv(1)
  const api = createKubeApi({ env, crds: [definition({ type: 'object' })] })
  const changed = definition({ type: 'object', description: 'changed' }) as {
    spec: { versions: object[] }
  }
  if (change !== undefined && 'spec' in change) change.spec = changed.spec
  const made = { apiVersion: 'end.test/v1', kind: 'Thing', metadata: { name: 'one' } }
  const version = String(get(await send(api, 'POST', things, made), 'metadata', 'resourceVersion'))
  const open = await watch(api, `&resourceVersion=${version}`)
  await send(api, method, `${definitions}/things.end.test`, change)
  await env.clock.advance(900)
  expect(open.hasEnded()).toBe(false)
  await env.clock.advance(200)
  expect(open.hasEnded()).toBe(ends)
  api.close()
})

it('and from a version before that it cannot be gone on with', async () => {
  const env = simEnv(1)
  const api = createKubeApi({ env, crds: [definition({ type: 'object' })] })
  const made = { apiVersion: 'end.test/v1', kind: 'Thing', metadata: { name: 'one' } }
  const version = String(get(await send(api, 'POST', things, made), 'metadata', 'resourceVersion'))
  const next = definition({ type: 'object', description: 'changed' })
  await send(api, 'PATCH', `${definitions}/things.end.test`, next)
  await env.clock.advance(1100)
  const late = await watch(api, `&resourceVersion=${version}`)
  await env.clock.advance(10)
  expect(late.text()).toContain('"code":410')
  const newest = get(await send(api, 'GET', things), 'metadata', 'resourceVersion')
  const goesOn = await watch(api, `&resourceVersion=${String(newest)}`)
  await env.clock.advance(10)
  expect(goesOn.text()).toBe('')
  expect(goesOn.hasEnded()).toBe(false)
  api.close()
})
