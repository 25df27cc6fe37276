import { describe, expect, it } from 'vitest'

import type { ConfigMap, ExternalSecret, ExternalSecretTarget, KubeObject, Secret } from '#api'
import { base64, faultOf, textOf, utf8 } from '#base'
import { simEnv } from '#base/env'
import { parseYaml } from '#go'
import type { Client } from '#kube'
import { overlayOf } from './overlay.ts'
import { renderer } from './render.ts'
import type { Overlay } from './target.ts'

const values = new Map([
  ['user', utf8('ann')],
  ['pass', utf8('hunter2')],
])

const configMap: ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'tpl', namespace: 'web' },
  data: {
    conf: 'user={{ .user }}',
    pairs: '{{ .user }}-name: "{{ .pass }}"',
    list: '- {{ .pass }}',
  },
}

const secret: Secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'tpl', namespace: 'web' },
  data: {
    conf: base64(utf8('u={{ .user }}')),
    broken: base64(utf8("x\n{{ 'hunter2' }}")),
  },
}

const client: Pick<Client, 'get'> = {
  get: async <T extends KubeObject>(resource: { readonly kind: string }, key: object) => {
    const found = resource.kind === 'ConfigMap' ? configMap : secret
    const isIt = (key as { name: string }).name === 'tpl'
    return isIt ? (found as KubeObject as T) : null
  },
}

async function overlay(
  template: ExternalSecretTarget['template'],
  metadata: object = {},
): Promise<Overlay> {
  const env = simEnv(1)
  const es: ExternalSecret = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'app', namespace: 'web', ...metadata },
    spec: { target: template === undefined ? {} : { template } },
  }
  const deps = { client: client as Client, render: renderer(env), parseYaml }
  return await env.clock.run(() => overlayOf(es, values, deps, AbortSignal.any([])))
}

function texts({ data }: Overlay): Record<string, string> {
  return Object.fromEntries([...data].map(([key, value]) => [key, textOf(value)]))
}

async function failure(template: ExternalSecretTarget['template']): Promise<string> {
  return await overlay(template).then(
    () => 'nothing thrown',
    (thrown: unknown) => faultOf(thrown).message,
  )
}

describe('what goes onto a target', () => {
  it("is the values, and the object's own metadata, without a template", async () => {
    const made = await overlay(undefined, { labels: { tier: 'gold' }, annotations: { note: 'hi' } })
    expect(texts(made)).toEqual({ user: 'ann', pass: 'hunter2' })
    expect([...made.labels]).toEqual([['tier', 'gold']])
    expect([...made.annotations]).toEqual([['note', 'hi']])
  })

  it("is the template's data alone, or laid over the values with mergePolicy Merge", async () => {
    const data = { user: '{{ .user }}!' }
    expect(texts(await overlay({ data }))).toEqual({ user: 'ann!' })
    expect(texts(await overlay({ data, mergePolicy: 'Merge' }))).toEqual({
      user: 'ann!',
      pass: 'hunter2',
    })
  })

  it('is the values with other metadata when the template has no data', async () => {
    const made = await overlay(
      { metadata: { labels: { who: '{{ .user }}' } } },
      { labels: { a: '1' } },
    )
    expect(texts(made)).toEqual({ user: 'ann', pass: 'hunter2' })
    expect([...made.labels]).toEqual([['who', 'ann']])
  })

  it('comes from ConfigMaps, Secrets and literals, later ones winning', async () => {
    const made = await overlay({
      templateFrom: [
        { configMap: { name: 'tpl', items: [{ key: 'conf' }] } },
        { configMap: { name: 'tpl', items: [{ key: 'pairs', templateAs: 'KeysAndValues' }] } },
        { secret: { name: 'tpl', items: [{ key: 'conf' }] } },
        { literal: 'who: "{{ .user }}"', target: 'Labels' },
        { literal: 'bin: aGk=', valuesDecodingStrategy: 'Base64' },
      ],
      data: { last: 'word' },
    })
    expect(texts(made)).toEqual({ conf: 'u=ann', 'ann-name': 'hunter2', bin: 'hi', last: 'word' })
    expect([...made.labels]).toEqual([['who', 'ann']])
  })

  it.each([
    [
      'a source that is not there',
      { configMap: { name: 'gone', items: [{ key: 'a' }] } },
      'configmaps "gone" not found',
    ],
    [
      'an item that is not there',
      { secret: { name: 'tpl', items: [{ key: 'a' }] } },
      'error in secret tpl: missing key a',
    ],
    [
      'a target that is none',
      { literal: 'a: b', target: 'spec' },
      'invalid template target "spec"',
    ],
    [
      'pairs that are no map',
      {
        configMap: { name: 'tpl', items: [{ key: 'list', templateAs: 'KeysAndValues' as const }] },
      },
      'it is no map',
    ],
    ['pairs that are no text', { literal: 'a: 1' }, 'a value is no string'],
    ['pairs that are no YAML', { literal: '{{ .pass }}: [' }, 'it is no YAML'],
  ])('fails whole on %s, quoting no value', async (_name, from, words) => {
    const message = await failure({ templateFrom: [from], data: { fine: 'x' } })
    expect(message).toMatch(/^could not apply template: error fetching templateFrom data: /)
    expect(message).toContain(words)
    expect(message).not.toContain('hunter2')
  })

  it('quotes nothing of a template that stands in a Secret', async () => {
    const from = { secret: { name: 'tpl', items: [{ key: 'broken' }] } }
    const message = await failure({ templateFrom: [from] })
    expect(message).toContain('template: broken:2: syntax')
    expect(message).not.toContain('hunter2')
  })

  it('says where a template does not parse and where it fails, in the words of External Secrets', async () => {
    const doing =
      'could not apply template: could not execute template: could not execute template: '
    expect(await failure({ data: { x: '{{ .user ' } })).toBe(
      `${doing}unable to execute template at key x: unable to parse template at key x: template: x:1: unclosed action`,
    )
    expect(await failure({ data: { x: '{{ .gone }}' } })).toBe(
      `${doing}unable to execute template at key x: unable to execute template at key x: template: x:1:3: map has no entry for key "gone"`,
    )
  })
})
