import { join } from 'node:path'
import { Fault } from '#base'
import type { CliIo } from '#cli'
import {
  createClient,
  inClusterAccess,
  kubeconfigAccess,
  type Client,
  type ServerAccess,
} from '#kube'

/** How the user names the cluster. */
export interface ConnectOptions {
  readonly kubeconfig?: string
  readonly context?: string
}

/**
 * The cluster a command talks to: the kubeconfig named, else $KUBECONFIG, else ~/.kube/config, else the
 * cluster this Pod runs in.
 *
 * @returns a client, and the namespace that the configuration names (`default` when it names none).
 */
export async function connect(
  io: CliIo,
  options: ConnectOptions = {},
): Promise<{ client: Client; namespace: string }> {
  const server = await serverAccess(io, options)
  return { client: createClient({ env: io.env, server }), namespace: server.namespace ?? 'default' }
}

/** Server and identity by the same rule. @throws Fault NotFound when there is none of these. */
export async function serverAccess(io: CliIo, options: ConnectOptions = {}): Promise<ServerAccess> {
  const context = options.context === undefined ? {} : { context: options.context }
  const paths = options.kubeconfig === undefined ? await kubeconfigPaths(io) : [options.kubeconfig]
  if (paths.length > 0) {
    const path = paths.map((one) => (one.startsWith('/') ? one : join(io.cwd, one)))
    return await kubeconfigAccess(io.env, { path, ...context, variables: io.variables })
  }
  const host = io.variables['KUBERNETES_SERVICE_HOST']
  if (host === undefined) {
    throw new Fault('NotFound', 'there is no kubeconfig and this is no Pod', {
      hint: 'give --kubeconfig FILE, or set KUBECONFIG; `lockstep demo` needs no cluster',
    })
  }
  const port = io.variables['KUBERNETES_SERVICE_PORT'] ?? '443'
  return await inClusterAccess(io.env, undefined, { host, port })
}

async function kubeconfigPaths(io: CliIo): Promise<readonly string[]> {
  const named = io.variables['KUBECONFIG']?.split(':').filter((path) => path !== '') ?? []
  if (named.length > 0) return named
  const home = io.variables['HOME']
  if (home === undefined) return []
  const usual = join(home, '.kube', 'config')
  return (await io.env.fs.info(usual)) === null ? [] : [usual]
}
