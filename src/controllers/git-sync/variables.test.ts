import { afterEach, describe, expect, it } from 'vitest'
import {
  configMaps,
  gitRepositories,
  kustomizations,
  namespaces,
  secrets,
  type Condition,
  type Kustomization,
} from '#api'
import { base64, Fault, utf8 } from '#base'
import type { Client } from '#kube'
import { startWorld, type World } from '../../../test/git-sync/world.ts'
import { variablesFor } from './variables.ts'

const signal = new AbortController().signal
const sync = (postBuild: object): Kustomization => ({
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { namespace: 'apps', name: 'app' },
  spec: {
    interval: '10m',
    prune: true,
    sourceRef: { kind: 'GitRepository', name: 'src' },
    postBuild,
  },
})

describe('the sources of variables', () => {
  const answering = (get: () => Promise<unknown>): Client => ({ get }) as unknown as Client

  it('that may not be read are never taken for absent ones, optional or not', async () => {
    const client = answering(() => Promise.reject(new Fault('Forbidden', 'may not get secrets')))
    const from = sync({ substituteFrom: [{ kind: 'Secret', name: 'vars', optional: true }] })
    await expect(variablesFor(from, { client, strict: true }, signal)).rejects.toMatchObject({
      reason: 'Forbidden',
      message: expect.stringContaining("substitute from 'Secret/vars'") as string,
    })
  })

  it('are another identity when one of them is another version, and none without any', async () => {
    let version = 1
    const client = answering(() =>
      Promise.resolve({ metadata: { uid: 'u', resourceVersion: String(version) }, data: {} }),
    )
    const from = sync({ substituteFrom: [{ kind: 'ConfigMap', name: 'vars' }] })
    const read = async () => (await variablesFor(from, { client, strict: true }, signal)).identity
    const first = await read()
    expect(await read()).toBe(first)
    version++
    expect(await read()).not.toBe(first)
    const none = await variablesFor(
      sync({ substitute: { a: 'b' } }),
      { client, strict: true },
      signal,
    )
    expect(none.identity).toBe('')
  })

  it('give texts only, and say when one has to be waited for', async () => {
    const data = { text: base64(utf8('v')), bytes: base64(new Uint8Array([0xff, 0xfe])) }
    const from = sync({ substituteFrom: [{ kind: 'Secret', name: 'vars' }] })
    const there = answering(() => Promise.resolve({ metadata: {}, data }))
    const read = await variablesFor(from, { client: there, strict: true }, signal)
    expect(read.substitution?.sources[0]).toMatchObject({
      data: new Map([['text', 'v']]),
      textless: ['bytes'],
    })
    expect(read.isWaiting).toBe(false)
    const away = answering(() => Promise.resolve(null))
    expect((await variablesFor(from, { client: away, strict: true }, signal)).isWaiting).toBe(true)
  })
})

describe('a value out of a Secret', () => {
  let world: World
  afterEach(() => world.stop())

  async function start(manifest: string, options = {}, more = {}): Promise<void> {
    world = await startWorld(options)
    await world.client.create(namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'apps' },
    })
    await world.client.create(secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace: 'apps', name: 'hidden' },
      data: {
        number: base64(utf8('20061')),
        text: base64(utf8('canary')),
        breaks: base64(utf8('canary: [canary')),
      },
    })
    await world.git.create('repo')
    await world.git.commit('repo', { 'a.yaml': manifest }, 'x', { replace: true })
    await world.client.create(gitRepositories, {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { namespace: 'apps', name: 'src' },
      spec: { interval: '10m', url: `${world.gitUrl}/repo.git`, ref: { branch: 'main' } },
    })
    const made = sync({ substituteFrom: [{ kind: 'Secret', name: 'hidden' }] })
    await world.client.create(kustomizations, {
      ...made,
      spec: { ...made.spec, targetNamespace: 'apps', ...more } as NonNullable<
        Kustomization['spec']
      >,
    })
  }

  async function settled(): Promise<Condition> {
    for (;;) {
      const app = await world.client.get(kustomizations, { namespace: 'apps', name: 'app' })
      const ready = app?.status?.conditions?.find(({ type }) => type === 'Ready')
      const hasEnded = ready !== undefined && ready.status !== 'Unknown'
      if (hasEnded && ready.reason !== 'ArtifactFailed') return ready
      await world.env.clock.sleep(20)
    }
  }

  const configMap = (value: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {key: "${value}"}\n`

  it('arrives where it is asked for', async () => {
    await start(configMap('x-${text}'))
    expect((await settled()).reason).toBe('ReconciliationSucceeded')
    const made = await world.client.get(configMaps, { namespace: 'apps', name: 'a' })
    expect(made?.data).toEqual({ key: 'x-canary' })
  })

  it('arrives also where the source is named with an empty namespace', async () => {
    const sourceRef = { kind: 'GitRepository', name: 'src', namespace: '' }
    await start(configMap('x-${text}'), {}, { sourceRef })
    expect((await settled()).reason).toBe('ReconciliationSucceeded')
  })

  it.each([
    [true, 'BuildFailed'],
    [false, 'ReconciliationSucceeded'],
  ])('that nobody sets, strict being %s, is %s', async (strictSubstitution, reason) => {
    await start(configMap('x-${nobody}'), { strictSubstitution })
    expect((await settled()).reason).toBe(reason)
  })

  it('is in no condition and no event when the server quotes it in a refusal', async () => {
    await start(configMap('${number}')) // becomes a number, which the server names
    const { reason, message } = await settled()
    expect(reason).toBe('ReconciliationFailed')
    expect(message).toContain('a.yaml:1')
    expect(message).toContain('holds a value of a Secret')
    const events = await world.client.resourceOf('v1', 'Event')
    const told =
      events === null ? [] : (await world.client.list(events, { namespace: 'apps' })).items
    const app = await world.client.get(kustomizations, { namespace: 'apps', name: 'app' })
    expect(JSON.stringify([told, app])).not.toContain('20061')
  })

  it('is in no condition when it breaks the document', async () => {
    await start('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  key: ${breaks}\n')
    const { reason, message } = await settled()
    expect(reason).toBe('BuildFailed')
    expect(message).not.toContain('canary')
  })
})
