import { loaders, type CliIo, type Connect } from '#cli'
import type { Client } from '#kube'
import type { Stage } from './stage.ts'

/** What a command printed, and its exit status. */
export interface Ran {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

// A lazy import takes real time, in which a virtual clock would run for hours.
const connectToNothing: Connect = () => Promise.reject(new Error('no cluster'))
await Promise.all(Object.values(loaders).map((load) => load(connectToNothing)))

/** Runs `lockstep NAME ARGS` against the stage's cluster. `answer`: what a person types when asked. */
export async function lockstep(
  stage: Pick<Stage, 'env' | 'client'>,
  argv: readonly string[],
  answer?: string,
): Promise<Ran> {
  const [name = '', ...rest] = argv
  const load = loaders[name]
  if (load === undefined) throw new Error(`there is no command ${name}`)
  let stdout = ''
  let stderr = ''
  const io: CliIo = {
    env: stage.env,
    cwd: '/',
    variables: {},
    stdin: async () => new Uint8Array(),
    stdout: (text) =>
      void (stdout += typeof text === 'string' ? text : Buffer.from(text).toString()),
    stderr: (text) => void (stderr += text),
    isTty: false,
    ...(answer === undefined
      ? {}
      : {
          ask: async (question: string) => {
            stdout += question
            return answer
          },
        }),
  }
  // The stage's own client lives on when a command is done.
  const client = unclosable(stage.client)
  const command = await load(async () => ({ client, namespace: 'web' }))
  const status = await command(rest, io, new AbortController().signal)
  return { status, stdout, stderr }
}

function unclosable(client: Client): Client {
  return new Proxy(client, {
    get: (target, name) => {
      if (name === 'close') return async () => {}
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
