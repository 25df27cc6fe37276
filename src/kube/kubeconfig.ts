import { createPrivateKey, X509Certificate } from 'node:crypto'
import { Fault, field, isObject, stringOf, type Env, type TlsOptions } from '#base'
import type { Impersonation } from './client.ts'
import { rereadFile } from './in-cluster.ts'
import {
  configFiles,
  dataOrFile,
  namedEntry,
  parsedConfig,
  pathIn,
  type ConfigFile,
  type Rereadable,
} from './kubeconfig-files.ts'
import { programIdentity } from './program-identity.ts'
import { proxyFor, usableProxy, type ProxyVariables } from './proxy.ts'
import type { ServerAccess } from './server-access.ts'

/** Where a kubeconfig comes from, and what it may do. */
export interface KubeconfigSource {
  /** A file; relative paths inside it start at its folder. Several are read as one, as `KUBECONFIG=a:b`. */
  readonly path?: string | readonly string[]
  /** The text itself, as from a Secret: it may name no files. */
  readonly text?: string
  /** Default: `current-context`. */
  readonly context?: string
  /**
   * Whether `exec` and `auth-provider` entries may run programs. Only for the operator's own
   * configuration, never for one that a tenant supplied. Default: only with `path`.
   */
  readonly allowPrograms?: boolean
  /** The environment that may name a proxy where the configuration does not. Default: it names none. */
  readonly variables?: ProxyVariables
}

interface Entry {
  readonly value: unknown
  readonly file: ConfigFile
}

/**
 * The server and identity that a kubeconfig names. Plain configurations are read here; exec plugins
 * and auth providers are left to @kubernetes/client-node, which is imported only then. Certificates and
 * tokens that stand in files of their own are read again every minute.
 *
 * @throws Fault InvalidSpec with `at` for what is wrong, Forbidden for programs that may not run,
 * NotFound for a missing file.
 */
export async function kubeconfigAccess(env: Env, source: KubeconfigSource): Promise<ServerAccess> {
  const files = await filesOf(env, source)
  const contextName =
    source.context ?? first(files, ({ config }) => stringOf(field(config, 'current-context'))) ?? ''
  const context = namedEntry(files, 'contexts', 'context', contextName).value
  const clusterName = stringOf(field(context, 'cluster')) ?? ''
  const cluster = namedEntry(files, 'clusters', 'cluster', clusterName)
  const userName = stringOf(field(context, 'user')) ?? ''
  const nobody: Entry = { value: {}, file: cluster.file }
  const user = userName === '' ? nobody : namedEntry(files, 'users', 'user', userName)

  const url = serverUrl(cluster.value)
  const namespace = stringOf(field(context, 'namespace'))
  const identity = impersonationOf(user.value)
  const proxy = proxyOf(cluster.value, url, source)
  const common = {
    url,
    ...(namespace === undefined ? {} : { namespace }),
    ...(identity === undefined ? {} : { as: identity }),
    ...(proxy === undefined ? {} : { proxy }),
  }
  const trust = await trustOf(env, cluster)
  if (field(user.value, 'exec') != null || field(user.value, 'auth-provider') != null) {
    if (!(source.allowPrograms ?? source.path !== undefined)) throw programsRefused()
    return { ...common, ...(await programIdentity(env, url, { user, cluster }, trust.read)) }
  }
  const tls = joined(trust, await clientCertificate(env, user))
  const given = await tls.read() // also of files that may change: what is wrong is told at once
  const authorization = authorizationOf(env, user)
  return {
    ...common,
    tls: tls.isFixed ? given : (refused) => tls.read(refused !== undefined),
    ...(authorization === undefined ? {} : { authorization }),
  }
}

async function filesOf(env: Env, source: KubeconfigSource): Promise<readonly ConfigFile[]> {
  if (source.text !== undefined) {
    return [{ config: await parsedConfig(source.text), folder: undefined }]
  }
  if (source.path === undefined) {
    throw new Fault('InvalidSpec', 'a kubeconfig needs a path or its text')
  }
  return await configFiles(env, typeof source.path === 'string' ? [source.path] : source.path)
}

function first(
  files: readonly ConfigFile[],
  textOf: (file: ConfigFile) => string | undefined,
): string | undefined {
  return files.map(textOf).find((text) => text !== undefined && text !== '')
}

// Passed over, the calls would run with more rights than the configuration grants.
function impersonationOf(user: unknown): Impersonation | undefined {
  const name = stringOf(field(user, 'as'))
  const uid = stringOf(field(user, 'as-uid'))
  const groups = textsOf(field(user, 'as-groups'))
  const given = field(user, 'as-user-extra')
  const extra = isObject(given)
    ? Object.fromEntries(Object.entries(given).map(([key, values]) => [key, textsOf(values)]))
    : undefined
  if (name === undefined && uid === undefined && groups.length === 0 && extra === undefined) {
    return undefined
  }
  return {
    user: name ?? '', // an empty user is refused when the client is made
    groups,
    ...(uid === undefined ? {} : { uid }),
    ...(extra === undefined ? {} : { extra }),
  }
}

