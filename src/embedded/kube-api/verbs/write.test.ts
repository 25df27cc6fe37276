import { simEnv } from '#base/env'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { definitionOf, schemaOfSpec } from '../../../../test/fakes/definition.ts'
import { createKubeApi, type KubeApi } from '../index.ts'

const definition = definitionOf('Widget', {
  scope: 'Namespaced',
  versions: ['v1', 'v1beta1'],
  schema: schemaOfSpec({
    size: { type: 'integer' },
    color: { type: 'string', default: 'red' },
  }),
})

type Held = Record<string, unknown> & {
  readonly metadata: Readonly<Record<string, unknown>> & { readonly resourceVersion: string }
}

let api: KubeApi
beforeEach(() => {
  api = createKubeApi({ env: simEnv(1), crds: [definition] })
})
afterEach(() => api.close())

async function send(
  method: string,
  path: string,
  body: object,
  type = 'application/json',
): Promise<Held> {
  const answer = await api.handle(
    new Request(`http://any/apis/${path}`, {
      method,
      headers: { 'content-type': type },
      body: JSON.stringify(body),
    }),
  )
  const told = (await answer.json()) as Held
  expect([200, 201], JSON.stringify(told)).toContain(answer.status)
  return told
}

const kinds = {
  'a custom kind by its stored version': {
    path: 'example.com/v1/namespaces/default/widgets',
    object: { apiVersion: 'example.com/v1', kind: 'Widget', spec: { size: 1 } },
    change: { spec: { size: 2 } },
  },
  'a custom kind by another version': {
    path: 'example.com/v1beta1/namespaces/default/widgets',
    object: { apiVersion: 'example.com/v1beta1', kind: 'Widget', spec: { size: 1 } },
    change: { spec: { size: 2 } },
  },
  'an Event by the newer group': {
    path: 'events.k8s.io/v1/namespaces/default/events',
    object: {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      eventTime: '2026-01-01T00:00:00.000000Z',
      regarding: { kind: 'Pod', namespace: 'default', name: 'web' },
      reason: 'Started',
      action: 'Start',
      type: 'Normal',
      reportingController: 'example.com/tests',
      reportingInstance: 'one',
    },
    change: { metadata: { labels: { a: 'b' } } },
  },
}

describe.each(Object.entries(kinds))('a write that changes nothing of %s', (_, given) => {
  const { path, object, change } = given
  const at = `${path}/one`
  const config = { ...object, metadata: { name: 'one', namespace: 'default' } }
  const merge = 'application/merge-patch+json'

  it('is none when the object is put as it was read', async () => {
    const made = await send('POST', path, config)
    const before = api.revision()
    expect(await send('PUT', at, made)).toEqual(made)
    expect(api.revision()).toBe(before)
  })

  it('is none when it is patched to what it is', async () => {
    const made = await send('POST', path, config)
    const before = api.revision()
    expect(await send('PATCH', at, { metadata: {} }, merge)).toEqual(made)
    expect(api.revision()).toBe(before)
  })

  it('is none when the same is applied again', async () => {
    const apply = (): Promise<Held> =>
      send('PATCH', `${at}?fieldManager=me`, config, 'application/apply-patch+yaml')
    const made = await apply()
    const before = api.revision()
    expect(await apply()).toEqual(made)
    expect(api.revision()).toBe(before)
  })

  it('but a change is one', async () => {
    const made = await send('POST', path, config)
    const before = api.revision()
    const changed = await send('PATCH', at, change, merge)
    expect(changed.metadata.resourceVersion).not.toBe(made.metadata.resourceVersion)
    expect(api.revision()).toBe(before + 1)
  })
})
