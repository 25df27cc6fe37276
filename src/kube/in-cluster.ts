import { Fault, textOf, type Env, type TlsOptions } from '#base'
import type { ServerAccess } from './server-access.ts'

/** Where a Pod finds its identity. */
export interface InClusterPaths {
  readonly token: string
  readonly ca: string
  readonly namespace: string
}

const mounted = '/var/run/secrets/kubernetes.io/serviceaccount'

/** The paths at which the kubelet mounts them. */
export const inClusterPaths: InClusterPaths = {
  token: `${mounted}/token`,
  ca: `${mounted}/ca.crt`,
  namespace: `${mounted}/namespace`,
}

/** How long a file read is trusted; the kubelet rotates tokens well before they end. */
const freshMs = 60_000

/**
 * The identity that the cluster gave this Pod. Token and CA are read again every minute, and the
 * token at once when the server refuses it.
 *
 * @param address Value of KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT.
 * @throws Fault NotFound outside a cluster.
 */
export async function inClusterAccess(
  env: Env,
  paths: InClusterPaths = inClusterPaths,
  address: { readonly host: string; readonly port: string } = {
    host: 'kubernetes.default.svc',
    port: '443',
  },
): Promise<ServerAccess> {
  const hint = 'this runs outside a cluster? give a kubeconfig'
  const token = rereadFile(env, paths.token, hint)
  const ca = rereadFile(env, paths.ca, hint)
  await token.read()
  await ca.read()
  const namespace = await env.fs.read(paths.namespace)
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  return {
    url: `https://${host}:${address.port}`,
    tls: async (): Promise<TlsOptions> => ({ ca: await ca.read() }),
    authorization: async (refused) => {
      const bearer = `Bearer ${(await token.read()).trim()}`
      return bearer === refused ? `Bearer ${(await token.read(true)).trim()}` : bearer
    },
    ...(namespace === null ? {} : { namespace: textOf(namespace).trim() }),
  }
}

/**
 * A small file whose text is read again once it is a minute old.
 *
 * @param hint What to try where there never was a text in it.
 */
export function rereadFile(
  env: Env,
  path: string,
  hint?: string,
): { read(anew?: boolean): Promise<string> } {
  let held: { readonly text: string; readonly atMs: number } | undefined
  return {
    read: async (anew = false) => {
      const now = env.clock.monotonic()
      if (!anew && held !== undefined && now - held.atMs < freshMs) return held.text
      const bytes = await env.fs.read(path, { maxBytes: 1_048_576 })
      const text = bytes === null ? '' : textOf(bytes)
      // While a file is changed there may be nothing in its place or in it; the last text stands.
      if (text.trim() !== '') held = { text, atMs: now }
      if (held === undefined) {
        const more = hint === undefined ? {} : { hint }
        throw new Fault('NotFound', `${path} is not there, or empty`, more)
      }
      return held.text
    },
  }
}
