import { at, Fault, field, fromBase64, stringOf, textOf, type Env, type TlsOptions } from '#base'
import type { Impersonation } from './client.ts'
import { rereadFile } from './in-cluster.ts'
import type { ServerAccess } from './server-access.ts'

/** Where a kubeconfig comes from, and what it may do. */
export interface KubeconfigSource {
  /** A file; relative paths inside it start at its folder. */
  readonly path?: string
  /** The text itself, as from a Secret: it may name no files. */
  readonly text?: string
  /** Default: `current-context`. */
  readonly context?: string
  /**
   * Whether `exec` and `auth-provider` entries may run programs. Only for the operator's own
   * configuration, never for one that a tenant supplied. Default: only with `path`.
   */
  readonly allowPrograms?: boolean
}

const fileBytes = 4_194_304

/**
 * The server and identity that a kubeconfig names. Plain configurations are read here; exec plugins
 * and auth providers are left to @kubernetes/client-node, which is imported only then.
 *
 * @throws Fault InvalidSpec with `at` for what is wrong, Forbidden for programs that may not run,
 * NotFound for a missing file.
 */
export async function kubeconfigAccess(env: Env, source: KubeconfigSource): Promise<ServerAccess> {
  const text = await textOfSource(env, source)
  const config = await parsed(text)
  const contextName = source.context ?? stringOf(field(config, 'current-context')) ?? ''
  const context = named(config, 'contexts', 'context', contextName)
  const clusterName = stringOf(field(context, 'cluster')) ?? ''
  const cluster = named(config, 'clusters', 'cluster', clusterName)
  const userName = stringOf(field(context, 'user'))
  const user = userName === undefined ? {} : named(config, 'users', 'user', userName)

  const files = filesOf(env, source)
  const url = serverUrl(cluster)
  const namespace = stringOf(field(context, 'namespace'))
  const identity = impersonationOf(user)
  const common = {
    url,
    ...(namespace === undefined ? {} : { namespace }),
    ...(identity === undefined ? {} : { as: identity }),
  }
  const trust = await trustOf(cluster, files)
  if (field(user, 'exec') != null || field(user, 'auth-provider') != null) {
    if (!(source.allowPrograms ?? source.path !== undefined)) throw programsRefused()
    return { ...common, ...(await programIdentity(url, user, trust)) }
  }
  const tls = { ...trust, ...(await clientCertificate(user, files)) }
  const authorization = await authorizationOf(user, files)
  return { ...common, tls, ...(authorization === undefined ? {} : { authorization }) }
}

// Passed over, the calls would run with more rights than the configuration grants.
function impersonationOf(user: unknown): Impersonation | undefined {
  for (const name of ['as-uid', 'as-user-extra']) {
    if (field(user, name) != null) {
      throw new Fault('Unsupported', `${name} of a kubeconfig is not supported`, {
        at: `users[].user.${name}`,
      })
    }
  }
  const name = stringOf(field(user, 'as'))
  const listed = field(user, 'as-groups')
  const groups = Array.isArray(listed) ? (listed as readonly unknown[]).map(String) : []
  if (name === undefined && groups.length === 0) return undefined
  return { user: name ?? '', groups } // an empty user is refused when the client is made
}

interface ConfigFiles {
  /** The text of a file that the configuration names. @throws Fault. */
  read(path: string, where: string): Promise<string>
  reread(path: string, where: string): { read(anew?: boolean): Promise<string> }
}

async function textOfSource(env: Env, source: KubeconfigSource): Promise<string> {
  if (source.text !== undefined) return source.text
  if (source.path === undefined) {
    throw new Fault('InvalidSpec', 'a kubeconfig needs a path or its text')
  }
  const bytes = await env.fs.read(source.path, { maxBytes: fileBytes })
  if (bytes === null) {
    throw new Fault('NotFound', `kubeconfig ${source.path} is not there`, {
      hint: 'set KUBECONFIG or --kubeconfig to a file that is',
    })
  }
  return textOf(bytes)
}

async function parsed(text: string): Promise<unknown> {
  const { parse } = await import('yaml') // not on the way of those who need no kubeconfig
  try {
    return parse(text, { maxAliasCount: 100, prettyErrors: false }) as unknown
  } catch {
    // The parser's own message quotes the text, in which there are keys and tokens.
    throw new Fault('InvalidSpec', 'the kubeconfig is not valid YAML')
  }
}

function named(config: unknown, list: string, inner: string, name: string): unknown {
  const entries = field(config, list)
  const found = Array.isArray(entries)
    ? (entries as readonly unknown[]).find((entry) => field(entry, 'name') === name)
    : undefined
  const value = field(found, inner)
  if (value === undefined) {
    throw new Fault('InvalidSpec', `the kubeconfig has no ${inner} named "${name}"`, { at: list })
  }
  return value
}

function serverUrl(cluster: unknown): string {
  if ((field(cluster, 'proxy-url') ?? '') !== '') {
    throw new Fault('Unsupported', 'proxy-url of a kubeconfig is not supported', {
      at: 'clusters[].cluster.proxy-url',
    })
  }
  const server = stringOf(field(cluster, 'server')) ?? ''
  if (!URL.canParse(server) || !/^https?:\/\//i.test(server)) {
    throw new Fault('InvalidSpec', 'the server of the kubeconfig is no http or https address', {
      at: 'clusters[].cluster.server',
    })
  }
  const url = new URL(server)
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new Fault(
      'InvalidSpec',
      'the server of the kubeconfig may hold host, port and path only',
      {
        at: 'clusters[].cluster.server',
      },
    )
  }
  return server
}

