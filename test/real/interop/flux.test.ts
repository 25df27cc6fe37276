/**
 * Flux itself, its source-controller and its kustomize-controller as they are released, on the embedded API
 * server: they start, elect a leader, sync their caches and reconcile from Git to objects, and prune.
 */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configMaps, resource, type AnyObject } from '#api'
import { at } from '#base'
import { createGitServer, type GitServer } from '#embedded/git'
import { applyYaml, clusters, ensureNamespace, type Cluster } from './cluster.ts'
import { startFlux, type Flux } from './flux.ts'
import { kubectlOn, programOrSkip } from './programs.ts'
import { printTable, saw } from './table.ts'

const home = 'flux-system'
const target = 'flux-interop'
const sources = resource<AnyObject>(
  'source.toolkit.fluxcd.io/v1',
  'GitRepository',
  'gitrepositories',
)
const syncs = resource<AnyObject>(
  'kustomize.toolkit.fluxcd.io/v1',
  'Kustomization',
  'kustomizations',
)
const leases = resource<AnyObject>('coordination.k8s.io/v1', 'Lease', 'leases')
const what = 'that Flux runs on the embedded API server'
const source = programOrSkip('source-controller', what)
const kustomize = programOrSkip('kustomize-controller', what)

afterAll(() => printTable('Flux:'))

const embedded = clusters.filter(([name]) => name !== 'kube-apiserver')
describe.each(embedded)('Flux on %s', (server, open) => {
  if (source === undefined || kustomize === undefined) {
    it.skip('a controller of Flux is missing')
    return
  }
  let cluster: Cluster
  let flux: Flux
  let git: GitServer
  let url: string
  let closeGit: () => Promise<void>
  beforeAll(async () => {
    cluster = await open()
    for (const name of [home, target]) await ensureNamespace(cluster.client, name)
    git = createGitServer({ env: cluster.env, folder: join(cluster.folder, 'served') })
    await git.create('app')
    await commit({ one: 'one', two: 'two' })
    const listener = await cluster.env.net.listen(git.handler)
    url = `${listener.url}/app.git`
    closeGit = () => listener.close()
    await applyYaml(cluster.client, fluxKinds)
    flux = await startFlux(cluster, { source, kustomize })
  })
  afterAll(async () => {
    await flux?.close()
    await closeGit?.()
    await cluster?.close()
  })

  const commit = (values: Readonly<Record<string, string>>): Promise<string> =>
    git.commit(
      'app',
      Object.fromEntries(
        Object.entries(values).map(([name, value]) => [
          `deploy/${name}.yaml`,
          `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${target}}\ndata: {value: ${value}}\n`,
        ]),
      ),
      'change',
      { replace: true },
    )
  const until = async (told: string, holds: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 600; tries++) {
      if (await holds()) return
      await cluster.env.clock.sleep(100)
    }
    throw new Error(`not in time: ${told}\n${flux.tail(25)}`)
  }
  const valueOf = async (name: string): Promise<unknown> =>
    at(await cluster.client.get(configMaps, { namespace: target, name }), 'data', 'value')
  const isReady = async (kind: typeof sources): Promise<boolean> => {
    const object = await cluster.client.get(kind, { namespace: home, name: 'app' })
    const conditions = (at(object, 'status', 'conditions') ?? []) as AnyObject[]
    return conditions.some((one) => at(one, 'type') === 'Ready' && at(one, 'status') === 'True')
  }
  const ask = (kind: typeof sources): Promise<unknown> =>
    cluster.client.patch(
      kind,
      { namespace: home, name: 'app' },
      { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': `${Date.now()}` } } },
      { type: 'merge' },
    )

  it('starts, and each controller holds its Lease', async () => {
    await until('two Leases with holders', async () => {
      const { items } = await cluster.client.list(leases, { namespace: home })
      return items.filter((lease) => at(lease, 'spec', 'holderIdentity') !== '').length === 2
    })
    saw('source-controller, kustomize-controller', server, 'start, leader election (protobuf)')
  })

  it('reconciles a GitRepository and a Kustomization to objects', async () => {
    await applyYaml(
      cluster.client,
      `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: app, namespace: ${home}}
spec: {interval: 1m, url: "${url}", ref: {branch: main}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: app, namespace: ${home}}
spec:
  interval: 10m
  path: ./deploy
  prune: true
  wait: true
  sourceRef: {kind: GitRepository, name: app}
`,
    )
    await until('GitRepository ready', () => isReady(sources))
    saw('source-controller', server, 'reconciles a GitRepository')
    await until('Kustomization ready', () => isReady(syncs))
    expect([await valueOf('one'), await valueOf('two')]).toEqual(['one', 'two'])
    saw('kustomize-controller', server, 'reconciles a Kustomization (dry-run, apply, health)')
  })

  it('follows a commit and prunes what it left out', async () => {
    await commit({ one: 'changed' })
    await ask(sources)
    await until('the new value', async () => (await valueOf('one')) === 'changed')
    await until('pruned', async () => (await valueOf('two')) === undefined)
    saw('kustomize-controller', server, 'follows a commit, prunes')
  })

  it('puts back what somebody changed by hand', async () => {
    await cluster.client.patch(
      configMaps,
      { namespace: target, name: 'one' },
      { data: { value: 'by hand' } },
      { type: 'merge', fieldManager: 'kubectl-edit' },
    )
    await ask(syncs)
    await until('put back', async () => (await valueOf('one')) === 'changed')
    saw('kustomize-controller', server, 'puts drift back')
  })

  it('tells in events, and ends cleanly: finalizers go, objects are pruned', async () => {
    const kubectl = programOrSkip('kubectl', 'what Flux tells in events')
    if (kubectl !== undefined) {
      const told = await kubectlOn(
        cluster,
        kubectl,
      )(['-n', home, 'describe', 'kustomization', 'app'])
      expect(told.stdout).toMatch(/Normal\s+ReconciliationSucceeded/)
    }
    await cluster.client.delete(syncs, { namespace: home, name: 'app' })
    await until('Kustomization gone', async () => {
      return (await cluster.client.get(syncs, { namespace: home, name: 'app' })) === null
    })
    expect(await valueOf('one')).toBeUndefined()
    await cluster.client.delete(sources, { namespace: home, name: 'app' })
    await until('GitRepository gone', async () => {
      return (await cluster.client.get(sources, { namespace: home, name: 'app' })) === null
    })
    saw('source-controller, kustomize-controller', server, 'events, finalizers, pruning at the end')
  })
})

/** The kinds that Flux watches beside those in crds/. */
const fluxKinds = [
  ['source.toolkit.fluxcd.io', 'Bucket', 'buckets'],
  ['source.toolkit.fluxcd.io', 'OCIRepository', 'ocirepositories'],
  ['source.toolkit.fluxcd.io', 'HelmRepository', 'helmrepositories'],
  ['source.toolkit.fluxcd.io', 'HelmChart', 'helmcharts'],
  ['source.extensions.fluxcd.io', 'ExternalArtifact', 'externalartifacts'],
]
  .map(
    ([group, kind = '', plural]) => `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${plural}.${group}}
spec:
  group: ${group}
  scope: Namespaced
  names: {kind: ${kind}, listKind: ${kind}List, plural: ${plural}, singular: ${kind.toLowerCase()}}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`,
  )
  .join('')
