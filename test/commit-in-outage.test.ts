/** A commit that is fetched while the API server takes no status is applied as soon as it is back. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { configMaps, type AnyObject } from '#api'
import type { Handler } from '#base'
import { simEnv } from '#base/env'
import { createOperator } from '#bin'
import { memoryMirror, MemoryRepository } from '#embedded/git'
import { createKubeApi } from '#embedded/kube-api'
import { createClient, type Client } from '#kube'
import { createMetrics } from '#runtime'

const folder = new URL('../crds/', import.meta.url)
const definitions = readdirSync(folder)
  .filter((name) => name.includes('toolkit.fluxcd.io'))
  .flatMap((name) => parseAllDocuments(readFileSync(new URL(name, folder), 'utf8')))
  .map((document) => document.toJS() as object)

const configMap = (value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: site}\ndata: {value: ${value}}\n`

const given = `
apiVersion: v1
kind: Namespace
metadata: {name: site}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: src, namespace: site}
spec: {url: 'http://git.example/a.git', interval: 10s, ref: {branch: main}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: app, namespace: site}
spec: {interval: 10m, path: ./, prune: true, sourceRef: {kind: GitRepository, name: src}}
`

async function apply(client: Client, yaml: string): Promise<void> {
  for (const document of parseAllDocuments(yaml)) {
    const object = document.toJS() as AnyObject
    const kind = await client.resourceOf(object.apiVersion, object.kind)
    if (kind !== null) await client.apply(kind, object, { fieldManager: 'me', force: true })
  }
}

it('and not when the interval of its Kustomization has passed', async () => {
  const metrics = await createMetrics()
  const env = simEnv(1)
  await env.clock.run(async () => {
    const api = createKubeApi({ env, crds: definitions })
    let isAway = false
    const handler: Handler = (request) =>
      isAway ? Promise.resolve({ status: 503, body: 'away\n' }) : api.handler(request)
    const listener = await env.net.listen(handler)
    const client = createClient({ env, server: { url: listener.url } })
    const repository = new MemoryRepository()
    repository.commit({ 'a.yaml': configMap('one') }, 'one')
    await apply(client, given)
    const operator = createOperator({
      env,
      client: createClient({ env, server: { url: listener.url } }),
      metrics,
      controllers: new Set(['git']),
      namespace: 'lockstep-system',
      requireServiceAccount: false,
      gitFolder: '/tmp/git',
      openMirror: () => memoryMirror(repository),
    })
    const stop = new AbortController()
    const running = operator.run(stop.signal)
    const within = async (ms: number, value: string): Promise<void> => {
      const key = { namespace: 'site', name: 'settings' }
      const deadline = env.clock.monotonic() + ms
      const shown = async (): Promise<unknown> =>
        (await client.get(configMaps, key).catch(() => null))?.data?.['value']
      while ((await shown()) !== value && env.clock.monotonic() < deadline) {
        await env.clock.sleep(100)
      }
      expect(await shown()).toBe(value)
    }
    await within(30_000, 'one')

    isAway = true
    repository.commit({ 'a.yaml': configMap('two') }, 'two')
    await env.clock.sleep(60_000)
    isAway = false
    await within(60_000, 'two')

    stop.abort()
    await running
    await client.close()
    await listener.close()
    api.close()
  })
}, 60_000)