function filesOf(env: Env, source: KubeconfigSource): ConfigFiles {
  const resolve = (path: string, where: string): string => {
    if (source.path === undefined) {
      throw new Fault('Forbidden', 'a kubeconfig from a Secret may not name files', {
        at: where,
        hint: 'put the content into the matching -data field',
      })
    }
    if (path.startsWith('/')) return path
    const folder = source.path.slice(0, source.path.lastIndexOf('/') + 1)
    return folder + path
  }
  return {
    read: async (path, where) => {
      const full = resolve(path, where)
      const bytes = await env.fs.read(full, { maxBytes: fileBytes })
      if (bytes === null) throw new Fault('NotFound', `${full} is not there`, { at: where })
      return textOf(bytes)
    },
    reread: (path, where) => rereadFile(env, resolve(path, where)),
  }
}

async function trustOf(cluster: unknown, files: ConfigFiles): Promise<TlsOptions> {
  const where = 'clusters[].cluster.certificate-authority'
  const ca = await dataOrFile(cluster, 'certificate-authority', where, files)
  const serverName = stringOf(field(cluster, 'tls-server-name'))
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(serverName === undefined || serverName === '' ? {} : { serverName }),
    ...(field(cluster, 'insecure-skip-tls-verify') === true ? { insecure: true } : {}),
  }
}

async function clientCertificate(user: unknown, files: ConfigFiles): Promise<TlsOptions> {
  const cert = await dataOrFile(
    user,
    'client-certificate',
    'users[].user.client-certificate',
    files,
  )
  const key = await dataOrFile(user, 'client-key', 'users[].user.client-key', files)
  if ((cert === undefined) !== (key === undefined)) {
    throw new Fault(
      'InvalidSpec',
      'a client certificate needs its key, and a key its certificate',
      {
        at: 'users[].user',
      },
    )
  }
  return cert === undefined || key === undefined ? {} : { cert, key }
}

// The -data field wins over the file, as in client-go.
async function dataOrFile(
  owner: unknown,
  name: string,
  where: string,
  files: ConfigFiles,
): Promise<string | undefined> {
  const data = stringOf(field(owner, `${name}-data`))
  if (data !== undefined && data !== '') {
    const bytes = fromBase64(data)
    if (bytes === undefined) {
      throw new Fault('InvalidSpec', `${name}-data is not base64`, { at: `${where}-data` })
    }
    return textOf(bytes)
  }
  const path = stringOf(field(owner, name))
  return path === undefined || path === '' ? undefined : await files.read(path, where)
}

async function authorizationOf(
  user: unknown,
  files: ConfigFiles,
): Promise<ServerAccess['authorization']> {
  const path = stringOf(field(user, 'tokenFile'))
  if (path !== undefined && path !== '') {
    const file = files.reread(path, 'users[].user.tokenFile')
    return async (refused) => {
      const bearer = `Bearer ${(await file.read()).trim()}`
      return bearer === refused ? `Bearer ${(await file.read(true)).trim()}` : bearer
    }
  }
  const token = stringOf(field(user, 'token'))
  if (token !== undefined && token !== '') return () => Promise.resolve(`Bearer ${token.trim()}`)
  const name = stringOf(field(user, 'username'))
  if (name === undefined || name === '') return undefined
  const pair = `${name}:${stringOf(field(user, 'password')) ?? ''}`
  const basic = `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`
  return () => Promise.resolve(basic)
}

function programsRefused(): Fault {
  return new Fault('Forbidden', 'this kubeconfig would run a program (exec or auth-provider)', {
    at: 'users[].user',
    hint: 'use a token or a client certificate; `kubectl create token` makes one',
  })
}

/**
 * Identity by an exec plugin or auth provider. client-node runs the program and keeps what it gives
 * until it expires; we take the header and the client certificate from it.
 */
async function programIdentity(
  server: string,
  user: unknown,
  trust: TlsOptions,
): Promise<Pick<ServerAccess, 'tls' | 'authorization'>> {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const config = new KubeConfig()
  // Only the user is handed over: client-node would read the cluster's files relative to its own
  // working folder.
  config.loadFromOptions({
    clusters: [{ name: 'here', server, skipTLSVerify: false }],
    users: [{ name: 'me', exec: field(user, 'exec'), authProvider: field(user, 'auth-provider') }],
    contexts: [{ name: 'here', cluster: 'here', user: 'me' }],
    currentContext: 'here',
  })
  const ask = async (): Promise<{ authorization?: string; cert?: string; key?: string }> => {
    const options: { headers: Record<string, string>; [more: string]: unknown } = { headers: {} }
    try {
      await config.applyToHTTPSOptions(options)
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
  return {
    tls: async () => {
      const { cert, key } = await ask()
      return { ...trust, ...(cert === undefined || key === undefined ? {} : { cert, key }) }
    },
    authorization: async () => (await ask()).authorization,
  }
}

function pemOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return value instanceof Uint8Array ? textOf(value) : undefined
}
