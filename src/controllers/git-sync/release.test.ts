/** What goes along with a Kustomization that is deleted, on simulated time. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  configMaps,
  coreEvents,
  keyOf,
  kustomizations,
  namespaces,
  resource,
  type KubeObject,
} from '#api'
import { field } from '#base'
import { simEnv } from '#base/env'
import { createKubeApi } from '#embedded/kube-api'
import { ownerLabels } from '#inventory'
import { createClient, type Client } from '#kube'
import { createEventRecorder } from '#runtime'
import { gitSyncControllers, type GitSyncOptions } from './index.ts'

const key = { namespace: 'apps', name: 'app' }
const roles = resource('rbac.authorization.k8s.io/v1', 'Role', 'roles')
const roleBindings = resource('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings')
const applied = { namespace: 'apps', name: 'a' }

// As an older or a newer definition, or one that checks nothing, lets them in.
const crds = [
  'source.toolkit.fluxcd.io_gitrepositories',
  'kustomize.toolkit.fluxcd.io_kustomizations',
].map((name) => {
  const crd = parse(readFileSync(`crds/${name}.yaml`, 'utf8')) as {
    spec: { versions: { schema: object; selectableFields?: unknown }[] }
  }
  for (const version of crd.spec.versions) {
    version.schema = {
      openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    }
    delete version.selectableFields
  }
  return crd
})

interface Deleted {
  /** What is left after a minute. */
  readonly isThere: boolean
  readonly isAppliedThere: boolean
  readonly ready: string | undefined
  readonly told: readonly string[]
  /** Whose rights the object was deleted with. */
  readonly deletedAs: readonly string[]
}

/** A Kustomization that applied one ConfigMap before is deleted, and then perhaps mended. */
async function deleted(
  spec: object,
  options: Partial<GitSyncOptions> = {},
  mend?: object,
): Promise<Deleted> {
  const env = simEnv(1)
  return env.clock.run(async () => {
    const api = createKubeApi({ env, crds })
    const deletedAs: string[] = []
    const listener = await env.net.listen((request) => {
      if (request.method === 'DELETE') {
        deletedAs.push(new Headers(request.headers as never).get('impersonate-user') ?? 'itself')
      }
      return api.handler(request)
    })
    const client = createClient({ env, server: { url: listener.url } })
    await prepared(client, spec)
    deletedAs.length = 0
    const stop = new AbortController()
    const running = gitSyncControllers({
      env,
      client,
      events: createEventRecorder({ env, client, component: 'kustomize-controller' }),
      options: { folder: '/tmp/git', requireServiceAccount: false, ...options },
    }).map((each) => each.run(stop.signal))
    await env.clock.sleep(60_000)
    if (mend !== undefined) {
      await client.patch(kustomizations, key, { spec: mend }, { type: 'merge' })
      await env.clock.sleep(60_000)
    }
    const live = await client.get(kustomizations, key)
    const isAppliedThere = (await client.get(configMaps, applied)) !== null
    const { items } = await client.list(coreEvents)
    stop.abort()
    await Promise.all(running)
    await client.close()
    await listener.close()
    api.close()
    const ready = live?.status?.conditions?.find(({ type }) => type === 'Ready')
    return {
      isThere: live !== null,
      isAppliedThere,
      ready: ready === undefined ? undefined : `${ready.reason}: ${ready.message ?? ''}`,
      told: items.map(
        (event) => `${String(field(event, 'reason'))}: ${String(field(event, 'message'))}`,
      ),
      deletedAs,
    }
  })
}

/** The account of the namespace that may delete what was applied. */
async function allowDeployer(client: Client): Promise<void> {
  const apiGroup = 'rbac.authorization.k8s.io'
  const metadata = { namespace: 'apps', name: 'deployer' }
  await client.create(roles, {
    apiVersion: `${apiGroup}/v1`,
    kind: 'Role',
    metadata,
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'delete'] }],
  })
  await client.create(roleBindings, {
    apiVersion: `${apiGroup}/v1`,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup, kind: 'Role', name: 'deployer' },
    subjects: [{ kind: 'ServiceAccount', ...metadata }],
  })
}

async function prepared(client: Client, spec: object): Promise<void> {
  const head = { apiVersion: 'v1', kind: 'Namespace' }
  await client.create(namespaces, { ...head, metadata: { name: 'apps' } })
  await client.create(configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...applied, labels: ownerLabels(key) },
  })
  await allowDeployer(client)
  const made = await client.create<KubeObject>(kustomizations, {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { ...key, finalizers: ['finalizers.fluxcd.io'] },
    spec: { interval: '1h', sourceRef: { kind: 'GitRepository', name: 'app' }, ...spec },
  } as KubeObject)
  const entries = [{ id: 'apps_a__ConfigMap', v: 'v1' }]
  await client.patch(
    kustomizations,
    keyOf(made),
    { status: { inventory: { entries } } },
    { type: 'merge', subresource: 'status' },
  )
  await client.delete(kustomizations, key)
}