function textsOf(listed: unknown): readonly string[] {
  return Array.isArray(listed) ? (listed as readonly unknown[]).map(String) : []
}

function serverUrl(cluster: unknown): string {
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
      { at: 'clusters[].cluster.server' },
    )
  }
  return server
}

// A tenant's kubeconfig may not choose through whom the operator speaks.
function proxyOf(cluster: unknown, url: string, source: KubeconfigSource): string | undefined {
  const where = 'clusters[].cluster.proxy-url'
  const named = stringOf(field(cluster, 'proxy-url')) ?? ''
  if (named === '') return proxyFor(url, source.variables ?? {})
  if (source.path === undefined) {
    throw new Fault('Forbidden', 'a kubeconfig from a Secret may not name a proxy', { at: where })
  }
  return usableProxy(named, where)
}

/** TLS options that stay, or are asked for each time because files stand behind them. */
interface Tls {
  readonly isFixed: boolean
  /** `anew`: what is in memory will not do. */
  readonly read: (anew?: boolean) => Promise<TlsOptions>
}

function joined(a: Tls, b: Tls): Tls {
  const read = async (anew?: boolean): Promise<TlsOptions> => ({
    ...(await a.read(anew)),
    ...(await b.read(anew)),
  })
  return { isFixed: a.isFixed && b.isFixed, read }
}

async function trustOf(env: Env, cluster: Entry): Promise<Tls> {
  const where = 'clusters[].cluster.certificate-authority'
  const ca = await dataOrFile(env, cluster, 'certificate-authority', where)
  const serverName = stringOf(field(cluster.value, 'tls-server-name'))
  const rest: TlsOptions = {
    ...(serverName === undefined || serverName === '' ? {} : { serverName }),
    ...(field(cluster.value, 'insecure-skip-tls-verify') === true ? { insecure: true } : {}),
  }
  return {
    isFixed: ca === undefined || ca.isFixed,
    read: async () => ({ ...(ca === undefined ? {} : { ca: await ca.read() }), ...rest }),
  }
}

async function clientCertificate(env: Env, user: Entry): Promise<Tls> {
  const read = (name: string): Promise<Rereadable | undefined> =>
    dataOrFile(env, user, name, `users[].user.${name}`)
  const cert = await read('client-certificate')
  const key = await read('client-key')
  if ((cert === undefined) !== (key === undefined)) {
    throw new Fault(
      'InvalidSpec',
      'a client certificate needs its key, and a key its certificate',
      { at: 'users[].user' },
    )
  }
  if (cert === undefined || key === undefined) {
    return { isFixed: true, read: () => Promise.resolve({}) }
  }
  return {
    isFixed: cert.isFixed && key.isFixed,
    read: pairOf(cert, key),
  }
}

// The two files are renewed one after the other, and are read so: a certificate of one age with a key of
// the other would serve for a minute, and no connection could be opened with them.
function pairOf(cert: Rereadable, key: Rereadable): Tls['read'] {
  let good: Pair | undefined
  const read = async (anew: boolean): Promise<Pair> => ({
    cert: await cert.read(anew),
    key: await key.read(anew),
  })
  return async (anew = false) => {
    for (const isAnew of anew ? [true] : [false, true]) {
      const pair = await read(isAnew)
      if (pair.cert === good?.cert && pair.key === good.key) return good
      if (!isPair(pair)) continue
      good = pair
      return pair
    }
    return good ?? (await read(false)) // what is wrong with them the connection tells
  }
}

interface Pair {
  readonly cert: string
  readonly key: string
}

function isPair({ cert, key }: Pair): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))
  } catch {
    return false // half written, or none at all
  }
}

function authorizationOf(env: Env, user: Entry): ServerAccess['authorization'] {
  const path = stringOf(field(user.value, 'tokenFile'))
  if (path !== undefined && path !== '') {
    const file = rereadFile(env, pathIn(user.file, path, 'users[].user.tokenFile'))
    return async (refused) => {
      const bearer = `Bearer ${(await file.read()).trim()}`
      return bearer === refused ? `Bearer ${(await file.read(true)).trim()}` : bearer
    }
  }
  const token = stringOf(field(user.value, 'token'))
  if (token !== undefined && token !== '') return () => Promise.resolve(`Bearer ${token.trim()}`)
  const name = stringOf(field(user.value, 'username'))
  if (name === undefined || name === '') return undefined
  const pair = `${name}:${stringOf(field(user.value, 'password')) ?? ''}`
  const basic = `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`
  return () => Promise.resolve(basic)
}

function programsRefused(): Fault {
  return new Fault('Forbidden', 'this kubeconfig would run a program (exec or auth-provider)', {
    at: 'users[].user',
    hint: 'use a token or a client certificate; `kubectl create token` makes one',
  })
}
