import { simEnv } from '#base/env'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { createKubeApi } from '../index.ts'

const env = simEnv(1)
const api = createKubeApi({ env })
afterAll(() => api.close())
const namespaces = 'http://any/api/v1/namespaces'

interface Namespace {
  readonly message?: string
  readonly metadata: Readonly<Record<string, unknown>> & { readonly resourceVersion: string }
  readonly spec: { readonly finalizers?: readonly string[] }
}

async function send(method: string, path: string, body?: object): Promise<[number, Namespace]> {
  const init =
    body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const answer = await api.handle(new Request(namespaces + path, { method, ...init }))
  return [answer.status, (await answer.json()) as Namespace]
}

let name = ''
let made = 0
let held: Namespace
beforeEach(async () => {
  name = `held-${++made}`
  const spec = { finalizers: ['example.com/hold'] }
  const [status, created] = await send('POST', '', { metadata: { name }, spec })
  expect(status).toBe(201)
  held = created
})

const finalize = (body: object, query = ''): Promise<[number, Namespace]> =>
  send('PUT', `/${name}/finalize${query}`, body)

it('what holds a namespace is what was said last', async () => {
  const [status, answer] = await finalize({ ...held, spec: { finalizers: ['kubernetes'] } })
  expect([status, answer.spec.finalizers]).toEqual([200, ['kubernetes']])
  expect((await send('GET', `/${name}`))[1]).toEqual(answer)
})

it('a rehearsal changes nothing', async () => {
  const [status, answer] = await finalize({ ...held, spec: {} }, '?dryRun=All')
  expect([status, answer.spec.finalizers]).toEqual([200, undefined])
  expect((await send('GET', `/${name}`))[1]).toEqual(held)
})

it('a rehearsal does not let a leaving namespace go', async () => {
  await send('DELETE', `/${name}`)
  const [, leaving] = await send('GET', `/${name}`)
  expect((await finalize({ ...leaving, spec: {} }, '?dryRun=All'))[0]).toBe(200)
  expect(await send('GET', `/${name}`)).toEqual([200, leaving])
})

it('who has not seen the newest is told so', async () => {
  const labels = { said: 'meanwhile', 'kubernetes.io/metadata.name': name }
  const newer = { ...held, metadata: { ...held.metadata, labels } }
  expect((await send('PUT', `/${name}`, newer))[0]).toBe(200)
  const [status, { message }] = await finalize({ ...held, spec: {} })
  expect([status, message]).toEqual([
    409,
    `Operation cannot be fulfilled on namespaces "${name}": the object has been modified; please apply your changes to the latest version and try again`,
  ])
  const [, now] = await send('GET', `/${name}`)
  expect(now.spec.finalizers).toEqual(['example.com/hold', 'kubernetes'])
})

it('another namespace of the same name is not let go', async () => {
  const metadata = { ...held.metadata, uid: 'b1946ac9-0000-4000-8000-000000000000' }
  expect((await finalize({ ...held, metadata, spec: {} }))[0]).toBe(409)
  expect((await send('GET', `/${name}`))[1]).toEqual(held)
})

it('what is no name of a finalizer is refused', async () => {
  const [status, { message }] = await finalize({ ...held, spec: { finalizers: ['mine'] } })
  expect(status).toBe(422)
  expect(message).toContain('name is neither a standard finalizer name nor is it fully qualified')
})

it('a leaving namespace goes when nothing holds it any more', async () => {
  await send('DELETE', `/${name}`)
  const [, leaving] = await send('GET', `/${name}`)
  expect((await finalize({ ...leaving, spec: {} }))[0]).toBe(200)
  expect((await send('GET', `/${name}`))[0]).toBe(404)
})
