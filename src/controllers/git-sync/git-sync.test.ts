/** Stories of Git sync over a real Git server and the embedded API server. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  configMaps,
  gitRepositories,
  kustomizations,
  namespaces,
  resource,
  type Condition,
  type Kustomization,
  type KustomizationSpec,
} from '#api'
import { equalJson } from '#base'
import type { NewFile } from '#embedded/git'
import { startWorld, type World } from '../../../test/git-sync/world.ts'
import { confirmPrune } from './index.ts'

const deployments = resource('apps/v1', 'Deployment', 'deployments')

let world: World
beforeEach(async () => {
  world = await startWorld()
  await world.client.create(namespaces, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'apps' },
  })
})
afterEach(() => world.stop())

const configMap = (name: string, value = 'v', extra = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${extra}data:\n  key: ${value}\n`

/** Polls until `look` gives something; a wait of the test's, bounded by the runner. */
async function until<T>(look: () => Promise<T | undefined | null | false>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== null && found !== false) return found
    await world.env.clock.sleep(20)
  }
}

async function commit(files: Record<string, NewFile>, replace = true): Promise<string> {
  await world.git.create('repo')
  const sha = await world.git.commit('repo', files, 'a change', { replace })
  const source = await world.client.get(gitRepositories, { namespace: 'apps', name: 'src' })
  if (source !== null) await ask('GitRepository', sha)
  return sha
}

async function ask(kind: 'GitRepository' | 'Kustomization', token: string): Promise<void> {
  const annotations = { 'reconcile.fluxcd.io/requestedAt': token }
  const body = { metadata: { annotations } }
  if (kind === 'GitRepository') {
    const key = { namespace: 'apps', name: 'src' }
    await world.client.patch(gitRepositories, key, body, { type: 'merge' })
  } else {
    const key = { namespace: 'apps', name: 'app' }
    await world.client.patch(kustomizations, key, body, { type: 'merge' })
  }
}

async function apply(
  spec: Partial<KustomizationSpec> = {},
  ref: object = { branch: 'main' },
): Promise<void> {
  await world.client.create(gitRepositories, {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { namespace: 'apps', name: 'src' },
    spec: { interval: '10m', url: `${world.gitUrl}/repo.git`, ref },
  })
  await world.client.create(kustomizations, {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { namespace: 'apps', name: 'app' },
    spec: {
      interval: '10m',
      prune: true,
      targetNamespace: 'apps',
      sourceRef: { kind: 'GitRepository', name: 'src' },
      ...spec,
    },
  })
}

async function sync(): Promise<Kustomization | null> {
  return world.client.get(kustomizations, { namespace: 'apps', name: 'app' })
}

function readyOf(
  object: { status?: { conditions?: readonly Condition[] } } | null,
): Condition | undefined {
  return object?.status?.conditions?.find(({ type }) => type === 'Ready')
}

/** The Ready condition once it speaks about `revision`, or says `reason`. */
async function settledAt(commitId: string, reason = 'ReconciliationSucceeded'): Promise<Condition> {
  return until(async () => {
    const object = await sync()
    const ready = readyOf(object)
    const isThere = object?.status?.lastAttemptedRevision?.endsWith(commitId) === true
    return isThere && ready?.reason === reason ? ready : undefined
  })
}

async function keys(): Promise<Record<string, string | undefined>> {
  const { items } = await world.client.list(configMaps, { namespace: 'apps' })
  const owned = items.filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt')
  return Object.fromEntries(owned.map(({ metadata, data }) => [metadata.name, data?.['key']]))
}

