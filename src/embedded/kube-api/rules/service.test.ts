import { simEnv } from '#base/env'
import { expect, it } from 'vitest'
import { createKubeApi } from '../index.ts'

const url = 'http://any/api/v1/namespaces/default/services'

interface Service {
  readonly spec: { readonly ports: readonly { readonly nodePort: number }[] }
}

it('no two Services are given the same port of the nodes', async () => {
  const api = createKubeApi({ env: simEnv(1) })
  const given: number[] = []
  const create = async (name: string, ports: readonly object[]): Promise<void> => {
    const body = JSON.stringify({ metadata: { name }, spec: { type: 'NodePort', ports } })
    const headers = { 'content-type': 'application/json' }
    const made = await api.handle(new Request(url, { method: 'POST', headers, body }))
    expect(made.status).toBe(201)
    const { spec } = (await made.json()) as Service
    given.push(...spec.ports.map(({ nodePort }) => nodePort))
  }
  await create('two', [
    { name: 'a', port: 80 },
    { name: 'b', port: 81 },
  ])
  await create('one', [{ name: 'a', port: 80 }])
  const next = Math.max(...given) + 1
  await create('own', [
    { name: 'a', port: 80 },
    { name: 'b', port: 81, nodePort: next },
    { name: 'c', port: 82 },
  ])
  expect(new Set(given).size).toBe(6)
  expect(given[4]).toBe(next)
  expect(given.every((port) => port >= 30_000 && port < 32_768)).toBe(true)
  api.close()
})
