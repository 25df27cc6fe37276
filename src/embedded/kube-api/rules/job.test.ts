import { simEnv } from '#base/env'
import { expect, it } from 'vitest'
import { createKubeApi } from '../index.ts'

const jobs = 'http://kube-api.test/apis/batch/v1/namespaces/default/jobs'

it.each([
  ['completions', { completions: 3 }, 422],
  ['completionMode', { completionMode: 'Indexed' }, 422],
  ['template', { template: { spec: { containers: [{ name: 'c', image: 'a:2' }] } } }, 422],
  ['parallelism', { parallelism: 3, backoffLimit: 1, suspend: true }, 200],
])('what a Job was made for stays: %s', async (name, spec, status) => {
  const api = createKubeApi({ env: simEnv(1) })
  const send = (method: string, path: string, type: string, body: object): Promise<Response> =>
    api.handle(
      new Request(jobs + path, {
        method,
        headers: { 'content-type': type },
        body: JSON.stringify(body),
      }),
    )
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'a:1' }] } }
  const made = await send('POST', '', 'application/json', {
    metadata: { name: 'm' },
    spec: { template },
  })
  expect(made.status).toBe(201)
  const type = 'application/strategic-merge-patch+json'
  const changed = await send('PATCH', '/m', type, { spec })
  expect(changed.status).toBe(status)
  if (status === 422) expect(await changed.text()).toContain(`spec.${name}: Invalid value: `)
  api.close()
})
