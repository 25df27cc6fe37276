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
})
