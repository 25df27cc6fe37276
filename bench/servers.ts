/** The other end of `server.ts`: starts the servers' process and speaks to it. */
import { join } from 'node:path'
import { bareClient, type BareClient } from './bare.ts'
import { startPeer, type Remote } from './ipc.ts'
import type { Addresses, ServerCalls } from './server.ts'

/** An API server and a Vault to measure against: the embedded ones, or real ones (`real.ts`). */
export interface Measured extends Pick<Remote<ServerCalls>, 'seed' | 'counts'> {
  readonly vaultUrl: string
  /** Vault's root token. */
  readonly rootToken: string
  /** The operator's, as text. */
  readonly kubeconfig: string
  /** A new bare client of the API server. */
  connect(): BareClient
  /** Fresh ones of the same kind. */
  another(): Promise<Measured>
  readonly stop: () => Promise<void>
}

/** The embedded ones, in a process of their own. */
export interface Servers extends Measured, Remote<ServerCalls> {
  readonly apiUrl: string
  readonly pid: number
}

/** Starts them. @throws Error when the process ends before it listens. */
export async function startServers(): Promise<Servers> {
  const peer = await startPeer<ServerCalls>(join(import.meta.dirname, 'server.ts'))
  const { calls, pid, stop } = peer
  const addresses = peer.hello as Addresses
  return {
    ...addresses,
    kubeconfig: kubeconfig(addresses.apiUrl),
    connect: () => bareClient(addresses.apiUrl),
    another: startServers,
    pid,
    seed: calls.seed,
    counts: calls.counts,
    mark: calls.mark,
    makeSecrets: calls.makeSecrets,
    touchSecrets: calls.touchSecrets,
    stop,
  }
}

function kubeconfig(server: string): string {
  return `apiVersion: v1
kind: Config
current-context: bench
clusters: [{name: bench, cluster: {server: "${server}"}}]
users: [{name: bench, user: {}}]
contexts: [{name: bench, context: {cluster: bench, user: bench}}]
`
}
