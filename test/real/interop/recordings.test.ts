/**
 * The recorded exchanges of test/conformance/kube-api, those of a real kubectl too, and our own of
 * test/kube-api-recorded, on a kube-apiserver, so that the recordings stay honest; and the transcripts of kubectl on the embedded server, over TLS. What
 * needs no kubectl is played there by `npm test`.
 */
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient } from '#kube'
import { startControlPlane } from '../control-plane.ts'
import { noteCluster, openByKubeconfig, openEmbedded, type Cluster } from './cluster.ts'
import { programOrSkip } from './programs.ts'
import { printTable, saw } from './table.ts'

interface Scenario {
  readonly name: string
  readonly title: string
  readonly needs?: readonly string[]
}

interface Result {
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly steps: number
  readonly failure?: unknown
  readonly reason?: string
}

interface Player {
  readonly loadScenarios: (folder: string) => Promise<readonly Scenario[]>
  readonly play: (scenarios: readonly Scenario[], options: object) => Promise<readonly Result[]>
  readonly httpTransport: (server: object) => object & { close(): void }
}

const folderOf = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const folder = folderOf('conformance/kube-api')
const player = (await import(pathToFileURL(`${folder}/play.mjs`).href)) as Player
const kubectl = programOrSkip('kubectl', 'what a real kubectl was recorded to do')
const recorded = [
  ...(await player.loadScenarios(folder)),
  ...(await player.loadScenarios(folderOf('kube-api-recorded'))),
].filter(({ needs = [] }) => kubectl !== undefined || !needs.includes('kubectl'))

const needsKubectl = ({ needs = [] }: Scenario): boolean => needs.includes('kubectl')

afterAll(() => printTable('Recordings:'))

// As they were recorded: with these controllers, and none for Deployments.
const controllers = [
  'garbage-collector-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'root-ca-certificate-publisher-controller',
  'clusterrole-aggregation-controller',
]

async function openRecorded(): Promise<Cluster> {
  const plane = await startControlPlane({ controllers })
  const cluster = await openByKubeconfig(plane.kubeconfig, plane.etcdUrl)
  // A fresh server is ready a moment after it serves; its roles reach its own cache later still.
  const stranger = createClient({
    env: cluster.env,
    server: { url: cluster.url, tls: { ca: cluster.ca } },
  })
  for (const [client, path] of [
    [cluster.client, '/readyz'],
    [stranger, '/version'],
  ] as const) {
    while ((await client.raw('GET', path)).status !== 200) await cluster.env.clock.sleep(50)
  }
  await stranger.close()
  return {
    ...cluster,
    close: async () => {
      await cluster.close()
      await plane.close()
    },
  }
}

const servers = [
  ['kube-apiserver', openRecorded, recorded],
  ['the embedded API server', openEmbedded, recorded.filter(needsKubectl)],
] as const

describe.each(servers)('%s answers as it was recorded', (server, open, scenarios) => {
  if (scenarios.length === 0) {
    it.skip('transcripts of kubectl: it is missing')
    return
  }
  let cluster: Cluster
  let transport: ReturnType<Player['httpTransport']>
  const played = new Map(scenarios.map(({ name }) => [name, Promise.withResolvers<Result>()]))
  let all: Promise<readonly Result[]>
  const done = new Set<string>()

  const playAll = (chosen: readonly Scenario[], more: object): Promise<readonly Result[]> =>
    player.play(chosen, {
      transport,
      compact: cluster.compact,
      ...(kubectl === undefined
        ? {}
        : { kubectl: { path: kubectl, kubeconfig: cluster.kubeconfig } }),
      patience: 3,
      ...more,
    })

  beforeAll(async () => {
    cluster = await open()
    const { tls } = cluster.access
    const files = typeof tls === 'function' ? await tls() : tls
    transport = player.httpTransport({ server: cluster.url, ...files })
    all = playAll(scenarios, {
      jobs: 4,
      onResult: (result: Result) => played.get(result.name)?.resolve(result),
    })
    all.catch((error: unknown) => played.forEach(({ reject }) => reject(error)))
    for (const { promise } of played.values()) promise.catch(() => {}) // told by its own test
  })
  afterAll(async () => {
    const passed = scenarios.filter(({ name }) => done.has(name))
    saw('recordings', server, `${passed.length} of ${scenarios.length} pass`)
    saw('recordings', server, `${passed.filter(needsKubectl).length} of them are of kubectl`)
    transport?.close()
    await cluster?.close()
  })

  for (const scenario of scenarios) {
    const { name, title } = scenario
    it(`${name}: ${title}`, { timeout: 400_000 }, async (context) => {
      if (open === openRecorded) noteCluster()
      let result = await played.get(name)?.promise
      if (result?.outcome === 'skipped') return context.skip(result.reason)
      if (result?.outcome === 'failed') {
        // Ages of a second are in some answers: on a busy machine it gets a second chance, alone.
        await all
        result = (await playAll([scenario], { jobs: 1 }))[0]
      }
      expect(result).toEqual({ name, outcome: 'passed', steps: result?.steps })
      done.add(name)
    })
  }
})
