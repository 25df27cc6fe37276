/** Objects that a definition without a schema let through, whatever they hold, stop nobody else. */
import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { secrets, type AnyObject, type KubeObject, type Resource } from '#api'
import { simEnv, jsonLog } from '#base/env'
import { memoryMirror, MemoryRepository } from '#embedded/git'
import { createKubeApi } from '#embedded/kube-api'
import { createClient, type Client } from '#kube'
import { createMetrics } from '#runtime'
import { createOperator } from '#bin'
import { loadProviders } from './loaded-providers.ts'

await Promise.all([loadProviders(), import('prom-client')])

interface Definition {
  readonly kind: string
  readonly spec: { readonly versions: { schema: object; selectableFields?: unknown }[] }
}

const folder = new URL('../crds/', import.meta.url)
const definitions = readdirSync(folder)
  .filter((name) => /^[a-z.-]+\.[a-z]+_[a-z]+\.yaml$/.test(name))
  .flatMap((name) => parseAllDocuments(readFileSync(new URL(name, folder), 'utf8')))
  .map((document) => document.toJS() as Definition)
for (const version of definitions.flatMap(({ spec }) => spec.versions)) {
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  version.schema = { openAPIV3Schema: anything }
  delete version.selectableFields // they have to be fields of the schema
}

const store = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'SecretStore',
  metadata: { namespace: 'web', name: 'fake' },
  spec: {
    provider: {
      fake: {
        data: [
          { key: 'k', value: 'v' },
          { key: 'm', value: '{"a":"b"}' },
        ],
      },
    },
  },
}
const externalSecret = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'ExternalSecret',
  metadata: { namespace: 'web', name: 'es' },
  spec: {
    refreshInterval: '1h',
    secretStoreRef: { name: 'fake', kind: 'SecretStore' },
    target: {
      name: 'target',
      creationPolicy: 'Owner',
      template: { data: { x: '{{ .a }}' }, metadata: { labels: { l: 'l' } } },
    },
    data: [{ secretKey: 'a', remoteRef: { key: 'k' } }],
    dataFrom: [{ extract: { key: 'm' }, rewrite: [{ regexp: { source: 'a', target: 'c' } }] }],
  },
}
const sealed = {
  apiVersion: 'bitnami.com/v1alpha1',
  kind: 'SealedSecret',
  metadata: { namespace: 'web', name: 'sealed', annotations: {} },
  spec: {
    encryptedData: { a: 'AgAAAA==' },
    template: { type: 'Opaque', data: { b: 'c' }, metadata: { labels: {} } },
  },
}
const repository = {
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'GitRepository',
  metadata: { namespace: 'lockstep-system', name: 'src' },
  spec: {
    url: 'http://git.example/a.git',
    interval: '1m',
    ref: { branch: 'main' },
    timeout: '10s',
  },
}
const kustomization = {
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { namespace: 'lockstep-system', name: 'app' },
  spec: {
    interval: '1m',
    path: './',
    prune: true,
    wait: true,
    sourceRef: { kind: 'GitRepository', name: 'src' },
    dependsOn: [{ name: 'other' }],
    commonMetadata: { labels: {} },
  },
}
const clusterStore = {
  ...store,
  kind: 'ClusterSecretStore',
  metadata: { name: 'all' },
  spec: {
    ...store.spec,
    conditions: [
      { namespaces: ['web'], namespaceRegexes: ['w.*'], namespaceSelector: { matchLabels: {} } },
    ],
  },
}
const status = {
  conditions: [
    { type: 'Ready', status: 'True', reason: 'x', lastTransitionTime: '2026-01-01T00:00:00Z' },
  ],
  refreshTime: '2026-01-01T00:00:00Z',
  syncedResourceVersion: '1-x',
  observedGeneration: 1,
  artifact: { revision: 'main@sha1:' + 'a'.repeat(40) },
  inventory: { entries: [{ id: 'web_a__ConfigMap', v: 'v1' }] },
  binding: { name: 'target' },
}
const kinds = [store, externalSecret, sealed, repository, kustomization, clusterStore]

