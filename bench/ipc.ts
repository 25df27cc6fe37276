/** Calls from one process of a run to another, over the channel that `fork` opens. */
import { fork, type ChildProcess } from 'node:child_process'

/** What a child answers to: plain functions by name. */
export type Calls = object

/** The same calls as they are made from the other side. */
export type Remote<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never
}

interface Asked {
  readonly id: number
  readonly name: string
  readonly args: readonly unknown[]
}

interface Answered {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

/** A child that answers calls. */
export interface Peer<T> {
  readonly calls: Remote<T>
  readonly pid: number
  /** What it said of itself when it was ready. */
  readonly hello: unknown
  readonly stop: () => Promise<void>
}

/**
 * Starts a module that ends in {@link answerCalls}.
 *
 * @throws Error when it ends before it is ready.
 */
export async function startPeer<T extends Calls>(
  module: string,
  options: { readonly args?: readonly string[]; readonly nodeFlags?: readonly string[] } = {},
): Promise<Peer<T>> {
  const child = fork(module, [...(options.args ?? [])], {
    serialization: 'advanced',
    execArgv: [...(options.nodeFlags ?? [])],
  })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  void exited.then(() => {
    for (const one of waiting.values()) one.reject(new Error(`${module} ended`))
  })
  child.on('message', ({ id, result, error }: Answered) => {
    const one = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) one?.resolve(result)
    else one?.reject(new Error(error))
  })
  const hello = await expected(waiting, 0)
  return {
    calls: remote<T>(child, waiting),
    pid: child.pid ?? 0,
    hello,
    stop: async () => {
      child.disconnect()
      await exited
    },
  }
}

function expected(
  waiting: Map<number, PromiseWithResolvers<unknown>>,
  id: number,
): Promise<unknown> {
  const one = Promise.withResolvers<unknown>()
  waiting.set(id, one)
  return one.promise
}

function remote<T>(
  child: ChildProcess,
  waiting: Map<number, PromiseWithResolvers<unknown>>,
): Remote<T> {
  let last = 0
  const ask = (name: string, args: readonly unknown[]): Promise<unknown> => {
    const asked: Asked = { id: ++last, name, args }
    const answer = expected(waiting, asked.id)
    child.send(asked)
    return answer
  }
  // What is asked for is what T names; the other side refuses what it does not know.
  return new Proxy({} as Remote<T>, {
    get: (_target, name) =>
      typeof name === 'string' && name !== 'then'
        ? (...args: readonly unknown[]) => ask(name, args)
        : undefined,
  })
}

/** In the child: says that it is ready, then answers until the parent hangs up. */
export function answerCalls(calls: Calls, hello: unknown): void {
  const known = new Map(Object.entries(calls))
  process.on('message', (asked: Asked) => void answer(known, asked))
  process.on('disconnect', () => process.exit())
  send({ id: 0, result: hello })
}

async function answer(
  known: ReadonlyMap<string, unknown>,
  { id, name, args }: Asked,
): Promise<void> {
  const call = known.get(name)
  try {
    if (typeof call !== 'function') throw new Error(`there is no ${name}`)
    const result: unknown = await (call as (...args: readonly unknown[]) => unknown)(...args)
    send({ id, result: result ?? null })
  } catch (error) {
    send({ id, error: String(error) })
  }
}

function send(answered: Answered): void {
  process.send?.(answered)
}
