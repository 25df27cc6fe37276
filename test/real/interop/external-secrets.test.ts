/**
 * External Secrets Operator is stopped and Lockstep started, and back, on what the former made: nobody
 * touches a Secret that stands, and each follows what is rotated in Vault meanwhile.
 */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secrets } from '#api'
import { at } from '#base'
import { createOperator } from '#bin'
import { createClient } from '#kube'
import { createMetrics } from '#runtime'
import { externalSecrets } from '../../stories/stage.ts'
import { vaultServer, type VaultServer } from '../../stories/vault-server.ts'
import { freePort, start, untilReady } from '../children.ts'
import { applyYaml, clusters, ensureNamespace, type Cluster } from './cluster.ts'
import { programOrSkip } from './programs.ts'
import { printTable, saw } from './table.ts'

const home = 'take-over-eso'
const peer = 'External Secrets Operator'
const program = programOrSkip('external-secrets', 'taking over from External Secrets Operator')

/** Ways to make a Secret that leave different traces: owners, labels, hashes, types, field managers. */
const manifests: Readonly<Record<string, string>> = {
  plain: `  data:
    - {secretKey: password, remoteRef: {key: apps/plain, property: password}}`,
  extracted: `  dataFrom:
    - extract: {key: apps/extracted}`,
  found: `  dataFrom:
    - find: {path: apps, name: {regexp: ^apps/found$}}`,
  templated: `  target:
    template:
      engineVersion: v2
      type: kubernetes.io/basic-auth
      metadata:
        labels: {team: payments}
        annotations: {example.com/note: kept}
      data:
        username: app
        password: '{{ .password }}'
        url: postgres://app:{{ .password | urlquery }}@db/app
  data:
    - {secretKey: password, remoteRef: {key: apps/templated, property: password}}`,
  merged: `  target: {name: merged, creationPolicy: Merge}
  data:
    - {secretKey: password, remoteRef: {key: apps/merged, property: password}}`,
  orphan: `  target: {creationPolicy: Orphan}
  data:
    - {secretKey: password, remoteRef: {key: apps/orphan, property: password}}`,
  registry: `  target:
    template:
      type: kubernetes.io/dockerconfigjson
      data:
        .dockerconfigjson: '{"auths":{"registry.example.com":{"password":{{ .password | toJson }}}}}'
  data:
    - {secretKey: password, remoteRef: {key: apps/registry, property: password}}`,
  decoded: `  dataFrom:
    - extract: {key: apps/decoded, decodingStrategy: Auto}
      rewrite: [{regexp: {source: "^pass(.*)$", target: "the-pass$1"}}]`,
}
const names = Object.keys(manifests)

/** Values that nobody can read again: whoever makes them anew has lost them. */
const generated: readonly (readonly [string, string, string])[] = [
  ['made-password', 'Password', 'refreshInterval: 1h'],
  ['made-key', 'SSHKey', 'refreshPolicy: CreatedOnce'],
  ['made-uuid', 'UUID', 'refreshPolicy: OnChange'],
  ['made-fake', 'ClusterGenerator', 'refreshInterval: "0"'],
]
const madeNames = generated.map(([name]) => name)

const generators = `apiVersion: generators.external-secrets.io/v1alpha1
kind: Password
metadata: {name: gen, namespace: ${home}}
spec: {}
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: SSHKey
metadata: {name: gen, namespace: ${home}}
spec: {keyType: ed25519}
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: UUID
metadata: {name: gen, namespace: ${home}}
spec: {}
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: ClusterGenerator
metadata: {name: gen}
spec: {kind: Fake, generator: {fakeSpec: {data: {user: ann}}}}
`

function drawnFrom(name: string, kind: string, refresh: string): string {
  return `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: ${name}, namespace: ${home}}
spec:
  ${refresh}
  dataFrom: [{sourceRef: {generatorRef: {kind: ${kind}, name: gen}}}]
`
}

/** An operator that keeps ExternalSecrets, running. */
interface Operator {
  stop(): Promise<void>
}

afterAll(() => printTable('Taking over from External Secrets Operator:'))

