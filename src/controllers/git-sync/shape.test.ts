import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { afterEach, describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { gitRepositories, kustomizations, namespaces, type KubeObject, type Resource } from '#api'
import { jsonLog, simEnv } from '#base/env'
import { memoryMirror, MemoryRepository } from '#embedded/git'
import { createKubeApi, type KubeApi } from '#embedded/kube-api'
import { createClient, type Client } from '#kube'
import { createEventRecorder } from '#runtime'
import { gitSyncControllers } from './index.ts'
import { entriesIn, readable, whyNoSource, whyNoSync } from './shape.ts'

const sync = (spec: unknown, status: unknown = {}): Parameters<typeof whyNoSync>[0] =>
  ({ apiVersion: 'v1', kind: 'x', metadata: { name: 'a', namespace: 'b' }, spec, status }) as never

describe('a spec that no definition has checked', () => {
  test.each([
    ['x', 'spec'],
    [[], 'spec'],
    [undefined, 'spec'],
    [{}, 'spec.sourceRef'],
    [{ sourceRef: { kind: 'GitRepository' } }, 'spec.sourceRef.name'],
    [{ interval: 7 }, 'spec.interval'],
    [{ path: ['canary'] }, 'spec.path'],
    [{ prune: 'yes' }, 'spec.prune'],
    [{ sourceRef: 'canary' }, 'spec.sourceRef'],
    [{ sourceRef: { name: {} } }, 'spec.sourceRef.name'],
    [{ dependsOn: { name: 'a' } }, 'spec.dependsOn'],
    [{ dependsOn: [{ name: 'a' }, null] }, 'spec.dependsOn[1]'],
    [{ healthChecks: [7] }, 'spec.healthChecks[0]'],
    [{ commonMetadata: { labels: { a: 1 } } }, 'spec.commonMetadata.labels.a'],
    [{ postBuild: { substitute: { __proto__: null, a: 1 } } }, 'spec.postBuild.substitute.a'],
    [
      { postBuild: { substituteFrom: [{ optional: 'no' }] } },
      'spec.postBuild.substituteFrom[0].optional',
    ],
  ])('%j is told by its field', (spec, at) => {
    const fault = whyNoSync(sync(spec))
    expect(fault).toMatchObject({ reason: 'InvalidSpec', at })
    expect(fault?.message).not.toContain('canary')
  })

  it('of the right form is let through, nulls and strangers too', () => {
    const right = {
      interval: '1m',
      sourceRef: { kind: 'GitRepository', name: 'a' },
      dependsOn: null,
      stranger: [1],
    }
    expect(whyNoSync(sync(right))).toBeUndefined()
    expect(whyNoSource(sync({ url: 'u', ref: { branch: 'b' } }) as never)).toBeUndefined()
    expect(whyNoSource(sync({ url: 5 }) as never)).toMatchObject({ at: 'spec.url' })
  })
})

test('of a status, what can be read is kept and nothing else', () => {
  const good = { type: 'Ready', status: 'True' }
  const entry = { id: 'a_b__ConfigMap', v: 'v1' }
  const right = sync({}, { conditions: [good], inventory: { entries: [entry] }, more: 1 })
  expect(readable(right)).toBe(right)
  const poor = sync(
    {},
    {
      conditions: [good, 7, null],
      inventory: { entries: [entry, '{{', { id: 5 }] },
      artifact: 'x',
    },
  )
  expect(readable(poor).status).toEqual({ conditions: [good], inventory: { entries: [entry] } })
  expect(entriesIn(poor)).toEqual([entry])
  for (const status of ['x', null, [], { conditions: 'x', inventory: 7 }]) {
    expect(readable(sync({}, status)).status?.conditions ?? []).toEqual([])
    expect(entriesIn(sync({}, status))).toEqual([])
  }
})

describe('the controllers', () => {
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const crds = [
    'source.toolkit.fluxcd.io_gitrepositories',
    'kustomize.toolkit.fluxcd.io_kustomizations',
  ].map((name) => {
    const crd = parse(readFileSync(`crds/${name}.yaml`, 'utf8')) as {
      spec: { versions: { schema: object; selectableFields?: unknown }[] }
    }
    for (const version of crd.spec.versions) {
      version.schema = { openAPIV3Schema: anything }
      delete version.selectableFields
    }
    return crd
  })
  let env: ReturnType<typeof simEnv>
  let api: KubeApi
  afterEach(() => api.close())

  const wrongs = fc.constantFrom<unknown>(
    0,
    true,
    '',
    'x',
    '{{',
    '__proto__',
    '99999999999h',
    [],
    [null],
    ['x'],
    [[]],
    {},
    { name: 7 },
    { x: { y: {} } },
    { toString: 'x' },
    { constructor: null },
    { entries: [7] },
    [{ type: 1 }],
  )
  const syncFields = [
    'interval',
    'path',
    'sourceRef',
    'dependsOn',
    'prune',
    'wait',
    'timeout',
    'healthChecks',
    'commonMetadata',
    'postBuild',
    'serviceAccountName',
    'retryInterval',
    'suspend',
    'targetNamespace',
    'deletionPolicy',
    'images',
    'patches',
    'ignore',
  ] as const
  const sourceFields = [
    'url',
    'interval',
    'ref',
    'timeout',
    'secretRef',
    'suspend',
    'ignore',
    'verify',
    'include',
    'provider',
  ] as const
  const statusFields = [
    'conditions',
    'inventory',
    'artifact',
    'observedGeneration',
    'lastAppliedRevision',
    'lastAttemptedRevision',
    'lastHandledReconcileAt',
    'history',
  ] as const
  const poison = fc.record({
    sync: fc.dictionary(fc.constantFrom(...syncFields), wrongs, { maxKeys: 2 }),
    source: fc.dictionary(fc.constantFrom(...sourceFields), wrongs, { maxKeys: 2 }),
    whole: fc.option(wrongs, { freq: 8, nil: undefined }),
    status: fc.dictionary(fc.constantFrom(...statusFields), wrongs, { maxKeys: 2 }),
  })

  async function put(client: Client, kind: Resource<KubeObject>, object: object): Promise<void> {
    const { status, ...rest } = object as KubeObject & { status: unknown }
    const made = await client.create(kind, rest)
    await client.updateStatus(kind, { ...made, status } as KubeObject)
  }

  it('meet no object that they do not understand', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(poison, { minLength: 12, maxLength: 12 }), async (all) => {
        const lines: string[] = []
        env = simEnv(1, { log: jsonLog('debug', (line) => lines.push(line)) })
        await env.clock.run(async () => {
          api = createKubeApi({ env, crds })
          const listener = await env.net.listen(api.handler)
          const client = createClient({ env, server: { url: listener.url } })
          await client.create(namespaces, {
            apiVersion: 'v1',
            kind: 'Namespace',
            metadata: { name: 'apps' },
          })
          const repository = new MemoryRepository()
          repository.commit(
            { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' },
            'x',
          )
          const source = {
            interval: '1m',
            url: 'http://git.example/a.git',
            ref: { branch: 'main' },
          }
          for (const [i, one] of all.entries()) {
            const metadata = { namespace: 'apps', name: `p${i}` }
            await put(client, gitRepositories, {
              apiVersion: 'source.toolkit.fluxcd.io/v1',
              kind: 'GitRepository',
              metadata,
              spec: one.whole ?? { ...source, ...one.source },
              status: one.status,
            })
            await put(client, kustomizations, {
              apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
              kind: 'Kustomization',
              metadata,
              spec: one.whole ?? {
                interval: '1m',
                prune: true,
                targetNamespace: 'apps',
                sourceRef: { kind: 'GitRepository', name: `p${i}` },
                ...one.sync,
              },
              status: one.status,
            })
          }
          const stop = new AbortController()
          const running = gitSyncControllers({
            env,
            client,
            events: createEventRecorder({ env, client, component: 'kustomize-controller' }),
            options: {
              folder: '/tmp/git',
              requireServiceAccount: false,
              openMirror: () => memoryMirror(repository),
            },
          }).map((controller) => controller.run(stop.signal))
          await env.clock.sleep(5_000)
          const { items } = await client.list(kustomizations)
          const sources = (await client.list(gitRepositories)).items
          const said = JSON.stringify([...items, ...sources].map(({ status }) => status))
          const bugs = lines.filter((line) => /InternalError|listener of an informer/.test(line))
          stop.abort()
          await Promise.all(running)
          await client.close()
          await listener.close()
          expect(bugs).toEqual([])
          expect(said).not.toMatch(/internal error|TypeError|is not a function|Cannot read/i)
        })
      }),
      { numRuns: Number(process.env['LOCKSTEP_RUNS'] ?? 4), endOnFailure: true },
    )
  }, 120_000)
})
