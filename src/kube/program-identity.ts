import {
  at,
  base64,
  Fault,
  field,
  isObject,
  stringOf,
  stringifyJson,
  textOf,
  utf8,
  type Env,
  type TlsOptions,
} from '#base'
import { pathIn, type ConfigFile } from './kubeconfig-files.ts'
import type { ServerAccess } from './server-access.ts'

/** A credential is used so long without asking client-node whether it has expired. */
const freshMs = 10_000
/**
 * How long a program may take, a person's log-in included; nothing ends it, so that another is started
 * only after twice as long for each that has not ended yet.
 */
const patience = { firstMs: 120_000, capMs: 3_600_000 } as const
/** Under which name a cluster entry holds what it has for its users' programs. */
const execExtension = 'client.authentication.k8s.io/exec'

interface Credential {
  readonly authorization?: string
  readonly cert?: string
  readonly key?: string
}

interface Entry {
  readonly value: unknown
  readonly file: ConfigFile
}

/**
 * Identity by an exec plugin or auth provider of the kubeconfig's `user`. client-node runs the program
 * and keeps what it gives until that expires; we take the header and the client certificate from it. What
 * the server has refused is asked for anew, as client-go does. The program runs once for all who wait.
 *
 * @param server The address of the API server, which stands in the `cluster` entry.
 */
export async function programIdentity(
  env: Env,
  server: string,
  { user, cluster }: { readonly user: Entry; readonly cluster: Entry },
  trust: () => Promise<TlsOptions>,
): Promise<Pick<ServerAccess, 'tls' | 'authorization'>> {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const exec = execOf(user, clusterInfo(server, cluster, await trust()))
  // Only the user is handed over: client-node would read the cluster's files relative to its own
  // working folder. Each instance has a memory of its own. It refuses plain http, but connects to nothing.
  const open = (): ((options: HttpsOptions) => Promise<void>) => {
    const config = new KubeConfig()
    const authProvider = field(user.value, 'auth-provider')
    config.loadFromOptions({
      clusters: [{ name: 'here', server, skipTLSVerify: /^http:/i.test(server) }],
      users: [{ name: 'me', exec, authProvider }],
      contexts: [{ name: 'here', cluster: 'here', user: 'me' }],
      currentContext: 'here',
    })
    return (options) => config.applyToHTTPSOptions(options)
  }
  const program = new Program(env, open)
  return {
    tls: async (refused) => {
      const { cert, key } = await program.credential(
        (given) => refused?.cert !== undefined && given.cert === refused.cert,
      )
      return {
        ...(await trust()),
        ...(cert === undefined || key === undefined ? {} : { cert, key }),
      }
    },
    authorization: async (refused) => {
      const { authorization } = await program.credential(
        (given) => refused !== undefined && given.authorization === refused,
      )
      return authorization
    },
  }
}

interface HttpsOptions {
  headers: Record<string, string>
  [more: string]: unknown
}

interface Asked {
  readonly answer: Promise<Credential>
  /** When the answer came; undefined: it is awaited. */
  endedMs: number | undefined
}

/** A program that is asked once for all who wait, however long it takes. */
class Program {
  readonly #env: Env
  readonly #open: () => (options: HttpsOptions) => Promise<void>
  #apply: (options: HttpsOptions) => Promise<void>
  #asked: Asked | undefined
  /** How many are running. */
  #running = 0

  constructor(env: Env, open: () => (options: HttpsOptions) => Promise<void>) {
    this.#env = env
    this.#open = open
    this.#apply = open()
  }

  /** What it gave last, or gives anew where that is refused. @throws Fault AccessDenied, Timeout. */
  async credential(isRefused: (given: Credential) => boolean): Promise<Credential> {
    const asked = this.#ask()
    const given = await asked.answer
    if (!isRefused(given)) return given
    if (this.#asked === asked) {
      this.#apply = this.#open()
      this.#asked = undefined
    }
    return await this.#ask().answer
  }

  #ask(): Asked {
    const { clock } = this.#env
    const held = this.#asked
    if (held !== undefined) {
      if (held.endedMs === undefined || clock.monotonic() - held.endedMs < freshMs) return held
    }
    const asked: Asked = { answer: this.#run(), endedMs: undefined }
    this.#asked = asked
    asked.answer.then(
      () => (asked.endedMs = clock.monotonic()),
      () => {
        if (this.#asked === asked) this.#asked = undefined
      },
    )
    return asked
  }

  async #run(): Promise<Credential> {
    const boundMs = Math.min(patience.capMs, patience.firstMs * 2 ** this.#running)
    const late = Promise.withResolvers<never>()
    const timer = this.#env.clock.timer(boundMs, () => late.reject(tooLate(boundMs)))
    this.#running++
    const given = credentialOf(this.#apply).finally(() => this.#running--)
    try {
      return await Promise.race([given, late.promise])
    } finally {
      timer.cancel()
    }
  }
}

function tooLate(afterMs: number): Fault {
  const seconds = afterMs / 1_000
  return new Fault('Timeout', `the program of the kubeconfig gave no answer within ${seconds} s`, {
    hint: 'run it by hand: does it wait for somebody to answer it?',
  })
}

// A command with a slash in it starts at the kubeconfig, and it is told what it is asked for.
function execOf(user: Entry, cluster: object): object | undefined {
  const exec = field(user.value, 'exec')
  if (!isObject(exec)) return undefined
  const command = stringOf(field(exec, 'command')) ?? ''
  const info = {
    kind: 'ExecCredential',
    apiVersion: stringOf(field(exec, 'apiVersion')) ?? '',
    spec: {
      interactive: false,
      ...(field(exec, 'provideClusterInfo') === true ? { cluster } : {}),
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

/**
 * What a program is told of the cluster, the text of the CA in place of its file.
 *
 * Source: https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
 */
function clusterInfo(server: string, { value }: Entry, { ca, serverName }: TlsOptions): object {
  const proxy = stringOf(field(value, 'proxy-url')) ?? ''
  const extensions = field(value, 'extensions')
  const own = (Array.isArray(extensions) ? (extensions as readonly unknown[]) : []).find(
    (entry) => field(entry, 'name') === execExtension,
  )
  const config = field(own, 'extension')
  return {
    server,
    ...(serverName === undefined ? {} : { 'tls-server-name': serverName }),
    ...(field(value, 'insecure-skip-tls-verify') === true
      ? { 'insecure-skip-tls-verify': true }
      : {}),
    ...(ca === undefined ? {} : { 'certificate-authority-data': base64(utf8(ca)) }),
    ...(proxy === '' ? {} : { 'proxy-url': proxy }),
    ...(field(value, 'disable-compression') === true ? { 'disable-compression': true } : {}),
    ...(config == null ? {} : { config }),
  }
}

async function credentialOf(apply: (options: HttpsOptions) => Promise<void>): Promise<Credential> {
  const options: HttpsOptions = { headers: {} }
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
