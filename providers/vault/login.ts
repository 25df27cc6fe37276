import { at, field, Fault, isObject, stringOf, textOf, type Env } from '#base'
import {
  credentialText,
  JsonNumber,
  secretKeyRef,
  serviceAccountRef,
  Session,
  type ClusterReader,
  type Login,
  type ServiceAccountRef,
} from '#provider'
import { vaultFault, type VaultAnswer, type VaultClient } from './client.ts'

/** Who calls Vault: runs work with a token that is valid. */
export interface VaultAuth {
  use<T>(work: (token: string) => Promise<T>, signal: AbortSignal): Promise<T>
  /** Gives back a token that we asked for. */
  close(signal: AbortSignal): Promise<void>
}

export interface VaultAuthDeps {
  readonly env: Env
  readonly cluster: ClusterReader
  /** Speaks to the namespace in which to log in. */
  readonly client: VaultClient
  readonly onLogin?: () => void
}

const where = 'spec.provider.vault.auth'

/** Ways to log in that Lockstep has not built yet. */
const notBuilt = ['cert', 'iam', 'gcp']

/**
 * Reads the store's credentials and logs in.
 *
 * @throws Fault InvalidSpec, InvalidRef, AccessDenied (Vault refuses the login), Unavailable.
 */
export async function createVaultAuth(
  auth: unknown,
  deps: VaultAuthDeps,
  signal: AbortSignal,
): Promise<VaultAuth> {
  const tokenRef = secretKeyRef(field(auth, 'tokenSecretRef'))
  if (tokenRef !== undefined) {
    const bytes = await deps.cluster.secretKey(tokenRef, signal)
    const token = credentialText(bytes, `${where}.tokenSecretRef`)
    // A given token is neither renewed nor revoked: it is not ours.
    return { use: async (work) => await work(token), close: async () => {} }
  }
  const login = loginOf(auth, deps)
  const session = new Session({
    env: deps.env,
    login,
    renew: async (held, until) => await renew(deps.client, held.token, until),
    isAlive: async (token, until) => await isAlive(deps.client, token, until),
    ...(deps.onLogin === undefined ? {} : { onLogin: deps.onLogin }),
  })
  await session.open(signal)
  return {
    use: async (work, until) => await session.use(work, until),
    close: async (until) => {
      const token = session.current
      if (token === undefined) return
      await deps.client.write('auth/token/revoke-self', {}, { token, signal: until })
    },
  }
}

type LogIn = (signal: AbortSignal) => Promise<Login>

/** The first method that the store names, in the peer's order. */
function loginOf(auth: unknown, deps: VaultAuthDeps): LogIn {
  const methods: readonly [string, (config: unknown, deps: VaultAuthDeps) => LogIn][] = [
    ['appRole', appRole],
    ['kubernetes', kubernetes],
    ['ldap', (config) => password(config, 'ldap', deps)],
    ['userPass', (config) => password(config, 'userpass', deps)],
    ['jwt', jwt],
  ]
  for (const [name, method] of methods) {
    const config = field(auth, name)
    if (isObject(config)) return method(config, deps)
  }
  const other = notBuilt.find((name) => isObject(field(auth, name)))
  if (other !== undefined) {
    throw new Fault('Unsupported', `Vault login by "${other}" is not built into Lockstep yet`, {
      at: `${where}.${other}`,
    })
  }
  throw new Fault('InvalidSpec', 'the store names no way to log in', {
    at: where,
    hint: 'Give tokenSecretRef, appRole, kubernetes, userPass, ldap or jwt.',
  })
}

function appRole(config: unknown, deps: VaultAuthDeps): LogIn {
  const path = mountOf(config, 'path', 'approle')
  const secretRef = secretKeyRef(field(config, 'secretRef'))
  const roleRef = secretKeyRef(field(config, 'roleRef'))
  return async (signal) => {
    const roleId =
      stringOf(field(config, 'roleId')) ??
      (roleRef === undefined
        ? undefined
        : secretText(await deps.cluster.secretKey(roleRef, signal)))
    if (roleId === undefined || secretRef === undefined) {
      throw new Fault('InvalidSpec', 'appRole needs a roleId or roleRef, and a secretRef', {
        at: `${where}.appRole`,
      })
    }
    const secretId = secretText(await deps.cluster.secretKey(secretRef, signal))
    return await logIn(deps, `auth/${path}/login`, { role_id: roleId, secret_id: secretId }, signal)
  }
}

