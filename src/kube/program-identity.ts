import {
  at,
  Fault,
  field,
  isObject,
  stringOf,
  stringifyJson,
  textOf,
  type Env,
  type TlsOptions,
} from '#base'
import { pathIn, type ConfigFile } from './kubeconfig-files.ts'
import type { ServerAccess } from './server-access.ts'

/** A credential is used so long without asking client-node whether it has expired. */
const freshMs = 10_000

interface Credential {
  readonly authorization?: string
  readonly cert?: string
  readonly key?: string
}

/**
 * Identity by an exec plugin or auth provider of the kubeconfig's `user`. client-node runs the program
 * and keeps what it gives until that expires; we take the header and the client certificate from it. What
 * the server has refused is asked for anew, as client-go does. The program runs once for all who wait.
 */
export async function programIdentity(
  env: Env,
  server: string,
  user: { readonly value: unknown; readonly file: ConfigFile },
  trust: () => Promise<TlsOptions>,
): Promise<Pick<ServerAccess, 'tls' | 'authorization'>> {
  const { KubeConfig } = await import('@kubernetes/client-node')
  // Only the user is handed over: client-node would read the cluster's files relative to its own
  // working folder. Each instance has a memory of its own.
  const open = (): InstanceType<typeof KubeConfig> => {
    const config = new KubeConfig()
    const exec = execOf(user, server)
    const authProvider = field(user.value, 'auth-provider')
    config.loadFromOptions({
      clusters: [{ name: 'here', server, skipTLSVerify: false }],
      users: [{ name: 'me', exec, authProvider }],
      contexts: [{ name: 'here', cluster: 'here', user: 'me' }],
      currentContext: 'here',
    })
    return config
  }
  let config = open()
  let asked: { readonly answer: Promise<Credential>; readonly atMs: number } | undefined
  const ask = (): Promise<Credential> => {
    const nowMs = env.clock.monotonic()
    if (asked !== undefined && nowMs - asked.atMs < freshMs) return asked.answer
    const answer = credentialOf((options) => config.applyToHTTPSOptions(options))
    const own = { answer, atMs: nowMs }
    asked = own
    answer.catch(() => {
      if (asked === own) asked = undefined
    })
    return answer
  }
  return {
    tls: async () => {
      const { cert, key } = await ask()
      return {
        ...(await trust()),
        ...(cert === undefined || key === undefined ? {} : { cert, key }),
      }
    },
    authorization: async (refused) => {
      const asking = ask()
      const held = asked
      const { authorization } = await asking
      if (refused === undefined || authorization !== refused) return authorization
      if (asked === held) {
        config = open()
        asked = undefined
      }
      return (await ask()).authorization
    },
  }
}

// A command with a slash in it starts at the kubeconfig, and it is told what it is asked for.
function execOf(
  user: { readonly value: unknown; readonly file: ConfigFile },
  server: string,
): object | undefined {
  const exec = field(user.value, 'exec')
  if (!isObject(exec)) return undefined
  const command = stringOf(field(exec, 'command')) ?? ''
  const info = {
    kind: 'ExecCredential',
    apiVersion: stringOf(field(exec, 'apiVersion')) ?? '',
    spec: {
      interactive: false,
      ...(field(exec, 'provideClusterInfo') === true ? { cluster: { server } } : {}),
    },
  }
  const given = field(exec, 'env')
  return {
    ...exec,
    command: command.includes('/') ? pathIn(user.file, command, 'users[].user.exec') : command,
    env: [
      ...(Array.isArray(given) ? (given as readonly unknown[]) : []),
      { name: 'KUBERNETES_EXEC_INFO', value: stringifyJson(info) },
    ],
  }
}

async function credentialOf(
  apply: (options: { headers: Record<string, string>; [more: string]: unknown }) => Promise<void>,
): Promise<Credential> {
  const options: { headers: Record<string, string>; [more: string]: unknown } = { headers: {} }
  try {
    await apply(options)
  } catch (thrown) {
    throw new Fault('AccessDenied', 'the program of the kubeconfig gave no credential', {
      cause: thrown,
      hint: 'run it by hand, or log in with it again',
    })
  }
  const authorization = stringOf(at(options, 'headers', 'Authorization'))
  const cert = pemOf(options['cert'])
  const key = pemOf(options['key'])
  return {
    ...(authorization === undefined ? {} : { authorization }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  }
}

function pemOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return value instanceof Uint8Array ? textOf(value) : undefined
}
