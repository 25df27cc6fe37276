/** The other end of `server.ts`: starts the servers' process and speaks to it. */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { bareClient, type BareClient } from './bare.ts'
import type { Asked, ServerCalls } from './server.ts'

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
  stop(): Promise<void>
}

/** The embedded ones, in a process of their own. */
export interface Servers extends Measured, Remote<ServerCalls> {
  readonly apiUrl: string
  readonly pid: number
}

type Remote<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never
}

/** Starts them. @throws Error when the process ends before it listens. */
export async function startServers(): Promise<Servers> {
  const child = fork(join(import.meta.dirname, 'server.ts'), [], {
    serialization: 'advanced',
    execArgv: [],
  })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  void exited.then(() => {
    for (const one of waiting.values()) one.reject(new Error('the servers ended'))
  })
  child.on('message', (message: { id: number; result?: unknown; error?: string }) => {
    const one = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.error === undefined) one?.resolve(message.result)
    else one?.reject(new Error(message.error))
  })
  const expect = (id: number): Promise<unknown> => {
    const one = Promise.withResolvers<unknown>()
    waiting.set(id, one)
    return one.promise
  }
  let last = 0
  const ask =
    (name: keyof ServerCalls) =>
    (...args: readonly number[]): Promise<never> => {
      const asked: Asked = { id: ++last, name, args }
      const answer = expect(asked.id)
      child.send(asked)
      return answer as Promise<never>
    }
  const addresses = (await expect(0)) as Pick<Servers, 'apiUrl' | 'vaultUrl' | 'rootToken'>
  return {
    ...addresses,
    kubeconfig: kubeconfig(addresses.apiUrl),
    connect: () => bareClient(addresses.apiUrl),
    another: startServers,
    pid: child.pid ?? 0,
    seed: ask('seed'),
    counts: ask('counts'),
    mark: ask('mark'),
    makeSecrets: ask('makeSecrets'),
    touchSecrets: ask('touchSecrets'),
    callsPerSecond: ask('callsPerSecond'),
    stop: async () => {
      child.disconnect()
      await exited
    },
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
