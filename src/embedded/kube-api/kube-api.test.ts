import { simEnv } from '#base/env'
import { describe, expect, it } from 'vitest'
import { createKubeApi } from './index.ts'

const url = 'http://kube-api.test'

describe('the embedded API server', () => {
  it('keeps what is created and tells a watcher of it', async () => {
    const api = createKubeApi({ env: simEnv(1) })
    const watching = await api.handle(
      new Request(`${url}/api/v1/namespaces/default/secrets?watch=true&resourceVersion=0`),
    )
    const created = await api.handle(
      new Request(`${url}/api/v1/namespaces/default/secrets`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ metadata: { name: 'a' }, stringData: { k: 'v' } }),
      }),
    )
    expect(created.status).toBe(201)
    const secret = (await created.json()) as { data: object }
    expect(secret.data).toEqual({ k: 'dg==' })
    const reader = (watching.body as ReadableStream<Uint8Array>).getReader()
    const { value } = await reader.read()
    expect(JSON.parse(new TextDecoder().decode(value))).toEqual({ type: 'ADDED', object: secret })
    api.close()
  })

  it('gives the same answers in every run with the same seed', async () => {
    const run = async (): Promise<string> => {
      const api = createKubeApi({ env: simEnv(7) })
      const made = await api.handle(
        new Request(`${url}/api/v1/namespaces/default/configmaps`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ metadata: { generateName: 'a-' } }),
        }),
      )
      api.close()
      return await made.text()
    }
    expect(await run()).toBe(await run())
  })

  it('treats __proto__ as a key like any other', async () => {
    const api = createKubeApi({ env: simEnv(1) })
    const made = await api.handle(
      new Request(`${url}/api/v1/namespaces/default/configmaps`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"metadata":{"name":"p"},"data":{"constructor":"x","__proto__":"y"}}',
      }),
    )
    expect(await made.text()).not.toContain('[object')
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
    api.close()
  })

  it('deletes what belongs to an owner that is gone, as time goes on', async () => {
    const env = simEnv(1)
    const api = createKubeApi({ env })
    const post = async (body: object): Promise<{ metadata: { uid: string } }> =>
      (await (
        await api.handle(
          new Request(`${url}/api/v1/namespaces/default/configmaps`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }),
        )
      ).json()) as { metadata: { uid: string } }
    const owner = await post({ metadata: { name: 'owner' } })
    const { uid } = owner.metadata
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }
    await post({ metadata: { name: 'child', ownerReferences: [reference] } })
    const at = (name: string): string => `${url}/api/v1/namespaces/default/configmaps/${name}`
    await api.handle(new Request(at('owner'), { method: 'DELETE' }))
    expect((await api.handle(new Request(at('child')))).status).toBe(200)
    await env.clock.advance(100)
    expect((await api.handle(new Request(at('child')))).status).toBe(404)
    api.close()
  })

  it('ends a watch from a version that is no longer known with one error', async () => {
    const api = createKubeApi({ env: simEnv(1) })
    api.compact()
    const answer = await api.handle(
      new Request(`${url}/api/v1/secrets?watch=true&resourceVersion=1`),
    )
    const event = JSON.parse(await answer.text()) as { type: string; object: { code: number } }
    expect([event.type, event.object.code]).toEqual(['ERROR', 410])
    api.close()
  })

  it('lets act as an account who may do this one thing as it, or everything', async () => {
    const rbac = { group: 'rbac.authorization.k8s.io', version: 'rbac.authorization.k8s.io/v1' }
    const rights = (name: string, rules: readonly object[]): readonly object[] => [
      { apiVersion: rbac.version, kind: 'ClusterRole', metadata: { name }, rules },
      {
        apiVersion: rbac.version,
        kind: 'ClusterRoleBinding',
        metadata: { name },
        roleRef: { apiGroup: rbac.group, kind: 'ClusterRole', name },
        subjects: [{ apiGroup: rbac.group, kind: 'User', name }],
      },
    ]
    const crds = [
      ...rights('narrow', [
        {
          apiGroups: [''],
          resources: ['secrets'],
          verbs: ['impersonate-on:serviceaccount:list'],
        },
        {
          apiGroups: ['authentication.k8s.io'],
          resources: ['serviceaccounts'],
          verbs: ['impersonate:serviceaccount'],
        },
      ]),
      ...rights('older', [
        { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] },
      ]),
      ...rights('system:serviceaccount:web:reader', [
        { apiGroups: [''], resources: ['secrets', 'configmaps'], verbs: ['list'] },
      ]),
    ]
    const users = Object.fromEntries(
      ['narrow', 'older', 'nobody'].map((name) => [name, { name, groups: [] }]),
    )
    const api = createKubeApi({ env: simEnv(1), authorization: 'rbac', crds, users })
    const told = async (token: string, plural: string): Promise<string> => {
      const answer = await api.handle(
        new Request(`${url}/api/v1/namespaces/web/${plural}`, {
          headers: {
            authorization: `Bearer ${token}`,
            'impersonate-user': 'system:serviceaccount:web:reader',
          },
        }),
      )
      const { message } = (await answer.json()) as { message?: string }
      return `${answer.status} ${message ?? ''}`
    }
    expect(await told('older', 'secrets')).toBe('200 ')
    expect(await told('older', 'configmaps')).toBe('200 ')
    expect(await told('narrow', 'secrets')).toBe('200 ')
    const refused = (name: string): string =>
      `403 configmaps is forbidden: User "${name}" cannot impersonate-on:serviceaccount:list resource "configmaps" in API group "" in the namespace "web"`
    expect(await told('narrow', 'configmaps')).toBe(refused('narrow'))
    expect(await told('nobody', 'configmaps')).toBe(refused('nobody'))
    api.close()
  })

  it('takes roles by any name that can stand in an address', async () => {
    const api = createKubeApi({ env: simEnv(1) })
    const created = async (name: string): Promise<string> => {
      const role = { metadata: { name }, rules: [] }
      const answer = await api.handle(
        new Request(`${url}/apis/rbac.authorization.k8s.io/v1/clusterroles`, {
          method: 'POST',
          body: JSON.stringify(role),
          headers: { 'content-type': 'application/json' },
        }),
      )
      const { message } = (await answer.json()) as { message?: string }
      return message ?? String(answer.status)
    }
    expect(await created('system:My_Role')).toBe('201')
    expect(await created('a/b')).toBe(
      `ClusterRole.rbac.authorization.k8s.io "a/b" is invalid: metadata.name: Invalid value: "a/b": may not contain '/'`,
    )
    api.close()
  })

  it('lets an impersonated account do only what its roles say', async () => {
    const api = createKubeApi({ env: simEnv(1) })
    const answer = await api.handle(
      new Request(`${url}/api/v1/namespaces/default/secrets`, {
        headers: { 'impersonate-user': 'system:serviceaccount:default:robot' },
      }),
    )
    expect(answer.status).toBe(403)
    api.close()
  })
})
