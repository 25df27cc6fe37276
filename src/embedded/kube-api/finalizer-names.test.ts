/** What real controllers call their finalizers. Flux's could not start when custom kinds were refused theirs. */
import { afterAll, expect, it } from 'vitest'
import { realEnv } from '#base/env'
import { definitionOf } from '../../../test/fakes/definition.ts'
import { createKubeApi } from './kube-api.ts'

const definition = definitionOf('Widget')
const api = createKubeApi({ env: realEnv(), crds: [definition] })
afterAll(() => api.close())

async function create(finalizer: string): Promise<number> {
  const body = JSON.stringify({
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { generateName: 'one-', finalizers: [finalizer] },
  })
  const url = 'http://any/apis/example.com/v1/widgets'
  const headers = { 'content-type': 'application/json' }
  return (await api.handle(new Request(url, { method: 'POST', headers, body }))).status
}

it.each(['finalizers.fluxcd.io', 'example.com/hold'])(
  'an object of a custom kind may be held by %s',
  async (finalizer) => {
    expect(await create(finalizer)).toBe(201)
  },
)
