/** Bodies that no client of good manners sends: each has an answer, and none of them is "Internal error". */
import { simEnv } from '#base/env'
import { afterAll, expect, it } from 'vitest'
import { definitionOf, schemaOfSpec } from '../../../test/fakes/definition.ts'
import { createKubeApi } from './index.ts'

const rule = (text: string): object => ({ 'x-kubernetes-validations': [{ rule: text }] })
const definition = definitionOf('Oddity', {
  plural: 'oddities',
  schema: schemaOfSpec(
    {
      calm: { type: 'string' },
      wait: { type: 'string', format: 'duration', ...rule("self >= duration('48h')") },
      at: { type: 'string', format: 'date-time', ...rule('self.getFullYear() < 2000') },
    },
    rule("!has(self.calm) || self.calm != 'no'"),
  ),
})
const api = createKubeApi({ env: simEnv(1), crds: [definition] })
afterAll(() => api.close())

interface Answer {
  readonly status: number
  readonly message: string
}

async function send(method: string, path: string, type: string, body: string): Promise<Answer> {
  const headers = { 'content-type': type }
  const answer = await api.handle(new Request(`http://any${path}`, { method, headers, body }))
  const said = (await answer.json()) as { message?: string }
  return { status: answer.status, message: said.message ?? '' }
}

const oddities = '/apis/example.com/v1/oddities'
const head = { apiVersion: 'example.com/v1', kind: 'Oddity' }

function odd(spec: object): Promise<Answer> {
  const metadata = { generateName: 'odd-' }
  return send('POST', oddities, 'application/json', JSON.stringify({ ...head, metadata, spec }))
}

it.each([
  ['wait', '3d', 201],
  ['wait', '2 days', 201],
  ['wait', '1 week', 201],
  ['wait', '48h0m', 201],
  ['wait', '1d', 422],
  ['at', '0000-01-01T00:00:00Z', 201],
  ['at', '1999-12-31T23:59:59.123456789+00:00', 201],
  ['at', '1999-12-31T23:00:00-02:00', 422],
  ['at', '2020-01-01T00:00:00Z', 422],
])('a rule reads what the format of its field takes: %s %s', async (name, text, status) => {
  expect(await odd({ [name]: text })).toMatchObject({ status })
})

it.each(['1990-01-01T00:00:00+99:99', '1990-01-01T00:00:00x5Z', '1990-01-01t00:00:00z'])(
  'what the format takes and no clock can read is told as a fault of the rule: %s',
  async (text) => {
    const { status, message } = await odd({ at: text })
    expect(status).toBe(422)
    expect(message).toContain(`Invalid date-time formatted string ${text}`)
  },
)

it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
  'a Secret may be of type %s',
  async (type) => {
    const body = JSON.stringify({
      metadata: { name: `of-${type.toLowerCase()}`.replaceAll('_', 'x') },
      type,
    })
    const path = '/api/v1/namespaces/default/secrets'
    expect(await send('POST', path, 'application/json', body)).toMatchObject({ status: 201 })
  },
)

const maps = '/api/v1/namespaces/default/configmaps'
const decoding = 'error decoding patch: json: cannot unmarshal'
const rejected = 'the server rejected our request due to an error in our request'

it.each([
  ['[null]', '', 422, rejected],
  ['[{"op":"add"}]', '', 422, rejected],
  ['[{"op":null,"path":"/data"}]', '', 422, rejected],
  ['[{"op":"copy","path":"/data"}]', '', 422, rejected],
  ['[{"op":"move","path":"/data"}]', '', 422, rejected],
  ['[5]', '', 400, `${decoding} number into Go value of type handlers.jsonPatchOp`],
  [
    '[{"op":"add","path":5}]',
    '',
    400,
    `${decoding} number into Go struct field jsonPatchOp.path of type string`,
  ],
  [
    '[{"op":true,"path":"/a"}]',
    '',
    400,
    `${decoding} bool into Go struct field jsonPatchOp.op of type string`,
  ],
  ['[{"op":"add","path":5}]', '?fieldValidation=Ignore', 422, rejected],
  ['[{"op":"copy","path":"/data","from":{}}]', '?fieldValidation=Ignore', 422, rejected],
])('the JSON patch %s%s is refused', async (body, query, status, message) => {
  await send('POST', maps, 'application/json', '{"metadata":{"name":"patched"}}')
  const type = 'application/json-patch+json'
  expect(await send('PATCH', `${maps}/patched${query}`, type, body)).toEqual({ status, message })
})

it.each(['{"apiVersion":null}', '{"kind":null}', '{"apiVersion":5}', '{"kind":{}}'])(
  'the merge patch %s of an object of a custom kind is refused',
  async (body) => {
    const made = JSON.stringify({ ...head, metadata: { name: 'merged' } })
    await send('POST', oddities, 'application/json', made)
    const type = 'application/merge-patch+json'
    const { status } = await send('PATCH', `${oddities}/merged`, type, body)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
  },
)
