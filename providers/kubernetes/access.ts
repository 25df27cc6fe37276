import { at, field, Fault, isObject, stringOf, textOf, type Env, type TlsOptions } from '#base'
import type { ServerAccess } from '#kube'
import {
  credentialText,
  secretKeyRef,
  serviceAccountRef,
  trustedCertificates,
  type ProviderDeps,
  type SecretKeyRef,
  type ServiceAccountRef,
} from '#provider'

const where = 'spec.provider.kubernetes'

/**
 * Where the store's cluster is and who we are there. Reads the credentials now, so that a missing one is
 * seen when the store is opened.
 *
 * @throws Fault InvalidSpec, InvalidRef, Unsupported.
 */
export async function serverAccess(
  config: unknown,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ServerAccess> {
  const server = field(config, 'server')
  const url = serverUrl(stringOf(field(server, 'url')))
  const ca = await trustedCertificates(server, `${where}.server`, deps.cluster, signal)
  const trust = ca === undefined ? {} : { ca }
  const auth = field(config, 'auth')
  if (isObject(field(config, 'authRef')) && !isObject(auth)) {
    throw new Fault(
      'Unsupported',
      'authRef (a kubeconfig in a Secret) is not built into Lockstep yet',
      {
        at: `${where}.authRef`,
        hint: 'Use auth.serviceAccount, auth.token or auth.cert.',
      },
    )
  }
  const account = serviceAccountRef(field(auth, 'serviceAccount'), `${where}.auth.serviceAccount`)
  if (account !== undefined) return { url, tls: trust, ...(await byAccount(account, deps, signal)) }
  const bearer = secretKeyRef(at(auth, 'token', 'bearerToken'))
  if (bearer !== undefined) return { url, tls: trust, ...(await byToken(bearer, deps, signal)) }
  const cert = secretKeyRef(at(auth, 'cert', 'clientCert'))
  const key = secretKeyRef(at(auth, 'cert', 'clientKey'))
  if (cert === undefined || key === undefined) {
    throw new Fault('InvalidSpec', 'the store names no way to prove who it is', {
      at: `${where}.auth`,
      hint: "Give auth.serviceAccount, auth.token or auth.cert; the operator's own identity is never used.",
    })
  }
  return { url, tls: { ...trust, ...(await byCertificate(cert, key, deps, signal)) } }
}

/** The peer's default has no scheme; an API server speaks TLS. */
function serverUrl(given: string | undefined): string {
  const text = given === undefined || given === '' ? 'kubernetes.default' : given
  const whole = text.includes('://') ? text : `https://${text}`
  const url = URL.canParse(whole) ? new URL(whole) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '') {
    return whole.replace(/\/+$/, '')
  }
  throw new Fault('InvalidSpec', 'url is no https address', { at: `${where}.server.url` })
}

async function byAccount(
  account: ServiceAccountRef,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<Pick<ServerAccess, 'authorization'>> {
  const { clock } = deps.env
  const request = async (until: AbortSignal): Promise<Issued> => {
    const { token, expiresMs } = await tokenOf(account, deps, until)
    deps.onLogin?.()
    const lifeMs = Math.max(0, expiresMs - clock.now())
    return { header: `Bearer ${token}`, renewAtMs: clock.monotonic() + (lifeMs * 2) / 3 }
  }
  let held = await request(signal)
  let pending: Promise<Issued> | undefined
  return {
    authorization: async (refused) => {
      if (refused !== held.header && clock.monotonic() < held.renewAtMs) return held.header
      // One new token for all who find the old one spent. Nobody's signal ends it for the others.
      pending ??= request(new AbortController().signal).finally(() => {
        pending = undefined
      })
      held = await pending
      return held.header
    },
  }
}

interface Issued {
  readonly header: string
  /** By the monotonic clock: two thirds of its life. */
  readonly renewAtMs: number
}

async function tokenOf(
  account: ServiceAccountRef,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<{ token: string; expiresMs: number }> {
  try {
    return await deps.cluster.token(account, signal)
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.reason === 'Cancelled') throw thrown
    // The peer's words, with the cause quoted as Go does.
    const doing =
      'failed to prepare auth: could not fetch Auth.ServiceAccount: cannot create service account token'
    throw new Fault(thrown.reason, `${doing}: ${JSON.stringify(thrown.message)}`, {
      retry: thrown.retry,
      at: `${where}.auth.serviceAccount`,
      cause: thrown,
      ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
    })
  }
}

async function byToken(
  ref: SecretKeyRef,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<Pick<ServerAccess, 'authorization'>> {
  const bytes = await deps.cluster.secretKey(ref, signal)
  const token = credentialText(bytes, `${where}.auth.token.bearerToken`)
  return { authorization: () => Promise.resolve(`Bearer ${token}`) }
}

async function byCertificate(
  cert: SecretKeyRef,
  key: SecretKeyRef,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<TlsOptions> {
  return {
    cert: textOf(await deps.cluster.secretKey(cert, signal)),
    key: textOf(await deps.cluster.secretKey(key, signal)),
  }
}

/** The same world, in which a store's connections go only where it may. */
export function guarded(env: Env, allowAddress: ProviderDeps['allowAddress']): Env {
  if (allowAddress === undefined) return env
  return {
    ...env,
    net: {
      pool: (options) => env.net.pool({ ...options, allowAddress }),
      listen: async (handler, options) => await env.net.listen(handler, options),
      lookup: async (host) => await env.net.lookup(host),
    },
  }
}
