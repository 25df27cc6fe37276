/** A replica that loses its lease and gets it back works on as it did before. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { configMaps, secrets, type AnyObject } from '#api'
import { simEnv } from '#base/env'
import { createOperator } from '#bin'
import { memoryMirror, MemoryRepository } from '#embedded/git'
import { createKubeApi } from '#embedded/kube-api'
import { createClient, type Client } from '#kube'
import { createMetrics } from '#runtime'
import { loadProviders } from './loaded-providers.ts'

const folder = new URL('../crds/', import.meta.url)
const definitions = readdirSync(folder)
  .filter((name) => name.includes('_'))
  .flatMap((name) => parseAllDocuments(readFileSync(new URL(name, folder), 'utf8')))
  .map((document) => document.toJS() as object)

const configMap = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: web}\n`

async function apply(client: Client, yaml: string): Promise<void> {
  for (const document of parseAllDocuments(yaml)) {
    const object = document.toJS() as AnyObject
    const kind = await client.resourceOf(object.apiVersion, object.kind)
    if (kind !== null) await client.apply(kind, object, { fieldManager: 'me', force: true })
  }
}

const externalSecret = (name: string): string => `
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: ${name}, namespace: web}
spec:
  secretStoreRef: {name: fake}
  data: [{secretKey: a, remoteRef: {key: k}}]
`

const given = `
apiVersion: v1
kind: Namespace
metadata: {name: web}
---
apiVersion: v1
kind: Namespace
metadata: {name: lockstep-system}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: fake, namespace: web}
spec: {provider: {fake: {data: [{key: k, value: v}]}}}
---
${externalSecret('first')}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: src, namespace: lockstep-system}
spec: {url: 'http://git.example/a.git', interval: 10s, ref: {branch: main}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: app, namespace: lockstep-system}
spec: {interval: 10s, path: ./, prune: true, sourceRef: {kind: GitRepository, name: src}}
`

it('secrets are read and Git is followed after the lease was lost and won again', async () => {
  await loadProviders()
  const metrics = await createMetrics()
  const env = simEnv(1)
  await env.clock.run(async () => {
    const api = createKubeApi({ env, crds: definitions })
    const listener = await env.net.listen(api.handler)
    const client = createClient({ env, server: { url: listener.url } })
    const repository = new MemoryRepository()
    repository.commit({ 'a.yaml': configMap('one') }, 'one')
    const operator = createOperator({
      env,
      client,
      metrics,
      controllers: new Set(['secrets', 'unsealer', 'git']),
      namespace: 'lockstep-system',
      sealingKeyBits: 1024,
      gitFolder: '/tmp/git',
      openMirror: () => memoryMirror(repository),
    })
    await apply(client, given)
    const appears = async (secret: string, object: string): Promise<void> => {
      const look = (): Promise<unknown[]> =>
        Promise.all([
          client.get(secrets, { namespace: 'web', name: secret }),
          client.get(configMaps, { namespace: 'web', name: object }),
        ])
      for (let i = 0; i < 300 && (await look()).includes(null); i++) await env.clock.sleep(200)
      expect(await look()).not.toContain(null)
    }
    const rounds: readonly (readonly [string, string])[] = [
      ['first', 'one'],
      ['second', 'two'],
      ['third', 'three'],
    ]
    for (const [secret, object] of rounds) {
      repository.commit({ [`${object}.yaml`]: configMap(object) }, object)
      await apply(client, externalSecret(secret))
      const lead = new AbortController()
      const leading = operator.run(lead.signal)
      await appears(secret, object)
      lead.abort()
      await leading
    }
    await client.close()
    await listener.close()
    api.close()
  })
}, 60_000)
