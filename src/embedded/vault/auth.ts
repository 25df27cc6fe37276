import { hex, stringOf, type Env } from '#base'
import { absent, done, envelope, failure, type Answer, type Call } from './answers.ts'
import {
  lifeOf,
  listOf,
  reviewerAt,
  whyNotAuthorised,
  type KubernetesRole,
  type TokenReviewer,
} from './kubernetes-login.ts'
import { authOf, type Token, type Tokens } from './tokens.ts'

/** An auth mount: what stands below `auth/<mount>/`. */
export interface AuthMethod {
  readonly kind: 'kubernetes' | 'approle'
  /** Whether this path may be called without a token. */
  isOpen(path: string): boolean
  handle(call: Call, path: string): Promise<Answer>
}

export interface AuthDeps {
  readonly env: Env
  readonly tokens: Tokens
  readonly namespace: string
  readonly mount: string
  /** Told of each login that succeeded. */
  readonly onLogin: () => void
}

const hourMs = 3_600_000

/** Login with a ServiceAccount token, checked by TokenReview. */
export function createKubernetesAuth(deps: AuthDeps, given: TokenReviewer | undefined): AuthMethod {
  const roles = new Map<string, KubernetesRole>()
  let reviewer = given

  function configure(call: Call): Answer {
    const url = stringOf(call.body['kubernetes_host'])
    if (url === undefined) return failure(400, 'no host provided')
    const token = stringOf(call.body['token_reviewer_jwt'])
    const ca = stringOf(call.body['kubernetes_ca_cert'])
    // A reviewer that was handed in stays: it knows better how to reach the API server.
    reviewer =
      given ??
      reviewerAt(deps.env, {
        url: url.replace(/\/$/, ''),
        ...(token === undefined ? {} : { token }),
        ...(ca === undefined ? {} : { tls: { ca } }),
      })
    return done
  }

  function writeRole(name: string, body: Call['body']): Answer {
    const names = listOf(body['bound_service_account_names'])
    const namespaces = listOf(body['bound_service_account_namespaces'])
    if (names.length === 0) return failure(400, '"bound_service_account_names" can not be empty')
    if (namespaces.length === 0) {
      return failure(400, '"bound_service_account_namespaces" can not be empty')
    }
    const audience = stringOf(body['audience'])
    roles.set(name, {
      names,
      namespaces,
      ...(audience === undefined ? {} : { audience }),
      policies: listOf(body['token_policies'] ?? body['policies']),
      lifeMs: lifeOf(body['token_ttl'] ?? body['ttl'], hourMs),
    })
    if (audience !== undefined && audience !== '') return done
    const warning = `Role ${name} does not have an audience configured. While audiences are not required, consider specifying one if your use case would benefit from additional JWT claim verification.`
    return envelope(deps.env, { warnings: [warning] })
  }

  async function login(call: Call): Promise<Answer> {
    const name = stringOf(call.body['role'])
    const jwt = stringOf(call.body['jwt'])
    if (name === undefined || name === '') return failure(400, 'missing role')
    if (jwt === undefined || jwt === '') return failure(400, 'missing jwt')
    const role = roles.get(name)
    if (role === undefined) return failure(400, `invalid role name "${name}"`)
    if (reviewer === undefined) return failure(500, 'could not load backend configuration')
    const reviewed = await reviewer(jwt, role.audience === undefined ? [] : [role.audience])
    const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(reviewed?.username ?? '')
    if (reviewed === null || account === null) return failure(403, 'permission denied')
    const [, namespace = '', serviceAccount = ''] = account
    const refused = whyNotAuthorised(role, namespace, serviceAccount)
    if (refused !== undefined) return failure(403, refused)
    const token = deps.tokens.issue({
      namespace: deps.namespace,
      policies: ['default', ...role.policies],
      metadata: {
        role: name,
        service_account_name: serviceAccount,
        service_account_namespace: namespace,
        service_account_secret_name: '',
        service_account_uid: reviewed.uid ?? '',
      },
      displayName: `${deps.mount}-${namespace}-${serviceAccount}`,
      path: `auth/${deps.mount}/login`,
      lifeMs: role.lifeMs,
      entityId: deps.env.entropy.uuid(),
    })
    deps.onLogin()
    return envelope(deps.env, { auth: authOf(token) })
  }

  return {
    kind: 'kubernetes',
    isOpen: (path) => path === 'login',
    handle: async (call, path) => {
      if (path === 'login' && call.operation === 'write') return await login(call)
      if (path === 'config' && call.operation === 'write') return configure(call)
      const role = /^role\/([^/]+)$/.exec(path)?.[1]
      if (role !== undefined && call.operation === 'write') return writeRole(role, call.body)
      if (role !== undefined && call.operation === 'delete') {
        roles.delete(role)
        return done
      }
      const known = role === undefined ? undefined : roles.get(role)
      if (known === undefined) return absent
      return envelope(deps.env, {
        data: {
          bound_service_account_names: known.names,
          bound_service_account_namespaces: known.namespaces,
          token_policies: known.policies,
          token_ttl: known.lifeMs / 1000,
        },
      })
    },
  }
}

