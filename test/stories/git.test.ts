import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configMaps, secrets } from '#api'
import { at } from '#base'
import { jsonLog, realEnv } from '#base/env'
import { createGitServer, type GitServer, type NewFile } from '#embedded/git'
import { canary, describeLeaks, scanForCanaries } from '../canary.ts'
import { conditionOf, gitRepositories, kustomizations, setStage, type Stage } from './stage.ts'

const sync = { namespace: 'lockstep-system', name: 'web' }
const good = configMap('settings', 'one')

function configMap(name: string, value: string): string {
  return `apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}, namespace: web}
data: {value: ${value}}
`
}

interface GitStage extends Stage {
  readonly git: GitServer
  commit(files: Readonly<Record<string, NewFile>>): Promise<string>
}

/** Plays a story with a repository that is synced: real time, real git, loopback. */
async function withRepository(story: (stage: GitStage) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-story-'))
  const lines: string[] = []
  const env = realEnv({ log: jsonLog('debug', (line) => lines.push(line)) })
  const git = createGitServer({ env, folder: join(folder, 'served') })
  await git.create('web')
  const commit = (files: Readonly<Record<string, NewFile>>): Promise<string> =>
    git.commit('web', files, 'change')
  await commit({ 'deploy/settings.yaml': good })
  const listener = await env.net.listen(git.handler)
  const stage = await setStage(env, lines, ['secrets', 'unsealer', 'git'], join(folder, 'mirrors'))
  try {
    await stage.apply(`
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: web, namespace: lockstep-system}
spec:
  interval: 1s
  url: ${listener.url}/web.git
  ref: {branch: main}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: web, namespace: lockstep-system}
spec:
  interval: 10m
  retryInterval: 1s
  path: ./deploy
  prune: true
  sourceRef: {kind: GitRepository, name: web}
`)
    await stage.when(configMaps as never, { namespace: 'web', name: 'settings' }, () => true)
    await story({ ...stage, git, commit })
    expect(
      describeLeaks(
        scanForCanaries({
          ...(await stage.outputs()),
          mirrors: { folder: join(folder, 'mirrors') },
        }),
      ),
    ).toBe('')
  } finally {
    await stage.close()
    await listener.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Waits until the Kustomization fails, and tells how. */
async function failure(stage: Stage): Promise<{ reason?: string; message?: string }> {
  const object = await stage.when(
    kustomizations,
    sync,
    (found) => conditionOf(found, 'Ready').status === 'False',
  )
  return conditionOf(object, 'Ready')
}

const mistakes: readonly [string, Readonly<Record<string, NewFile>>, string, RegExp][] = [
  [
    'broken YAML',
    { 'deploy/broken.yaml': 'apiVersion: v1\nkind: [ConfigMap\n' },
    'BuildFailed',
    /broken\.yaml/,
  ],
  [
    'the same object twice',
    { 'deploy/a.yaml': configMap('twice', 'one'), 'deploy/b.yaml': configMap('twice', 'two') },
    'BuildFailed',
    /twice/,
  ],
  [
    'an object without a name',
    { 'deploy/nameless.yaml': 'apiVersion: v1\nkind: ConfigMap\ndata: {}\n' },
    'BuildFailed',
    /nameless\.yaml|name/,
  ],
  [
    'a kind that is not served',
    {
      'deploy/odd.yaml':
        'apiVersion: example.com/v1\nkind: Odd\nmetadata: {name: odd, namespace: web}\n',
    },
    'ReconciliationFailed',
    /Odd/,
  ],
]

describe('a repository with a mistake', () => {
  it.each(mistakes)(
    '%s: nothing is changed or pruned, and the condition names it',
    (_what, files, reason, told) =>
      withRepository(async (stage) => {
        const before = await stage.client.get(configMaps, { namespace: 'web', name: 'settings' })
        await stage.commit({ ...files, 'deploy/settings.yaml': null })
        const failed = await failure(stage)
        expect(failed.message).toMatch(told)
        expect(failed.reason).toBe(reason)
        expect(await stage.client.get(configMaps, { namespace: 'web', name: 'settings' })).toEqual(
          before,
        )
      }),
  )

  it('a link out of the tree is not followed', () =>
    withRepository(async (stage) => {
      const commit = await stage.commit({
        'deploy/link.yaml': { link: '../../../../../../../../etc/passwd' },
        'deploy/folder': { link: '/etc' },
      })
      const object = await stage.when(
        kustomizations,
        sync,
        (found) => at(found, 'status', 'lastAppliedRevision') === `main@sha1:${commit}`,
      )
      expect(at(object, 'status', 'inventory', 'entries')).toHaveLength(1)
    }))

  it('a field named __proto__ stays a field and harms nothing', () =>
    withRepository(async (stage) => {
      await stage.commit({
        'deploy/proto.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: proto, namespace: web, labels: {constructor: y}}
data: {"__proto__": polluted, constructor: z}
`,
      })
      const found = await stage.when(
        configMaps as never,
        { namespace: 'web', name: 'proto' },
        () => true,
      )
      expect(Object.keys(found['data'] as object)).toContain('constructor')
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    }))

  it('a branch that does not exist is told on the GitRepository, and nothing is pruned', () =>
    withRepository(async (stage) => {
      await stage.client.patch(
        gitRepositories,
        sync,
        { spec: { ref: { branch: 'nowhere' } } },
        { type: 'merge' },
      )
      const object = await stage.when(
        gitRepositories,
        sync,
        (found) => conditionOf(found, 'Ready').status === 'False',
      )
      expect(conditionOf(object, 'Ready').message).toContain('nowhere')
      expect(
        await stage.client.get(configMaps, { namespace: 'web', name: 'settings' }),
      ).not.toBeNull()
    }))

  it('a sealed value that was tampered with is told on the SealedSecret, and no Secret appears', () =>
    withRepository(async (stage) => {
      await stage.commit({
        'deploy/sealed.yaml': `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: sealed, namespace: web}
spec:
  encryptedData: {password: AgBvYnZpb3VzbHkgbm90IGEgc2VhbGVkIHZhbHVl}
`,
      })
      const object = await stage.when(
        {
          group: 'bitnami.com',
          version: 'v1alpha1',
          plural: 'sealedsecrets',
          kind: 'SealedSecret',
          namespaced: true,
        },
        { namespace: 'web', name: 'sealed' },
        (found) => conditionOf(found, 'Synced').status === 'False',
      )
      expect(conditionOf(object, 'Synced').message).toContain(
        'no key could decrypt secret (password)',
      )
      expect(await stage.secret({ namespace: 'web', name: 'sealed' })).toBeNull()
    }))
})

describe('a repository that changes', () => {
  it('is followed: a new manifest appears, a removed one is pruned, a hand-made change is put back', () =>
    withRepository(async (stage) => {
      await stage.commit({ 'deploy/more.yaml': configMap('more', 'x') })
      await stage.when(configMaps as never, { namespace: 'web', name: 'more' }, () => true)
      await stage.client.patch(
        configMaps,
        { namespace: 'web', name: 'more' },
        { data: { value: 'by-hand' } },
        { type: 'merge', fieldManager: 'kubectl-edit' },
      )
      await stage.when(
        configMaps as never,
        { namespace: 'web', name: 'more' },
        (found) => (found['data'] as Record<string, string>)['value'] === 'x',
      )
      await stage.commit({ 'deploy/more.yaml': null })
      while ((await stage.client.get(configMaps, { namespace: 'web', name: 'more' })) !== null) {
        await stage.env.clock.sleep(50)
      }
      expect(
        await stage.client.get(configMaps, { namespace: 'web', name: 'settings' }),
      ).not.toBeNull()
    }))

  it('keeps everything when the Git server goes away', () =>
    withRepository(async (stage) => {
      stage.git.behave({ status: 503 })
      await stage.when(
        gitRepositories,
        sync,
        (found) => conditionOf(found, 'Ready').status === 'False',
      )
      expect(
        await stage.client.get(configMaps, { namespace: 'web', name: 'settings' }),
      ).not.toBeNull()
      stage.git.behave({})
      await stage.when(
        gitRepositories,
        sync,
        (found) => conditionOf(found, 'Ready').status === 'True',
      )
    }))

  it('carries a plain Secret without a trace of its value elsewhere', () =>
    withRepository(async (stage) => {
      const value = canary('committed-in-plain')
      await stage.commit({
        'deploy/plain.yaml': `apiVersion: v1
kind: Secret
metadata: {name: plain, namespace: web}
stringData: {password: ${JSON.stringify(value)}}
`,
      })
      await stage.values(
        { namespace: 'web', name: 'plain' },
        (values) => values['password'] === value,
      )
      await stage.client.patch(
        secrets,
        { namespace: 'web', name: 'plain' },
        { data: { password: 'eA==' } },
        { type: 'merge', fieldManager: 'kubectl-edit' },
      )
      await stage.values(
        { namespace: 'web', name: 'plain' },
        (values) => values['password'] === value,
      )
    }))
})
