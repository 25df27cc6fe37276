/** What ends a wait, on simulated time. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { configMaps, gitRepositories, kustomizations, namespaces, type Kustomization } from '#api'
import { simEnv } from '#base/env'
import { memoryMirror, MemoryRepository } from '#embedded/git'
import { createKubeApi } from '#embedded/kube-api'
import { createClient, type Client } from '#kube'
import { createEventRecorder } from '#runtime'
import { gitSyncControllers, type GitSyncController } from './index.ts'

interface Sim {
  readonly env: ReturnType<typeof simEnv>
  readonly client: Client
  readonly requests: readonly string[]
  readonly controllers: () => readonly GitSyncController[]
  readonly ready: () => Promise<string | undefined>
}

const crds = [
  'source.toolkit.fluxcd.io_gitrepositories',
  'kustomize.toolkit.fluxcd.io_kustomizations',
].map((name) => parse(readFileSync(`crds/${name}.yaml`, 'utf8')) as object)

/** A sync of one manifest, and everything around it. */
async function simulated(
  manifest: string,
  spec: Partial<Kustomization['spec']>,
  play: (sim: Sim) => Promise<void>,
): Promise<void> {
  const env = simEnv(1)
  await env.clock.run(async () => {
    const api = createKubeApi({ env, crds })
    const requests: string[] = []
    const listener = await env.net.listen((request) => {
      requests.push(`${request.method} ${request.target}`)
      return api.handler(request)
    })
    const client = createClient({ env, server: { url: listener.url } })
    const repository = new MemoryRepository()
    repository.commit({ 'a.yaml': manifest }, 'x')
    const metadata = { namespace: 'apps', name: 'app' }
    await client.create(namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'apps' },
    })
    await client.create(gitRepositories, {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata,
      spec: { interval: '1h', url: 'http://git.example/a.git', ref: { branch: 'main' } },
    })
    const sourceRef = { kind: 'GitRepository', name: 'app' } as const
    await client.create(kustomizations, {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata,
      spec: { interval: '1h', prune: true, sourceRef, ...spec },
    })
    const all = gitSyncControllers({
      env,
      client,
      events: createEventRecorder({ env, client, component: 'kustomize-controller' }),
      options: {
        folder: '/tmp/git',
        requireServiceAccount: false,
        openMirror: () => memoryMirror(repository),
      },
    })
    const ready = async (): Promise<string | undefined> => {
      const live = await client.get(kustomizations, metadata)
      return live?.status?.conditions?.find(({ type }) => type === 'Ready')?.reason
    }
    try {
      await play({ env, client, requests, controllers: () => all, ready })
    } finally {
      await client.close()
      await listener.close()
      api.close()
    }
  })
}

const minuteMs = 60_000
const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: other}\n'
const other = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } } as const

it('a namespace that appears lets what waits for it go at once, whatever its backoff', async () => {
  await simulated(configMap, {}, async ({ env, client, requests, controllers, ready }) => {
    const stop = new AbortController()
    const running = controllers().map((each) => each.run(stop.signal))
    await env.clock.sleep(60 * minuteMs)
    expect(await ready()).toBe('ReconciliationFailed')
    await client.create(namespaces, other)
    await env.clock.sleep(1_000)
    const isThere = async (): Promise<boolean> =>
      (await client.get(configMaps, { namespace: 'other', name: 'a' })) !== null
    expect(await isThere()).toBe(true)
    expect(await ready()).toBe('ReconciliationSucceeded')
    // And once more, when it is taken away and made anew.
    await client.delete(configMaps, { namespace: 'other', name: 'a' })
    await client.delete(namespaces, { name: 'other' })
    await env.clock.sleep(60 * minuteMs)
    expect(await isThere()).toBe(false)
    await client.create(namespaces, other)
    await env.clock.sleep(1_000)
    expect(await isThere()).toBe(true)
    // Nobody waits for a namespace any more, so nobody watches them.
    await env.clock.sleep(20 * minuteMs)
    const before = requests.length
    await env.clock.sleep(20 * minuteMs)
    expect(requests.slice(before).filter((line) => line.includes('/namespaces?'))).toEqual([])
    stop.abort()
    await Promise.all(running)
  })
})

const sick = `apiVersion: apps/v1
kind: Deployment
metadata: {name: d, namespace: apps}
spec:
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i:1}]}}
`

it('a stop ends a wait for health at once, and what comes after waits on', async () => {
  const spec = { wait: true, timeout: '50m' }
  await simulated(sick, spec, async ({ env, client, requests, controllers, ready }) => {
    const first = new AbortController()
    const running = controllers().map((each) => each.run(first.signal))
    await env.clock.sleep(minuteMs)
    expect(await ready()).toBe('Progressing')
    const beganMs = env.clock.monotonic()
    first.abort()
    await Promise.all(running)
    expect(env.clock.monotonic() - beganMs).toBeLessThan(1_000)
    expect(await ready()).toBe('Progressing') // neither failed nor done
    const again = new AbortController()
    const rerun = controllers().map((each) => each.run(again.signal))
    const before = requests.length
    await env.clock.sleep(10_000)
    const looks = requests.slice(before).filter((line) => line.includes('/deployments/d'))
    expect(looks.length).toBeGreaterThan(1)
    const live = await client.get(kustomizations, { namespace: 'apps', name: 'app' })
    expect(live?.status?.lastAttemptedRevision).toMatch(/^main@sha1:/)
    again.abort()
    await Promise.all(rerun)
  })
})