describe('a commit', () => {
  it('arrives in the cluster, and leaves it again when it is taken back', async () => {
    const first = await commit({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') })
    await apply()
    await settledAt(first)
    expect(await keys()).toEqual({ a: 'v', b: 'v' })
    await settledAt(await commit({ 'a.yaml': configMap('a', 'w') }))
    expect(await keys()).toEqual({ a: 'w' })
  })

  it('writes nothing when nothing it applies has changed', async () => {
    await settledAfter({ 'a.yaml': configMap('a') })
    const before = await world.client.get(configMaps, { namespace: 'apps', name: 'a' })
    await settledAt(await commit({ 'README.md': 'words' }, false))
    const after = await world.client.get(configMaps, { namespace: 'apps', name: 'a' })
    expect(after?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion)
  })
})

async function settledAfter(files: Record<string, NewFile>): Promise<void> {
  const first = await commit(files)
  await apply()
  await settledAt(first)
}

describe('at rest', () => {
  it('writes nothing, however often its interval passes', async () => {
    const first = await commit({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') })
    await apply({ interval: '200ms' })
    const source = { namespace: 'apps', name: 'src' }
    const often = { spec: { interval: '200ms' } }
    await world.client.patch(gitRepositories, source, often, { type: 'merge' })
    await settledAt(first)
    const polls = world.git.requests()
    await until(async () => world.git.requests() > polls + 2) // everything has settled by now
    const before = world.api.revision()
    const later = world.git.requests()
    await until(async () => world.git.requests() > later + 4)
    expect(world.api.revision()).toBe(before)
  })
})

describe('drift', () => {
  it('is put back within seconds, edits and deletions alike', async () => {
    await settledAfter({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') })
    const key = { namespace: 'apps', name: 'a' }
    await world.client.patch(
      configMaps,
      key,
      { data: { key: 'hacked', more: 'x' } },
      {
        type: 'merge',
        fieldManager: 'kubectl-edit',
      },
    )
    await until(async () => {
      const live = await world.client.get(configMaps, key)
      return live?.data?.['key'] === 'v' && live.data['more'] === undefined
    })
    await world.client.delete(configMaps, { namespace: 'apps', name: 'b' })
    await until(async () => (await keys())['b'] === 'v')
  })

  it('of labels alone is put back, also of the one that says whose it is', async () => {
    const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {team: a}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: 'i:1'}]}
`
    const first = await commit({ 'a.yaml': deployment })
    await apply()
    await settledAt(first)
    const key = { namespace: 'apps', name: 'web' }
    const labels = async (): Promise<unknown> =>
      (await world.client.get(deployments, key))?.metadata.labels
    const wanted = await labels()
    expect(wanted).toMatchObject({ team: 'a', 'kustomize.toolkit.fluxcd.io/name': 'app' })
    for (const name of ['team', 'kustomize.toolkit.fluxcd.io/name']) {
      const body = { metadata: { labels: { [name]: null } } }
      await world.client.patch(deployments, key, body, { type: 'merge' })
      expect(await labels()).not.toEqual(wanted)
      await until(async () => equalJson(await labels(), wanted))
    }
  })

  it('is not put back while the Kustomization is suspended', async () => {
    await settledAfter({ 'a.yaml': configMap('a') })
    const app = { namespace: 'apps', name: 'app' }
    await world.client.patch(kustomizations, app, { spec: { suspend: true } }, { type: 'merge' })
    await world.client.patch(
      configMaps,
      { namespace: 'apps', name: 'a' },
      { data: { key: 'kept' } },
      { type: 'merge' },
    )
    await world.env.clock.sleep(600)
    expect(await keys()).toEqual({ a: 'kept' })
    await world.client.patch(kustomizations, app, { spec: { suspend: false } }, { type: 'merge' })
    await until(async () => (await keys())['a'] === 'v')
  })
})

describe('what is good stays', () => {
  const good = { 'a.yaml': configMap('a'), 'b.yaml': configMap('b') }
  const bad: Readonly<Record<string, { files: Record<string, NewFile>; says: RegExp }>> = {
    'broken YAML': {
      files: { 'a.yaml': configMap('a', 'new'), 'x/b.yaml': 'a: [1\nb: }' },
      says: /x\/b\.yaml:\d/,
    },
    'the same object twice': {
      files: { 'a.yaml': configMap('a', 'new'), 'c.yaml': configMap('a', 'other') },
      says: /c\.yaml:1: .*also in a\.yaml:1/,
    },
    'a document that is no object': {
      files: { 'a.yaml': configMap('a', 'new'), 'values.yaml': 'replicas: 2\n' },
      says: /values\.yaml:1: missing Resource metadata/,
    },
    'several mistakes, all told at once': {
      files: { 'a.yaml': 'kind: x', 'b.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}' },
      says: /a\.yaml:1: missing apiVersion\nb\.yaml:1: missing metadata.name/,
    },
    'an alias bomb': {
      files: {
        'a.yaml': `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
          .split('')
          .map(
            (c, i, all) =>
              `${c}: &${c} [${Array.from({ length: 9 }, () => `*${all[i - 1] ?? 'a'}`).join(',')}]`,
          )
          .join('\n')}`,
      },
      says: /a\.yaml:1: /,
    },
  }
  for (const [what, { files, says }] of Object.entries(bad)) {
    it(`when a commit brings ${what}`, async () => {
      await settledAfter(good)
      const ready = await settledAt(await commit(files), 'BuildFailed')
      expect(ready.status).toBe('False')
      expect(ready.message).toMatch(says)
      expect(await keys()).toEqual({ a: 'v', b: 'v' })
      expect((await sync())?.status?.inventory?.entries).toHaveLength(2)
      await settledAt(await commit({ 'a.yaml': configMap('a', 'mended') }))
      expect(await keys()).toEqual({ a: 'mended' })
    })
  }

  it('when every manifest is gone, until a person confirms', async () => {
    await settledAfter(good)
    const empty = await commit({ 'README.md': 'nothing here' })
    const ready = await settledAt(empty, 'PruneFailed')
    expect(ready.message).toContain('nothing was rendered')
    expect(await keys()).toEqual({ a: 'v', b: 'v' })
    const annotations = { [confirmPrune]: `main@sha1:${empty}` }
    await world.client.patch(
      kustomizations,
      { namespace: 'apps', name: 'app' },
      { metadata: { annotations } },
      { type: 'merge' },
    )
    await until(async () => Object.keys(await keys()).length === 0)
  })

  it('when everything is renamed at once, also after later commits and a restart', async () => {
    const named = (prefix: string): Record<string, NewFile> =>
      Object.fromEntries(
        Array.from({ length: 21 }, (_, i) => [`${i}.yaml`, configMap(`${prefix}-${i}`)]),
      )
    await settledAfter(named('old'))
    const renamed = await settledAt(await commit(named('new')), 'PruneFailed')
    expect(renamed.message).toContain('21 of 21 objects would be deleted at once')
    const both = async (): Promise<number> => Object.keys(await keys()).length
    expect(await both()).toBe(42)
    await settledAt(await commit({ 'more.yaml': configMap('more') }, false), 'PruneFailed')
    expect(await both()).toBe(43)
    const held = (await sync())?.status?.conditions?.find(({ type }) => type === 'PruneHeld')
    expect(held?.status).toBe('True')
    await world.restart()
    const last = await commit({ 'last.yaml': configMap('last') }, false)
    await settledAt(last, 'PruneFailed')
    expect(await both()).toBe(44)
    const annotations = { [confirmPrune]: `main@sha1:${last}` }
    const app = { namespace: 'apps', name: 'app' }
    await world.client.patch(kustomizations, app, { metadata: { annotations } }, { type: 'merge' })
    await until(async () => (await both()) === 23)
    await settledAt(last)
    const types = (await sync())?.status?.conditions?.map(({ type }) => type)
    expect(types).not.toContain('PruneHeld')
  })

  it('when the Git server is down, or the branch is gone', async () => {
    await settledAfter(good)
    const source = { namespace: 'apps', name: 'src' }
    const fetchFailed = async (says: string): Promise<true> =>
      until(async () => {
        const ready = readyOf(await world.client.get(gitRepositories, source))
        return ready?.reason === 'GitOperationFailed' && ready.message?.includes(says)
      })
    world.git.behave({ status: 503 })
    await ask('GitRepository', '1')
    await fetchFailed('status 503')
    world.git.behave({})
    const tip = (await world.git.resolve('repo', 'refs/heads/main')) ?? ''
    await world.git.setRef('repo', 'refs/heads/other', tip)
    await world.git.setRef('repo', 'refs/heads/main', null)
    await ask('GitRepository', '2')
    await fetchFailed('refs/heads/main')
    await ask('Kustomization', '3')
    await until(async () => (await sync())?.status?.lastHandledReconcileAt === '3')
    expect(readyOf(await sync())?.status).toBe('True')
    expect(await keys()).toEqual({ a: 'v', b: 'v' })
  })

  it('when keys are called like parts of a prototype', async () => {
    const data = '  __proto__: polluted\n  constructor: harmless\n'
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: p\n  labels:\n    __proto__: x\ndata:\n${data}`
    const first = await commit({ 'a.yaml': text })
    await apply()
    await until(async () => {
      const status = (await sync())?.status
      return status?.lastAttemptedRevision?.endsWith(first) === true
    })
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

describe('links', () => {
  it('are passed over, wherever they lead', async () => {
    const links = {
      'app/out.yaml': { link: '../../../../etc/passwd' },
      'app/in.yaml': { link: '../shared/s.yaml' },
      'app/a.yaml': configMap('a'),
      'shared/s.yaml': configMap('s'),
    }
    const first = await commit(links)
    await apply({ path: './app' })
    await settledAt(first)
    expect(await keys()).toEqual({ a: 'v' })
  })
})

describe('tenancy', () => {
  it('refuses a Kustomization without an account outside the system namespace', async () => {
    await world.stop()
    world = await startWorld({ requireServiceAccount: true, systemNamespace: 'lockstep-system' })
    await world.client.create(namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'apps' },
    })
    await commit({ 'a.yaml': configMap('a') })
    await apply()
    const ready = await until(async () => {
      const found = readyOf(await sync())
      return found?.reason === 'AccessDenied' ? found : undefined
    })
    expect(ready.message).toContain('spec.serviceAccountName')
    expect(await keys()).toEqual({})
  })
})

describe('a range of versions', () => {
  it('is followed to the newest tag in it, and to no other', async () => {
    const first = await commit({ 'a.yaml': configMap('a', 'one') })
    await world.git.setRef('repo', 'refs/tags/v1.0.0', first)
    await apply({}, { semver: '1.x' })
    await settledAt(first)
    const second = await commit({ 'a.yaml': configMap('a', 'two') })
    await world.git.setRef('repo', 'refs/tags/v1.10.0', second)
    await world.git.setRef('repo', 'refs/tags/v1.9.0', first)
    const third = await commit({ 'a.yaml': configMap('a', 'three') })
    await world.git.setRef('repo', 'refs/tags/v2.0.0', third)
    await ask('GitRepository', 'again')
    await settledAt(second)
    expect(await keys()).toEqual({ a: 'two' })
    expect((await sync())?.status?.lastAppliedRevision).toBe(`v1.10.0@sha1:${second}`)
  })

  it('that no tag is in is told, and what is applied stays', async () => {
    const first = await commit({ 'a.yaml': configMap('a') })
    await world.git.setRef('repo', 'refs/tags/v1.0.0', first)
    await apply({}, { semver: '1.x' })
    await settledAt(first)
    await world.git.setRef('repo', 'refs/tags/v1.0.0', null)
    await ask('GitRepository', 'again')
    const key = { namespace: 'apps', name: 'src' }
    const ready = await until(async () => {
      const found = readyOf(await world.client.get(gitRepositories, key))
      return found?.status === 'False' ? found : undefined
    })
    expect(ready.message).toContain('no match found for semver: 1.x')
    expect(await keys()).toEqual({ a: 'v' })
  })
})

describe('a newer commit', () => {
  it('ends the wait for the health of an older one', async () => {
    const sick =
      'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: c\nspec:\n  accessModes: [ReadWriteOnce]\n  resources:\n    requests:\n      storage: 1Gi\n'
    await commit({ 'a.yaml': configMap('a'), 'c.yaml': sick })
    await apply({ wait: true, timeout: '10m' })
    await until(async () => readyOf(await sync())?.reason === 'Progressing')
    await settledAt(await commit({ 'a.yaml': configMap('a', 'newer') }), 'PruneFailed')
    expect(await keys()).toEqual({ a: 'newer' })
  })
})