type Path = readonly (string | number)[]

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [
    path,
    ...Object.entries(value).flatMap(([key, inner]) =>
      pathsOf(inner, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ]
}

function put(value: unknown, path: Path, wrong: unknown): unknown {
  const [head, ...rest] = path
  if (head === undefined) return wrong
  if (Array.isArray(value))
    return (value as unknown[]).map((one, i) => (i === head ? put(one, rest, wrong) : one))
  const entries = Object.entries(value as object).map(([key, one]) => [
    key,
    key === head ? put(one, rest, wrong) : one,
  ])
  return Object.fromEntries(entries)
}

const wrongs = fc.constantFrom<unknown>(
  null,
  0,
  -1,
  1e300,
  true,
  '',
  'x',
  'x'.repeat(70_000),
  '\u0000',
  '\ud800',
  '99999999999h',
  '-1s',
  '{{',
  '(',
  '../..',
  '__proto__',
  [],
  [null],
  [[]],
  ['x'],
  {},
  { name: null },
  { name: 7 },
  { x: { y: {} } },
  { toString: 'x' },
  { constructor: null, hasOwnProperty: 1 },
  JSON.parse('{"__proto__": {"a": 1}, "length": 3}'),
  '2026-13-45T99:99:99Z',
  'http://[',
  'https://a:b@c/',
)

const poison = fc
  .constantFrom(...kinds)
  .chain((object) =>
    fc.record({
      object: fc.constant(object),
      spots: fc.array(
        fc.tuple(fc.constantFrom(...pathsOf({ spec: object.spec, status }).slice(1)), wrongs),
        { minLength: 1, maxLength: 2 },
      ),
    }),
  )
  .map(({ object, spots }) => {
    let all: unknown = { spec: object.spec, status }
    for (const [path, wrong] of spots) {
      try {
        all = put(all, path, wrong)
      } catch {
        /* the first took the second's place */
      }
    }
    return { object, all: all as { spec: unknown; status: unknown } }
  })

async function create(
  client: Client,
  object: AnyObject,
  wanted: { status?: unknown } = {},
): Promise<void> {
  const kind = (await client.resourceOf(object.apiVersion, object.kind)) as Resource<KubeObject>
  try {
    const made = await client.create(kind, object)
    if (wanted.status !== undefined)
      await client.updateStatus(kind, { ...made, status: wanted.status } as KubeObject)
  } catch {
    /* refused by the server itself, or written meanwhile */
  }
}

/** Where code of ours was surprised, for whoever runs it long (LOCKSTEP_RUNS). */
const stumbles = new Map<string, number>()

describe('objects that nothing has checked', () => {
  it('stop nobody else: what is right is synced as ever', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(poison, { minLength: 20, maxLength: 20 }), async (poisons) => {
        const lines: string[] = []
        const env = simEnv(1, { log: jsonLog('debug', (line) => lines.push(line)) })
        await env.clock.run(async () => {
          const api = createKubeApi({ env, crds: definitions })
          const listener = await env.net.listen(api.handler)
          const server = { url: listener.url }
          const client = createClient({ env, server })
          const mirror = new MemoryRepository()
          mirror.commit(
            {
              'a.yaml':
                'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-git, namespace: web}\n',
            },
            'x',
          )
          const operator = createOperator({
            env,
            client,
            metrics: await createMetrics(),
            controllers: new Set(['secrets', 'unsealer', 'git']),
            namespace: 'lockstep-system',
            sealingKeyBits: 1024,
            gitFolder: '/tmp/git',
            allowLocalEndpoints: true,
            openMirror: () => memoryMirror(mirror),
          })
          const stop = new AbortController()
          for (const name of ['web', 'lockstep-system'])
            await create(client, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
          let failure: unknown
          const create20 = async (prefix: string): Promise<void> => {
            for (const [i, { object, all }] of poisons.entries()) {
              await create(
                client,
                {
                  ...object,
                  metadata: { ...object.metadata, name: `${prefix}${i}` },
                  spec: all.spec,
                },
                all,
              )
            }
          }
          await create20('before-')
          const running = operator.run(stop.signal).catch((thrown: unknown) => {
            failure = thrown
          })
          await env.clock.sleep(2_000)
          await create20('after-')
          for (const object of [
            store,
            externalSecret,
            repository,
            { ...kustomization, spec: { ...kustomization.spec, dependsOn: [] } },
          ])
            await create(client, object)
          let good: unknown = null
          let synced: unknown = null
          for (let i = 0; i < 200 && (good === null || synced === null); i++) {
            await env.clock.sleep(500)
            good = await client.get(secrets, { namespace: 'web', name: 'target' })
            synced = await client.get(
              {
                group: '',
                version: 'v1',
                plural: 'configmaps',
                kind: 'ConfigMap',
                namespaced: true,
              },
              { namespace: 'web', name: 'from-git' },
            )
          }
          const bugs = lines.filter(
            (line) =>
              line.includes('InternalError') ||
              line.includes('could not be kept') ||
              line.includes('listener of an informer'),
          )
          stop.abort()
          await running
          await client.close()
          api.close()
          await listener.close()
          expect(failure).toBeUndefined()
          expect(operator.pending()).toEqual([])
          expect(good !== null, 'the ExternalSecret').toBe(true)
          expect(synced !== null, 'the Kustomization').toBe(true)
          for (const line of bugs)
            for (const frame of /at [^("\\]+ \(\/work\/main\/(src[^)]+)\)/.exec(line)?.slice(1) ?? [
              line.slice(0, 300),
            ])
              stumbles.set(frame, (stumbles.get(frame) ?? 0) + 1)
        })
      }),
      {
        numRuns: Number(process.env['LOCKSTEP_RUNS'] ?? 3),
        ...(process.env['LOCKSTEP_SEED'] === undefined
          ? {}
          : { seed: Number(process.env['LOCKSTEP_SEED']) }),
        endOnFailure: true,
      },
    )
    if (process.env['LOCKSTEP_RUNS']) console.log(stumbles)
  }, 300_000)
})
