import { Fault, isObject, stringOf, type Env, type Handler } from '#base'
import {
  absent,
  badToken,
  denied,
  done,
  envelope,
  failure,
  headerOf,
  readCall,
  respond,
  type Answer,
  type Call,
} from './answers.ts'
import { createAppRoleAuth, createKubernetesAuth, tokenCall, type AuthMethod } from './auth.ts'
import { reviewerAt, type ReviewerServer, type TokenReviewer } from './kubernetes-login.ts'
import { createKv1, createKv2, type Data, type Engine, type StringMap } from './kv.ts'
import { allows, parsePolicy, type Capability, type Rule } from './policy.ts'
import { createTokens, lookup, type Token } from './tokens.ts'

export interface VaultOptions {
  readonly env: Env
  /** The root token: may do everything, never expires. */
  readonly rootToken: string
  /** How `auth/kubernetes/login` checks a ServiceAccount token; its `config` endpoint else says where. */
  readonly tokenReviewer?: ReviewerServer | TokenReviewer
}

/** What was asked for so far; only requests that got past seal and token. */
export interface VaultCounts {
  /** Reads and lists of key-value mounts. */
  reads: number
  logins: number
  requests: number
}

/** A Vault in memory, with helpers for who holds it. */
export interface EmbeddedVault {
  /** For `env.net.listen`. */
  readonly handler: Handler
  readonly counts: Readonly<VaultCounts>
  /** Stores a value at `mount/path`, e.g. `secret/apps/db`, in the root or a named namespace. */
  put(path: string, data: Data, options?: PutOptions): void
  /** Deletes the newest version. */
  remove(path: string, options?: { readonly namespace?: string }): void
  /** Mounts a key-value engine; `secret/` (v2) is there from the start. */
  mount(name: string, version: 1 | 2, options?: { readonly namespace?: string }): void
  /** Writes an ACL policy, in HCL or JSON. */
  policy(name: string, text: string, options?: { readonly namespace?: string }): void
  /** A role of the Kubernetes auth method at `auth/kubernetes` or `options.mount`. */
  kubernetesRole(name: string, role: Data, options?: AuthMountOptions): void
  /** A token with these policies; it lives for `lifeMs` (0: for ever). */
  token(policies: readonly string[], options?: TokenOptions): string
  /** From now on everything is answered with 503. */
  seal(): void
  unseal(): void
  /** Takes a token back; without one: all but the root token. */
  revoke(token?: string): void
}

export interface PutOptions {
  readonly namespace?: string
  readonly customMetadata?: StringMap
}

export interface AuthMountOptions {
  readonly namespace?: string
  /** Default `kubernetes`. */
  readonly mount?: string
}

export interface TokenOptions {
  readonly namespace?: string
  readonly lifeMs?: number
}

/** One namespace: its mounts, policies and ways to log in. */
interface Space {
  readonly path: string
  readonly mounts: Map<string, Engine>
  readonly auths: Map<string, AuthMethod>
  readonly policies: Map<string, readonly Rule[]>
}

const defaultPolicy = `
path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
`

/**
 * A HashiCorp Vault in memory, for the demo, tests and simulation: KV v1 and v2, tokens, policies,
 * Kubernetes and AppRole login, namespaces, and Vault's own words where clients look at them. It
 * keeps everything in memory, encrypts nothing and is not for production.
 *
 * Source: https://developer.hashicorp.com/vault/api-docs
 */
