import { simEnv } from '#base/env'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { createKubeApi } from '../index.ts'

const api = createKubeApi({ env: simEnv(1) })
afterAll(() => api.close())
const deployments = 'http://any/apis/apps/v1/namespaces/default/deployments'

interface Seen {
  readonly status: number
  readonly code?: number
  readonly message?: string
  readonly metadata: { readonly uid: string; readonly labels?: Readonly<Record<string, string>> }
  readonly spec: { readonly replicas: unknown }
}

function request(method: string, path: string, body: object | string, type: string): Request {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return new Request(deployments + path, {
    method,
    headers: { 'content-type': type },
    body: text,
  })
}

async function send(
  method: string,
  path: string,
  body: object | string,
  type = 'application/json',
): Promise<Seen> {
  const answer = await api.handle(request(method, path, body, type))
  return { ...((await answer.json()) as Seen), status: answer.status }
}

async function held(): Promise<Seen> {
  const answer = await api.handle(new Request(`${deployments}/web`))
  return { ...((await answer.json()) as Seen), status: answer.status }
}

const labels = { app: 'web' }
const web = {
  metadata: { name: 'web' },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'a:1' }] } },
  },
}

beforeEach(async () => {
  await api.handle(new Request(`${deployments}/web`, { method: 'DELETE' }))
  expect((await send('POST', '', web)).status).toBe(201)
})

/** A write to `/scale` whose body comes only after `meanwhile`. */
async function slowly(method: string, type: string, meanwhile: () => Promise<void>): Promise<Seen> {
  const body = { metadata: { name: 'web' }, spec: { replicas: 5 } }
  let release = (): void => undefined
  const released = new Promise<void>((resolve) => (release = resolve))
  const bytes = new TextEncoder().encode(JSON.stringify(body))
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await released
      controller.enqueue(bytes)
      controller.close()
    },
  })
  const init = { method, headers: { 'content-type': type }, body: stream, duplex: 'half' } as const
  const answer = api.handle(new Request(`${deployments}/web/scale`, init))
  await meanwhile()
  release()
  const done = await answer
  return { ...((await done.json()) as Seen), status: done.status }
}

const ways = [
  ['PUT', 'application/json'],
  ['PATCH', 'application/merge-patch+json'],
] as const

it.each(ways)('a %s of the scale keeps what was written while it came', async (method, type) => {
  const scaled = await slowly(method, type, async () => {
    const patch = { metadata: { labels: { said: 'meanwhile' } } }
    const merge = 'application/merge-patch+json'
    expect((await send('PATCH', '/web', patch, merge)).status).toBe(200)
  })
  expect(scaled.status).toBe(200)
  const now = await held()
  expect(now.metadata.labels).toEqual({ said: 'meanwhile' })
  expect(now.spec.replicas).toBe(5)
})

it.each(ways)('a %s of the scale does not bring back what is gone', async (method, type) => {
  const scaled = await slowly(method, type, async () => {
    const gone = await api.handle(new Request(`${deployments}/web`, { method: 'DELETE' }))
    expect(gone.status).toBe(200)
  })
  expect(scaled.status).toBe(404)
  expect((await held()).status).toBe(404)
})

const applied = (replicas: unknown): object => ({
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  metadata: { name: 'web' },
  spec: { replicas },
})
const apply = (scale: object): Promise<Seen> =>
  send('PATCH', '/web/scale?fieldManager=me&force=true', scale, 'application/apply-patch+yaml')

it('an applied scale sets the number of replicas', async () => {
  expect((await apply(applied(3))).status).toBe(200)
  expect((await held()).spec.replicas).toBe(3)
})

it.each(['five', 1.5, true, [2]])('replicas cannot be applied as %j', async (replicas) => {
  expect((await apply(applied(replicas))).status).toBeGreaterThanOrEqual(400)
  expect((await held()).spec.replicas).toBe(1)
})
