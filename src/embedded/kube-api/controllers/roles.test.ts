import { simEnv } from '#base/env'
import { expect, it } from 'vitest'
import { createKubeApi } from '../index.ts'

const url = 'http://any/apis/rbac.authorization.k8s.io/v1/clusterroles'

interface Role {
  readonly metadata: { readonly resourceVersion: string }
  readonly rules: readonly { readonly verbs: readonly string[] }[]
}

it('roles that gather each other come to rest', async () => {
  const env = simEnv(1)
  const api = createKubeApi({ env })
  const pair = ['left', 'right']
  for (const [i, name] of pair.entries()) {
    const body = JSON.stringify({
      metadata: { name, labels: { side: name } },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { side: pair[1 - i] } }] },
      rules: [{ verbs: [`see-${name}`], apiGroups: [''], resources: ['pods'] }],
    })
    const headers = { 'content-type': 'application/json' }
    const made = await api.handle(new Request(url, { method: 'POST', headers, body }))
    expect(made.status).toBe(201)
  }
  const held = async (): Promise<Role[]> => {
    const all = pair.map(async (name) => await api.handle(new Request(`${url}/${name}`)))
    return (await Promise.all((await Promise.all(all)).map((one) => one.json()))) as Role[]
  }
  await env.clock.advance(1000)
  const settled = await held()
  expect(settled.map(({ rules }) => rules[0]?.verbs)).toEqual([['see-right'], ['see-right']])
  await env.clock.advance(1000)
  expect(await held()).toEqual(settled)
  api.close()
})