describe('a Kustomization that is deleted', () => {
  it.each([
    [{ prune: true }],
    [{ prune: true, deletionPolicy: '' }],
    [{ prune: true, deletionPolicy: null }],
    [{ prune: true, deletionPolicy: 'MirrorPrune' }],
    [{ prune: false, deletionPolicy: 'Delete' }],
    [{ prune: false, deletionPolicy: 'WaitForTermination' }],
  ])('takes along what it applied: %j', async (spec) => {
    expect(await deleted(spec)).toMatchObject({ isThere: false, isAppliedThere: false, told: [] })
  })

  it.each([
    [{ prune: false }],
    [{ prune: false, deletionPolicy: '' }],
    [{ prune: false, deletionPolicy: 'MirrorPrune' }],
    [{ prune: true, deletionPolicy: 'Orphan' }],
    [{ prune: true, suspend: true }],
  ])('leaves what it applied: %j', async (spec) => {
    expect(await deleted(spec)).toMatchObject({ isThere: false, isAppliedThere: true, told: [] })
  })

  it.each(['orphan', 'delete', 'Retain', '__proto__'])(
    'leaves what it applied, and says so, where nobody knows the policy %s',
    async (deletionPolicy) => {
      const after = await deleted({ prune: true, deletionPolicy })
      expect(after).toMatchObject({ isThere: false, isAppliedThere: true })
      expect(after.told).toEqual([expect.stringContaining('spec.deletionPolicy')])
    },
  )

  it.each([
    ['spec.prune', { prune: 'yes' }, { prune: true }],
    ['spec.deletionPolicy', { prune: true, deletionPolicy: ['Orphan'] }, { deletionPolicy: null }],
    ['spec.sourceRef', { prune: true, sourceRef: 'x' }, { sourceRef: { kind: 'a', name: 'b' } }],
    ['spec.suspend', { prune: true, suspend: 'true' }, { suspend: false }],
  ])('waits for a person while %s cannot be read', async (at, spec, mend) => {
    const after = await deleted(spec)
    expect(after).toMatchObject({ isThere: true, isAppliedThere: true })
    expect(after.ready).toMatch(`InvalidSpec: deletion waits: ${at} must be`)
    expect(after.ready).toContain('deletionPolicy')
    expect(after.told).toEqual([after.ready])
    expect(await deleted(spec, {}, mend)).toMatchObject({ isThere: false, isAppliedThere: false })
    const orphan = { deletionPolicy: 'Orphan' }
    expect(await deleted(spec, {}, orphan)).toMatchObject({ isThere: false, isAppliedThere: true })
  })
})

describe('a Kustomization that the rules refuse, when it is deleted', () => {
  const strict = { requireServiceAccount: true }
  const account = { serviceAccountName: 'deployer' }
  const refusals: readonly (readonly [string, object, Partial<GitSyncOptions>, object, RegExp])[] =
    [
      ['without an account', {}, strict, account, /^AccessDenied: .*serviceAccountName/],
      [
        'with the account named empty',
        { serviceAccountName: '' },
        strict,
        account,
        /^AccessDenied: .*serviceAccountName/,
      ],
      [
        'of another cluster',
        { ...account, kubeConfig: { secretRef: { name: 'far' } } },
        {},
        { kubeConfig: null },
        /^UnsupportedField: .*kubeConfig/,
      ],
    ]
  it.each(refusals)('%s, is kept until it is mended', async (_, given, options, mend, says) => {
    const spec = { prune: true, ...given }
    const after = await deleted(spec, options)
    expect(after).toMatchObject({ isThere: true, isAppliedThere: true, deletedAs: [] })
    expect(after.ready).toMatch(says)
    expect(after.ready).toContain('set spec.deletionPolicy to Orphan')
    expect(after.told).toEqual([after.ready])
    const mended = await deleted(spec, options, mend)
    expect(mended).toMatchObject({ isThere: false, isAppliedThere: false })
    expect(mended.deletedAs).toEqual(['system:serviceaccount:apps:deployer'])
  })

  it.each(refusals)('%s, is let go as an orphan, without any rights', async (_, given, options) => {
    const spec = { prune: true, ...given }
    const orphan = { deletionPolicy: 'Orphan' }
    const gone = { isThere: false, isAppliedThere: true, deletedAs: [] }
    expect(await deleted({ ...spec, ...orphan }, options)).toMatchObject(gone)
    expect(await deleted(spec, options, orphan)).toMatchObject(gone)
    expect(await deleted({ ...spec, prune: false }, options)).toMatchObject(gone)
  })

  it('in the system namespace, needs no account', async () => {
    const options = { ...strict, systemNamespace: 'apps' }
    const after = await deleted({ prune: true }, options)
    expect(after).toMatchObject({ isThere: false, isAppliedThere: false, told: [] })
  })
})
