import { describe, expect, it } from 'vitest'
import type { AnyObject } from '#api'
import { lockstep } from './command.ts'
import { gitRepositories, inSimulation, kustomizations, type Stage } from './stage.ts'

const sync = { namespace: 'lockstep-system', name: 'shop' }

/** A sync and its repository in a state that a controller would have written. */
async function prepare(
  stage: Stage,
  ready: Readonly<Record<string, string>>,
  options: { readonly suspend?: boolean; readonly source?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  await stage.apply(`
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: shop, namespace: lockstep-system}
spec: {interval: 1m, url: "https://git.example/shop.git"}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop, namespace: lockstep-system}
spec: {interval: 10m, path: ./deploy, prune: true, suspend: ${options.suspend === true}, sourceRef: {kind: GitRepository, name: shop}}
`)
  const condition = (said: Readonly<Record<string, string>>): object => ({
    type: 'Ready',
    lastTransitionTime: '2026-01-01T00:00:00Z',
    ...said,
  })
  const well = { status: 'True', reason: 'Succeeded', message: 'stored artifact' }
  await writeStatus(stage, gitRepositories, { conditions: [condition(options.source ?? well)] })
  await writeStatus(stage, kustomizations, {
    conditions: [condition(ready)],
    lastAttemptedRevision: 'main@sha1:new',
  })
}

async function writeStatus(
  stage: Stage,
  kind: typeof kustomizations,
  status: object,
): Promise<AnyObject> {
  return await stage.client.patch(kind, sync, { status }, { type: 'merge', subresource: 'status' })
}

const applied = { status: 'True', reason: 'ReconciliationSucceeded', message: 'Applied' }
const failing = (reason: string, message: string): Readonly<Record<string, string>> => ({
  status: 'False',
  reason,
  message,
})

const cases: readonly [
  string,
  Readonly<Record<string, string>>,
  Parameters<typeof prepare>[2],
  string,
  RegExp,
][] = [
  [
    'another file is broken',
    failing('BuildFailed', 'deploy/other.yaml:3: not YAML'),
    {},
    'ManifestBroken',
    /nothing of the commit is applied.*deploy\/other\.yaml:3[^]*\$ kubectl kustomize \.\/deploy/,
  ],
  [
    'the API server refuses a part',
    failing('ReconciliationFailed', 'ConfigMap/web/x: forbidden'),
    {},
    'ManifestNotApplied',
    /refused a part.*ConfigMap\/web\/x[^]*--dry-run=server/,
  ],
  [
    'the sync is suspended',
    applied,
    { suspend: true },
    'SyncSuspended',
    /\$ kubectl -n lockstep-system patch kustomization shop --type=merge -p '{"spec":{"suspend":false}}'/,
  ],
  [
    'the branch is not there',
    applied,
    { source: failing('GitOperationFailed', "couldn't find remote ref main") },
    'RevisionMissing',
    /\$ git ls-remote https:\/\/git\.example\/shop\.git/,
  ],
  [
    'a prune is held back',
    failing('PruneFailed', 'prune held back: nothing was rendered, so 3 objects would be deleted'),
    {},
    'PruneHeld',
    /\$ lockstep confirm kustomization\/shop -n lockstep-system/,
  ],
]

describe('a Secret that nothing makes', () => {
  it.each(cases)('is explained when %s', (_what, ready, options, reason, words) =>
    inSimulation(
      async (stage) => {
        await prepare(stage, ready, options)
        const told = await lockstep(stage, ['why', 'web/db'])
        expect(told.status).toBe(1)
        expect(told.stdout).toContain('(NothingMakesIt)')
        expect(told.stdout).toContain(`(${reason})`)
        expect(told.stdout).toMatch(words)
      },
      { controllers: [] },
    ),
  )
})

describe('a prune that is held back', () => {
  it('is confirmed for the revision shown, and for no other', () =>
    inSimulation(
      async (stage) => {
        const message = 'prune held back: nothing was rendered, so 3 objects would be deleted'
        await prepare(stage, failing('PruneFailed', message))
        const confirm = ['confirm', 'kustomization/shop', '-n', 'lockstep-system']
        const declined = await lockstep(stage, confirm, '')
        expect(declined.status).toBe(1)
        expect(declined.stdout).toContain(`${message}, at revision main@sha1:new`)
        expect((await stage.client.get(kustomizations, sync))?.metadata.annotations).toBeUndefined()
        expect(await lockstep(stage, confirm, 'y')).toMatchObject({ status: 0, stderr: '' })
        expect((await stage.client.get(kustomizations, sync))?.metadata.annotations).toEqual({
          'lockstep.dev/confirm-prune': 'main@sha1:new',
        })
      },
      { controllers: [] },
    ))

  it('is none when the sync is well', () =>
    inSimulation(
      async (stage) => {
        await prepare(stage, applied)
        const told = await lockstep(stage, [
          'confirm',
          'kustomization/shop',
          '-n',
          'lockstep-system',
        ])
        expect(told).toMatchObject({
          status: 0,
          stderr: 'nothing is held back for kustomization/shop\n',
        })
      },
      { controllers: [] },
    ))
})