export function createVault(options: VaultOptions): EmbeddedVault {
  const { env } = options
  const tokens = createTokens(env)
  const spaces = new Map<string, Space>()
  const counts: VaultCounts = { reads: 0, logins: 0, requests: 0 }
  const reviewer =
    options.tokenReviewer === undefined || typeof options.tokenReviewer === 'function'
      ? options.tokenReviewer
      : reviewerAt(env, options.tokenReviewer)
  let sealed = false

  const rootToken = (): Token =>
    tokens.issue({
      id: options.rootToken,
      namespace: '',
      policies: ['root'],
      displayName: 'root',
      path: 'auth/token/root',
      lifeMs: 0,
    })
  rootToken()

  function spaceOf(name: string | undefined): Space {
    const path = normal(name)
    const known = spaces.get(path)
    if (known !== undefined) return known
    const space: Space = {
      path,
      mounts: new Map([['secret', createKv2(env)]]),
      auths: new Map(),
      policies: new Map([['default', parsePolicy(defaultPolicy)]]),
    }
    spaces.set(path, space)
    addAuth(space, 'kubernetes', 'kubernetes')
    addAuth(space, 'approle', 'approle')
    return space
  }

  function addAuth(space: Space, mount: string, kind: AuthMethod['kind']): AuthMethod {
    const deps = {
      env,
      tokens,
      namespace: space.path,
      mount,
      onLogin: () => void counts.logins++,
    }
    const method =
      kind === 'kubernetes' ? createKubernetesAuth(deps, reviewer) : createAppRoleAuth(deps)
    space.auths.set(mount, method)
    return method
  }
  spaceOf(undefined)

  function permitted(space: Space, token: Token, call: Call): boolean {
    if (token.policies.includes('root')) return true
    const rules = token.policies.flatMap((name) => [
      ...(spaces.get(token.namespace)?.policies.get(name) ?? []),
    ])
    // Policies of a parent namespace name the child's paths with the child's name in front.
    const below = space.path.slice(token.namespace.length)
    return wanted(call).some((capability) => allows(rules, `${below}${call.path}`, capability))
  }

  async function handle(call: Call): Promise<Answer> {
    if (call.path === 'sys/health') return health(call)
    if (call.path === 'sys/seal-status') return sealStatus()
    if (sealed) return failure(503, 'Vault is sealed')
    const located = locate(call)
    if (located === undefined)
      return failure(404, `no handler for route "${call.path}". route entry not found.`)
    const { space, call: inner } = located
    const auth = below(space.auths, inner.path.replace(/^auth\//, ''))
    const isAuth = inner.path.startsWith('auth/')
    if (isAuth && auth !== undefined && auth.value.isOpen(auth.rest)) {
      counts.requests++
      return await auth.value.handle(inner, auth.rest)
    }
    const given = tokenOf(call)
    if (given === undefined) return failure(403, 'permission denied')
    const token = tokens.find(given)
    if (token === undefined || !space.path.startsWith(token.namespace)) return badToken
    if (!inner.path.startsWith('sys/internal/ui/') && !permitted(space, token, inner)) return denied
    counts.requests++
    if (inner.path.startsWith('sys/')) return system(space, token, inner)
    if (inner.path.startsWith('auth/token/')) {
      return tokenCall(inner, inner.path.slice('auth/token/'.length), token, {
        env,
        tokens,
        namespace: space.path,
        show: (shown) => lookup(env, shown),
      })
    }
    if (isAuth && auth !== undefined) return await auth.value.handle(inner, auth.rest)
    const mount = below(space.mounts, inner.path)
    if (mount === undefined) {
      return failure(404, `no handler for route "${inner.path}". route entry not found.`)
    }
    if (inner.operation === 'read' || inner.operation === 'list') counts.reads++
    return mount.value.handle(inner, mount.rest)
  }

  /** The namespace of a call: by header, or in front of the path. */
  function locate(call: Call): { space: Space; call: Call } | undefined {
    const named = normal(headerOf(call.headers, 'x-vault-namespace'))
    const whole = `${named}${call.path}`
    const found = [...spaces.keys()]
      .filter((path) => whole.startsWith(path) && path.startsWith(named))
      .sort((a, b) => b.length - a.length)[0]
    const space = found === undefined ? undefined : spaces.get(found)
    if (space === undefined) return undefined
    return { space, call: { ...call, path: whole.slice(space.path.length) } }
  }

  function system(space: Space, token: Token, call: Call): Answer {
    const path = call.path.slice('sys/'.length)
    if (path === 'mounts' && call.operation === 'read') {
      const data = Object.fromEntries(
        [...space.mounts].map(([name, engine]) => [`${name}/`, mountInfo(engine)]),
      )
      return envelope(env, { data })
    }
    if (path.startsWith('mounts/')) return mountCall(space, path.slice('mounts/'.length), call)
    if (path.startsWith('auth/')) return authCall(space, path.slice('auth/'.length), call)
    if (path.startsWith('internal/ui/mounts/')) {
      const asked = path.slice('internal/ui/mounts/'.length)
      const mount = below(space.mounts, asked)
      const seen = mount !== undefined && mayTouch(space, token, mount.name)
      if (mount === undefined || !seen) {
        return failure(
          403,
          `preflight capability check returned 403, please ensure client's policies grant access to path "${asked}/"`,
        )
      }
      return envelope(env, { data: { path: `${mount.name}/`, ...mountInfo(mount.value) } })
    }
    const policy = /^policies\/acl\/(.+)$|^policy\/(.+)$/.exec(path)
    if (policy !== null) return policyCall(space, policy[1] ?? policy[2] ?? '', call)
    if (path === 'seal' && call.operation === 'write') {
      sealed = true
      return done
    }
    return absent
  }

  function mayTouch(space: Space, token: Token, mount: string): boolean {
    if (token.policies.includes('root')) return true
    const prefix = `${space.path.slice(token.namespace.length)}${mount}/`
    return token.policies.some((name) =>
      (spaces.get(token.namespace)?.policies.get(name) ?? []).some(
        (rule) => rule.path.startsWith(prefix) && !rule.capabilities.has('deny'),
      ),
    )
  }

  function mountCall(space: Space, name: string, call: Call): Answer {
    const mount = name.replace(/\/$/, '')
    if (call.operation === 'delete') {
      space.mounts.delete(mount)
      return done
    }
    if (call.operation !== 'write') return absent
    if (space.mounts.has(mount)) return failure(400, `path is already in use at ${mount}/`)
    const type = stringOf(call.body['type'])
    if (type !== 'kv' && type !== 'kv-v2') {
      return failure(400, `plugin not found in the catalog: ${type ?? ''}`)
    }
    const asked = isObject(call.body['options']) ? call.body['options']['version'] : undefined
    const version = type === 'kv-v2' || String(asked) === '2' ? 2 : 1
    space.mounts.set(mount, version === 2 ? createKv2(env) : createKv1(env))
    return done
  }

  function authCall(space: Space, name: string, call: Call): Answer {
    const kind = call.body['type']
    if (call.operation !== 'write') return absent
    if (kind !== 'kubernetes' && kind !== 'approle') {
      return failure(400, `plugin not found in the catalog: ${String(kind)}`)
    }
    addAuth(space, name.replace(/\/$/, ''), kind)
    return done
  }

  function policyCall(space: Space, name: string, call: Call): Answer {
    if (call.operation === 'write') {
      space.policies.set(name, parsePolicy(stringOf(call.body['policy']) ?? ''))
      return done
    }
    if (call.operation === 'delete') space.policies.delete(name)
    return call.operation === 'delete' ? done : absent
  }

  function health(call: Call): Answer {
    const asked = Number(call.query.get('sealedcode') ?? '503')
    return {
      status: sealed ? asked : 200,
      body: {
        initialized: true,
        sealed,
        standby: false,
        performance_standby: false,
        replication_performance_mode: 'disabled',
        replication_dr_mode: 'disabled',
        server_time_utc: Math.floor(env.clock.now() / 1000),
        version: '1.20.0',
        cluster_name: 'vault-cluster-embedded',
        cluster_id: '00000000-0000-0000-0000-000000000000',
      },
    }
  }

  function sealStatus(): Answer {
    return {
      status: 200,
      body: {
        type: 'shamir',
        initialized: true,
        sealed,
        t: 1,
        n: 1,
        progress: 0,
        version: '1.20.0',
      },
    }
  }

  const handler: Handler = async (request) => {
    try {
      const call = await readCall(request)
      return respond(call === undefined ? absent : await handle(call))
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.reason === 'TooLarge') {
        return respond(failure(413, 'http: request body too large'))
      }
      if (thrown instanceof Fault && thrown.reason === 'InvalidAnswer') {
        return respond(failure(400, 'error parsing JSON'))
      }
      if (thrown instanceof Fault && thrown.reason === 'InvalidSpec') {
        return respond(failure(400, 'invalid path'))
      }
      return respond(failure(500, 'internal error'))
    }
  }

  const engineAt = (
    path: string,
    namespace: string | undefined,
  ): { engine: Engine; rest: string } => {
    const mount = below(spaceOf(namespace).mounts, path)
    if (mount === undefined) throw new Error(`no mount for ${path}`)
    return { engine: mount.value, rest: mount.rest }
  }

  return {
    handler,
    counts,
    put: (path, data, put = {}) => {
      const { engine, rest } = engineAt(path, put.namespace)
      engine.put(rest, data, put.customMetadata === undefined ? {} : put)
    },
    remove: (path, at = {}) => {
      const { engine, rest } = engineAt(path, at.namespace)
      engine.remove(rest)
    },
    mount: (name, version, at = {}) =>
      void spaceOf(at.namespace).mounts.set(name, version === 2 ? createKv2(env) : createKv1(env)),
    policy: (name, text, at = {}) =>
      void spaceOf(at.namespace).policies.set(name, parsePolicy(text)),
    kubernetesRole: (name, role, at = {}) => {
      const space = spaceOf(at.namespace)
      const mount = at.mount ?? 'kubernetes'
      const method = space.auths.get(mount) ?? addAuth(space, mount, 'kubernetes')
      void method.handle(write(role), `role/${name}`)
    },
    token: (policies, at = {}) =>
      tokens.issue({
        namespace: spaceOf(at.namespace).path,
        policies: ['default', ...policies],
        displayName: 'token',
        path: 'auth/token/create',
        lifeMs: at.lifeMs ?? 0,
      }).id,
    seal: () => void (sealed = true),
    unseal: () => void (sealed = false),
    revoke: (token) => {
      if (token !== undefined) return void tokens.revoke(token)
      tokens.revokeAll()
      rootToken()
    },
  }
}

function write(body: Data): Call {
  const { signal } = new AbortController()
  return { operation: 'write', path: '', query: new Map(), body, headers: {}, signal }
}

function normal(namespace: string | undefined): string {
  const path = (namespace ?? '').replace(/^\/+|\/+$/g, '')
  return path === '' || path === 'root' ? '' : `${path}/`
}

/** The entry whose name is the longest prefix of `path`, by segments. */
function below<T>(
  entries: ReadonlyMap<string, T>,
  path: string,
): { name: string; value: T; rest: string } | undefined {
  const name = [...entries.keys()]
    .filter((entry) => path === entry || path.startsWith(`${entry}/`))
    .sort((a, b) => b.length - a.length)[0]
  const value = name === undefined ? undefined : entries.get(name)
  if (name === undefined || value === undefined) return undefined
  return { name, value, rest: path.slice(name.length + 1) }
}

/** Any one of these is enough. */
function wanted(call: Call): readonly Capability[] {
  switch (call.operation) {
    case 'read':
      return ['read']
    case 'list':
      return ['list']
    case 'write':
      return ['update', 'create']
    case 'patch':
      return ['patch']
    case 'delete':
      return ['delete']
  }
}

function tokenOf(call: Call): string | undefined {
  const direct = headerOf(call.headers, 'x-vault-token')
  if (direct !== undefined && direct !== '') return direct
  return /^Bearer (.+)$/.exec(headerOf(call.headers, 'authorization') ?? '')?.[1]
}

function mountInfo(engine: Engine): Data {
  return {
    type: 'kv',
    description: '',
    options: { version: engine.kind === 'kv2' ? '2' : '1' },
    local: false,
    seal_wrap: false,
  }
}
