/** The other end of `server.ts`: starts the servers' process and speaks to it. */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { Asked, ServerCalls } from './server.ts'

/** Fresh servers in a process of their own. */
export interface Servers extends Remote<ServerCalls> {
  readonly apiUrl: string
  readonly vaultUrl: string
  /** Vault's root token. */
  readonly rootToken: string
  readonly pid: number
  stop(): Promise<void>
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
