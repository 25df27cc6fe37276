/** Servers that begin with our definitions do not judge them; here they come as clients send them. */
import { readdirSync, readFileSync } from 'node:fs'
import { realEnv, silentLog } from '#base/env'
import { createKubeApi } from '#embedded/kube-api'
import { expect, it } from 'vitest'

const folder = new URL('../crds/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.includes('_'))
const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions?fieldValidation=Strict'

it.for(files)('the API server takes crds/%s without a word', async (file, { onTestFinished }) => {
  const api = createKubeApi({ env: realEnv({ log: silentLog }) })
  onTestFinished(() => api.close())
  const answer = await api.handle(
    new Request(`http://in-process${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/yaml' },
      body: readFileSync(new URL(file, folder)),
    }),
  )
  expect(await answer.text()).not.toContain('"Failure"')
  expect(answer.status).toBe(201)
  expect(answer.headers.get('warning')).toBeNull()
})
