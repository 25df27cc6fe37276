/** Flux's source-controller and kustomize-controller, as Pods of `flux-system` would run. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, untilReady, type Running } from '../children.ts'
import type { Cluster } from './cluster.ts'
import { podIdentity, startAsPod } from './programs.ts'

/** Both controllers, running. */
export interface Flux {
  /** What they wrote last. */
  tail(lines?: number): string
  close(): Promise<void>
}

const everything = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]

/** Starts them with leader election, each under a ServiceAccount's token. */
export async function startFlux(
  cluster: Cluster,
  programs: { readonly source: string; readonly kustomize: string },
): Promise<Flux> {
  const namespace = 'flux-system'
  const storage = join(cluster.folder, 'flux-storage')
  mkdirSync(storage)
  const storagePort = await freePort()
  const running: Running[] = []
  const launch = async (
    name: string,
    program: string,
    flags: readonly string[],
  ): Promise<Running> => {
    const pod = await podIdentity(cluster, { namespace, name }, everything)
    const health = await freePort()
    const child = startAsPod(
      cluster,
      pod,
      program,
      [
        '--enable-leader-election',
        '--log-level=debug',
        `--health-addr=127.0.0.1:${health}`,
        `--metrics-addr=127.0.0.1:${await freePort()}`,
        ...flags,
      ],
      {
        RUNTIME_NAMESPACE: namespace,
        POD_NAME: name,
        TMPDIR: cluster.folder,
        HOME: cluster.folder,
      },
    )
    running.push(child)
    const isReady = async (): Promise<boolean> =>
      (await fetch(`http://127.0.0.1:${health}/readyz`)).ok
    await untilReady(name, child, isReady)
    return child
  }
  const address = `127.0.0.1:${storagePort}`
  await launch('source-controller', programs.source, [
    `--storage-path=${storage}`,
    `--storage-addr=${address}`,
    `--storage-adv-addr=${address}`,
  ])
  await launch('kustomize-controller', programs.kustomize, [])
  return {
    tail: (lines) => running.map((each) => each.tail(lines)).join('\n'),
    close: async () => {
      for (const child of running) await child.stop()
    },
  }
}
