/** A real kube-apiserver on etcd under the same load. */
import { startControlPlane } from '../../test/real/control-plane.ts'
import type { BareClient } from '../bare.ts'
import { missingPrograms, serverPids, untilCalm } from '../real.ts'
import { cpuMsOf } from '../usage.ts'
import { loadClient, prepareLoad } from './load.ts'

/** A server that takes load. */
export interface LoadedServer {
  readonly client: BareClient
  /** CPU of all its processes, in milliseconds. */
  cpuMs(): number
  readonly stop: () => Promise<void>
}

/** Whether its programs are in the cache. */
export function isRealThere(): boolean {
  return missingPrograms(['etcd', 'kube-apiserver']).length === 0
}

/** Starts one. @throws Error when it does not start. */
export async function startRealKubeApi(width: number): Promise<LoadedServer> {
  // As little as it can be: no controllers, no audit log, an etcd that leaves the disk to the system.
  const plane = await startControlPlane({ controllers: [], audit: false })
  const pids = serverPids()
  const cpuMs = (): number => pids.reduce((total, pid) => total + cpuMsOf(pid), 0)
  await untilCalm(cpuMs)
  const { tls } = plane.access
  if (tls === undefined || typeof tls === 'function') throw new Error('fixed certificates only')
  const client = loadClient(plane.url, tls, width)
  await prepareLoad(client)
  return {
    client,
    cpuMs,
    stop: async () => {
      await client.close()
      await plane.close()
    },
  }
}