describe.each(clusters)('on %s', (server, open) => {
  if (program === undefined) {
    it.skip('takes over from External Secrets Operator: it is missing')
    return
  }
  let cluster: Cluster
  let backend: VaultServer
  let vaultUrl: string
  let running: Operator | undefined
  const endings: (() => Promise<void>)[] = []

  beforeAll(async () => {
    cluster = await open()
    const { url, tls } = cluster.access
    const fixed = typeof tls === 'function' ? await tls() : tls
    backend = vaultServer(cluster.env, { url, ...(fixed === undefined ? {} : { tls: fixed }) })
    const listener = await cluster.env.net.listen(backend.vault.handler)
    vaultUrl = listener.url
    endings.push(
      () => cluster.close(),
      () => backend.close(),
      () => listener.close(),
    )
    await ensureNamespace(cluster.client, home)
    await ensureNamespace(cluster.client, 'lockstep-system')
  })
  afterAll(async () => {
    await running?.stop()
    for (const end of endings.toReversed()) await end()
  })

  const rotate = (value: string): void => {
    for (const name of names) backend.vault.put(`secret/apps/${name}`, { password: value })
  }
  const commit = (name: string, how: string): Promise<void> =>
    applyYaml(
      cluster.client,
      `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: ${name}, namespace: ${home}}
spec:
  refreshInterval: 1s
  secretStoreRef: {name: vault}
${how}
`,
    )
  const until = async (what: string, holdsNow: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 900; tries++) {
      if (await holdsNow()) return
      await cluster.env.clock.sleep(50)
    }
    throw new Error(`not within 45 s: ${what}`)
  }
  const holds = (name: string, value: string): Promise<void> =>
    until(`${name} holds the value`, async () => {
      const found = await cluster.client.get(secrets, { namespace: home, name })
      const texts = Object.values(found?.data ?? {}).map((text) => Buffer.from(text, 'base64'))
      return texts.some((text) => text.includes(value))
    })
  const isReady = (name: string): Promise<void> =>
    until(`${name} is Ready`, async () => {
      const found = await cluster.client.get(externalSecrets, { namespace: home, name })
      const conditions = at(found, 'status', 'conditions') as { type: string; status: string }[]
      return (conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True')
    })
  const standing = async (): Promise<readonly (readonly (string | undefined)[])[]> =>
    (await cluster.client.list(secrets, { namespace: home })).items
      .filter(({ metadata }) => [...names, ...madeNames].includes(metadata.name))
      .map(({ metadata }) => [metadata.name, metadata.uid, metadata.resourceVersion])

  /** Starts another operator, lets it work on something new and read all else; nothing may move. */
  const handOver = async (to: () => Promise<Operator>, marker: string): Promise<void> => {
    await running?.stop()
    const before = await standing()
    expect(new Set(before.map(([name]) => name))).toEqual(new Set([...names, ...madeNames]))
    running = await to()
    backend.vault.put(`secret/apps/${marker}`, { password: marker })
    await commit(
      marker,
      `  data:\n    - {secretKey: password, remoteRef: {key: apps/${marker}, property: password}}`,
    )
    await holds(marker, marker)
    const { reads } = backend.vault.counts
    await until('all were read twice and more', () =>
      Promise.resolve(backend.vault.counts.reads > reads + 3 * names.length),
    )
    expect(await standing()).toEqual(before)
  }

  it('makes its Secrets', async () => {
    rotate('by-the-peer')
    await applyYaml(cluster.client, storeAt(vaultUrl, backend.rootToken))
    running = await startPeer(cluster)
    for (const [name, how] of Object.entries(manifests)) await commit(name, how)
    for (const name of names) await holds(name, 'by-the-peer')
    await applyYaml(cluster.client, generators)
    for (const each of generated) await applyYaml(cluster.client, drawnFrom(...each))
    for (const name of [...names, ...madeNames]) await isReady(name)
    saw(peer, server, `${names.length + madeNames.length} Secrets made`)
  })

  it('Lockstep takes over, touches no Secret and follows a rotation', async () => {
    await handOver(() => startLockstep(cluster), 'marker-1')
    for (const name of names) await isReady(name)
    saw(`${peer} → Lockstep`, server, `${names.length + madeNames.length} Secrets untouched`)
    rotate('rotated-with-us')
    for (const name of names) await holds(name, 'rotated-with-us')
    saw(`${peer} → Lockstep`, server, 'a rotation followed in all of them')
  })

  it('goes back, touches no Secret and follows a rotation', async () => {
    await handOver(() => startPeer(cluster), 'marker-2')
    for (const name of names) await isReady(name)
    saw(`Lockstep → ${peer}`, server, `${names.length + madeNames.length} Secrets untouched`)
    rotate('rotated-with-them')
    for (const name of names) await holds(name, 'rotated-with-them')
    saw(`Lockstep → ${peer}`, server, 'a rotation followed in all of them')
  })
})

async function startPeer(cluster: Cluster): Promise<Operator> {
  const [metrics, live] = [await freePort(), await freePort()]
  const running = start(
    program as string,
    [
      `--metrics-addr=127.0.0.1:${metrics}`,
      `--live-addr=127.0.0.1:${live}`,
      // Their kinds are not among ours.
      '--enable-push-secret-reconciler=false',
      '--enable-cluster-push-secret-reconciler=false',
      '--enable-cluster-external-secret-reconciler=false',
      '--enable-generator-state=false',
    ],
    join(cluster.folder, 'external-secrets.log'),
    { KUBECONFIG: cluster.kubeconfig, HOME: cluster.folder },
  )
  await untilReady('external-secrets', running, async () => {
    return (await fetch(`http://127.0.0.1:${metrics}/metrics`)).ok
  })
  return { stop: () => running.stop() }
}

/** Ours, in this process. */
async function startLockstep(cluster: Cluster): Promise<Operator> {
  const { env } = cluster
  const client = createClient({ env, server: cluster.access })
  const operator = createOperator({
    env,
    client,
    metrics: await createMetrics(),
    controllers: new Set(['secrets']),
    namespace: 'lockstep-system',
    gitFolder: join(cluster.folder, 'git'),
    allowLocalEndpoints: true,
  })
  const control = new AbortController()
  const running = operator.run(control.signal)
  running.catch(() => {}) // seen when it is stopped
  return {
    stop: async () => {
      control.abort()
      await running
      await client.close()
    },
  }
}

function storeAt(url: string, token: string): string {
  return `apiVersion: v1
kind: Secret
metadata: {name: vault-token, namespace: ${home}}
stringData: {token: ${token}}
---
apiVersion: v1
kind: Secret
metadata: {name: merged, namespace: ${home}}
stringData: {mine: by hand}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: ${home}}
spec:
  provider:
    vault:
      server: ${url}
      path: secret
      version: v2
      auth:
        tokenSecretRef: {name: vault-token, key: token}
`
}
