import { parseJson } from '#base'
import { simEnv } from '#base/env'
import { afterAll, expect, it } from 'vitest'
import { definitionOf, schemaOfSpec } from '../../../../test/fakes/definition.ts'
import { createKubeApi } from '../index.ts'
import { extentOf } from './key-count.ts'

const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
const definition = definitionOf('Deep', {
  plural: 'deeps',
  schema: schemaOfSpec({ any: anything }),
})
const api = createKubeApi({ env: simEnv(1), crds: [definition] })
afterAll(() => api.close())

interface Said {
  readonly status: number
  readonly message: string
}

async function send(
  method: string,
  body: string,
  type = 'application/json',
  path = '',
): Promise<Said> {
  const url = `http://any/apis/example.com/v1/deeps${path}`
  const headers = { 'content-type': type }
  const answer = await api.handle(new Request(url, { method, headers, body }))
  const { message = '' } = (await answer.json()) as { message?: string }
  return { status: answer.status, message }
}

const nested = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)
const deep = (name: string, any: string): string =>
  `{"apiVersion":"example.com/v1","kind":"Deep","metadata":{"name":"${name}"},"spec":{"any":${any}}}`

it('keys are counted however deep they stand', () => {
  const text = nested(9_000)
  expect(extentOf(parseJson(text))).toEqual({ keys: 9_000, depth: 9_000 })
})

it('an object nested 990 deep is taken, patched, listed and shown', async () => {
  const any = nested(990)
  const metadata = { managedFields: null }
  const patches: readonly (readonly [string, string])[] = [
    ['merge-patch+json', JSON.stringify({ metadata })],
    ['json-patch+json', `[{"op":"copy","from":"/spec/any","path":"/spec/again"}]`],
    ['apply-patch+yaml', JSON.stringify({ apiVersion: 'example.com/v1', kind: 'Deep' })],
  ]
  expect(await send('POST', deep('taken', any))).toMatchObject({ status: 201 })
  for (const [type, body] of patches) {
    const query = type.startsWith('apply') ? '?fieldManager=me' : ''
    const patched = await send('PATCH', body, `application/${type}`, `/taken${query}`)
    expect(patched).toMatchObject({ status: 200 })
  }
  for (const accept of [
    'application/json',
    'application/yaml',
    'application/json;as=Table;v=v1;g=meta.k8s.io',
  ]) {
    const asked = new Request('http://any/apis/example.com/v1/deeps', { headers: { accept } })
    expect((await api.handle(asked)).status).toBe(200)
  }
})

it.each([9_000, 90_000])('one nested %i deep is refused', async (depth) => {
  const { status, message } = await send('POST', deep(`of-${depth}`, nested(depth)))
  expect(status).toBe(400)
  expect(message).toContain('exceeded max depth')
})

it('a list of YAML nested 9,000 deep is refused', async () => {
  const list = '['.repeat(9_000) + ']'.repeat(9_000)
  const { status, message } = await send('POST', deep('flow', list), 'application/yaml')
  expect(status).toBe(400)
  expect(message).toContain('exceeded max depth')
})

it.each(['merge-patch+json', 'json-patch+json', 'apply-patch+yaml'])(
  'a patch nested 9,000 deep is refused: %s',
  async (type) => {
    await send('POST', deep('patched', '{}'))
    const any = nested(9_000)
    const operations = `[{"op":"add","path":"/spec/any","value":${any}}]`
    const body = type.startsWith('json') ? operations : deep('patched', any)
    const query = type.startsWith('apply') ? '?fieldManager=me' : ''
    const { status } = await send('PATCH', body, `application/${type}`, `/patched${query}`)
    expect(status).toBe(400)
  },
)