function kubernetes(config: unknown, deps: VaultAuthDeps): LogIn {
  const path = mountOf(config, 'mountPath', 'kubernetes')
  const role = stringOf(field(config, 'role')) ?? ''
  const account = serviceAccountRef(
    field(config, 'serviceAccountRef'),
    `${where}.kubernetes.serviceAccountRef`,
  )
  const secretRef = secretKeyRef(field(config, 'secretRef'))
  return async (signal) => {
    // Naming nobody, a store is who a Pod in its namespace would be. The peer sends the operator's own
    // token, to whatever server the store's author names: decisions/027.
    const token =
      account === undefined && secretRef !== undefined
        ? secretText(await deps.cluster.secretKey({ key: 'token', ...secretRef }, signal))
        : await accountToken(deps, account ?? { name: 'default' }, signal)
    return await logIn(deps, `auth/${path}/login`, { role, jwt: token }, signal)
  }
}

function password(config: unknown, kind: string, deps: VaultAuthDeps): LogIn {
  const path = mountOf(config, 'path', kind)
  const user = stringOf(field(config, 'username')) ?? ''
  const secretRef = secretKeyRef(field(config, 'secretRef'))
  return async (signal) => {
    if (secretRef === undefined) {
      throw new Fault('InvalidSpec', `${kind} login needs a secretRef`, { at: where })
    }
    const secret = secretText(await deps.cluster.secretKey(secretRef, signal))
    const at = `auth/${path}/login/${encodeURIComponent(user)}`
    return await logIn(deps, at, { password: secret }, signal)
  }
}

function jwt(config: unknown, deps: VaultAuthDeps): LogIn {
  const path = mountOf(config, 'path', 'jwt')
  const role = stringOf(field(config, 'role')) ?? ''
  const secretRef = secretKeyRef(field(config, 'secretRef'))
  const tokenConfig = field(config, 'kubernetesServiceAccountToken')
  const account = serviceAccountRef(
    field(tokenConfig, 'serviceAccountRef'),
    `${where}.jwt.kubernetesServiceAccountToken.serviceAccountRef`,
  )
  const given = field(tokenConfig, 'audiences')
  const extra = Array.isArray(given) ? given.filter((one) => typeof one === 'string') : ['vault']
  if (account === undefined && secretRef === undefined) {
    throw new Fault('InvalidSpec', 'jwt login needs a secretRef or kubernetesServiceAccountToken', {
      at: `${where}.jwt`,
    })
  }
  return async (signal) => {
    const token =
      account === undefined
        ? secretText(await deps.cluster.secretKey({ key: 'jwt', ...secretRef }, signal))
        : await accountToken(
            deps,
            { ...account, audiences: [...(account.audiences ?? []), ...extra] },
            signal,
          )
    return await logIn(deps, `auth/${path}/login`, { role, jwt: token }, signal)
  }
}

async function accountToken(
  deps: VaultAuthDeps,
  account: ServiceAccountRef,
  signal: AbortSignal,
): Promise<string> {
  return (await deps.cluster.token(account, signal)).token
}

async function logIn(
  deps: VaultAuthDeps,
  path: string,
  body: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<Login> {
  const answer = await deps.client.write(path, body, { signal })
  if (answer.status === 200) return loginIn(answer)
  // Vault says 400 for an unknown role and for a wrong secret id: to us that is a refusal.
  if (answer.status === 400 || answer.status === 403 || answer.status === 401) {
    throw new Fault('AccessDenied', `Vault refuses the login at ${path} (${answer.status})`, {
      status: answer.status,
      at: where,
      hint: 'Check role, mount path and credentials of the store.',
    })
  }
  throw vaultFault(answer).within(`log in at ${path}`)
}

async function renew(client: VaultClient, token: string, signal: AbortSignal): Promise<Login> {
  const answer = await client.write('auth/token/renew-self', {}, { token, signal })
  if (answer.status !== 200) throw vaultFault(answer).within('renew the token')
  return loginIn(answer)
}

async function isAlive(client: VaultClient, token: string, signal: AbortSignal): Promise<boolean> {
  return (await client.read('auth/token/lookup-self', { token, signal })).status === 200
}

function loginIn(answer: VaultAnswer): Login {
  const token = stringOf(at(answer.body, 'auth', 'client_token'))
  const seconds = at(answer.body, 'auth', 'lease_duration')
  if (token === undefined || token === '') {
    throw new Fault('InvalidAnswer', 'Vault answered a login without a token')
  }
  const lifeMs = (seconds instanceof JsonNumber ? Number(seconds.text) : Number(seconds)) * 1_000
  return {
    token,
    lifeMs: Number.isFinite(lifeMs) ? lifeMs : 0,
    renewable: at(answer.body, 'auth', 'renewable') === true,
  }
}

/** Text of a credential; files often end in a line break that no token has. */
function secretText(bytes: Uint8Array): string {
  return textOf(bytes).trim()
}

function mountOf(config: unknown, name: string, otherwise: string): string {
  const path = (stringOf(field(config, name)) ?? '').replace(/^\/+|\/+$/g, '')
  const segments = (path === '' ? otherwise : path).split('/')
  return segments.map(encodeURIComponent).join('/')
}
