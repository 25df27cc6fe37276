/** Whole numbers beyond 2^53, which JavaScript's own numbers round. */
import { simEnv } from '#base/env'
import { afterAll, expect, it } from 'vitest'
import { definitionOf, schemaOfSpec } from '../../../../test/fakes/definition.ts'
import { createKubeApi } from '../index.ts'

const past = '9007199254740993'
const definition = definitionOf('Count', {
  schema: schemaOfSpec({
    count: {
      type: 'integer',
      format: 'int64',
      'x-kubernetes-validations': [{ rule: `self == ${past} || self % 2 == 0` }],
    },
    f: { type: 'number', 'x-kubernetes-validations': [{ rule: 'self > 1.5' }] },
    list: { type: 'array', items: { type: 'integer' } },
  }),
})
const api = createKubeApi({ env: simEnv(1), crds: [definition] })
afterAll(() => api.close())

function send(method: string, path: string, type: string, body: string): Promise<Response> {
  const url = `http://any/apis/example.com/v1/counts${path}`
  return api.handle(new Request(url, { method, headers: { 'content-type': type }, body }))
}

const head = '"apiVersion":"example.com/v1","kind":"Count"'
const apply = 'application/apply-patch+yaml'

it.each([
  [
    'server-side apply of JSON',
    'ssa-json',
    apply,
    `{${head},"metadata":{"name":"ssa-json"},"spec":{"count":${past}}}`,
  ],
  [
    'server-side apply of YAML',
    'ssa-yaml',
    apply,
    `apiVersion: example.com/v1\nkind: Count\nmetadata: {name: ssa-yaml}\nspec: {count: ${past}}\n`,
  ],
])('%s keeps every digit', async (_, name, type, body) => {
  const made = await send('PATCH', `/${name}?fieldManager=m`, type, body)
  expect(await made.text()).toContain(`"count":${past}`)
  expect(made.status).toBe(201)
})

it('a body of YAML keeps every digit, in lists and below zero too', async () => {
  const body = `apiVersion: example.com/v1\nkind: Count\nmetadata: {name: yaml}\nspec: {list: [1, -${past}, 0x20000000000001]}\n`
  const made = await send('POST', '', 'application/yaml', body)
  expect(await made.text()).toContain(`"list":[1,-${past},${past}]`)
})

it('a rule sees every digit', async () => {
  const post = (name: string, spec: string): Promise<Response> =>
    send('POST', '', 'application/json', `{${head},"metadata":{"name":"${name}"},"spec":${spec}}`)
  expect((await post('exact', `{"count":${past}}`)).status).toBe(201)
  const odd = await post('odd', '{"count":9007199254740995}')
  expect(odd.status).toBe(422)
  expect(await odd.text()).toContain('failed rule: ')
  expect((await post('fraction', `{"f":${past}}`)).status).toBe(201)
})