interface AppRole {
  readonly roleId: string
  readonly secretIds: Set<string>
  readonly policies: readonly string[]
  readonly lifeMs: number
}

/** Login with a role id and a secret id. */
export function createAppRoleAuth(deps: AuthDeps): AuthMethod {
  const roles = new Map<string, AppRole>()

  function login(call: Call): Answer {
    const roleId = stringOf(call.body['role_id'])
    const secretId = stringOf(call.body['secret_id'])
    if (roleId === undefined || roleId === '') {
      return failure(500, 'failed to determine alias name from login request')
    }
    const role = [...roles].find(([, candidate]) => candidate.roleId === roleId)
    if (role === undefined) return failure(400, 'invalid role or secret ID')
    if (secretId === undefined || secretId === '') return failure(400, 'missing secret_id')
    if (!role[1].secretIds.has(secretId)) return failure(400, 'invalid role or secret ID')
    const token = deps.tokens.issue({
      namespace: deps.namespace,
      policies: ['default', ...role[1].policies],
      metadata: { role_name: role[0] },
      displayName: deps.mount,
      path: `auth/${deps.mount}/login`,
      lifeMs: role[1].lifeMs,
      entityId: deps.env.entropy.uuid(),
    })
    deps.onLogin()
    return envelope(deps.env, { auth: authOf(token) })
  }

  function write(name: string, part: string | undefined, body: Call['body']): Answer {
    const role = roles.get(name)
    if (part === undefined) {
      roles.set(name, {
        roleId: role?.roleId ?? deps.env.entropy.uuid(),
        secretIds: role?.secretIds ?? new Set(),
        policies: listOf(body['token_policies'] ?? body['policies']),
        lifeMs: lifeOf(body['token_ttl'], hourMs),
      })
      return done
    }
    if (role === undefined) return failure(404)
    if (part === 'role-id') {
      roles.set(name, { ...role, roleId: stringOf(body['role_id']) ?? role.roleId })
      return done
    }
    if (part !== 'secret-id' && part !== 'custom-secret-id') return absent
    const secretId = stringOf(body['secret_id']) ?? deps.env.entropy.uuid()
    role.secretIds.add(secretId)
    return envelope(deps.env, {
      data: {
        secret_id: secretId,
        secret_id_accessor: hex(deps.env.entropy.bytes(16)),
        secret_id_num_uses: 0,
        secret_id_ttl: 0,
      },
    })
  }

  return {
    kind: 'approle',
    isOpen: (path) => path === 'login',
    handle: (call, path) => {
      if (path === 'login' && call.operation === 'write') return Promise.resolve(login(call))
      const match = /^role\/([^/]+)(?:\/([^/]+))?$/.exec(path)
      const name = match?.[1]
      if (name === undefined) return Promise.resolve(absent)
      if (call.operation === 'write') return Promise.resolve(write(name, match?.[2], call.body))
      const role = roles.get(name)
      if (role === undefined || match?.[2] !== 'role-id') return Promise.resolve(absent)
      return Promise.resolve(envelope(deps.env, { data: { role_id: role.roleId } }))
    },
  }
}

/** `auth/token/…`: what a token may ask about itself, and making others. */
export function tokenCall(
  call: Call,
  path: string,
  token: Token,
  deps: Pick<AuthDeps, 'env' | 'tokens' | 'namespace'> & { show: (token: Token) => unknown },
): Answer {
  switch (path) {
    case 'lookup-self':
      return envelope(deps.env, { data: deps.show(token) })
    case 'renew-self':
      if (!token.renewable) return failure(400, 'lease is not renewable')
      deps.tokens.renew(token)
      return envelope(deps.env, { auth: authOf(token) })
    case 'revoke-self':
      deps.tokens.revoke(token.id)
      return done
    case 'create':
    case 'create-orphan':
      return envelope(deps.env, { auth: authOf(child(call, path, token, deps)) })
    case 'lookup': {
      const found = deps.tokens.find(stringOf(call.body['token']))
      if (found === undefined) return failure(403, 'bad token')
      return envelope(deps.env, { data: deps.show(found) })
    }
    case 'revoke':
      deps.tokens.revoke(stringOf(call.body['token']) ?? '')
      return done
    default:
      return absent
  }
}

/** A token that another one makes: with its policies, unless others are asked for. */
function child(
  { body }: Call,
  path: string,
  parent: Token,
  { tokens, namespace }: Pick<AuthDeps, 'tokens' | 'namespace'>,
): Token {
  const asked = body['policies'] === undefined ? parent.policies : listOf(body['policies'])
  const isPlain = body['no_default_policy'] === true || asked.includes('root')
  const id = stringOf(body['id'])
  return tokens.issue({
    ...(id === undefined || id === '' ? {} : { id }),
    namespace,
    policies: isPlain ? asked : ['default', ...asked],
    displayName: 'token',
    path: 'auth/token/create',
    lifeMs: lifeOf(body['ttl'], 768 * hourMs),
    orphan: path === 'create-orphan' || body['no_parent'] === true,
  })
}
