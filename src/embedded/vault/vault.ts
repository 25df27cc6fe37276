import { Fault, type Env, type Handler } from '#base'
import {
  absent,
  badToken,
  denied,
  done,
  failure,
  fromMount,
  headerOf,
  readCall,
  respond,
  unclosed,
  type Answer,
  type Call,
} from './answers.ts'
import { tokenCall } from './auth.ts'
import { reviewerAt, type ReviewerServer, type TokenReviewer } from './kubernetes-login.ts'
import { createKv1, createKv2, type Data, type Engine, type StringMap } from './kv.ts'
import { parsePolicy } from './policy.ts'
import { below, createSpaces } from './spaces.ts'
import { health, isPreflight, sealStatus, systemCall } from './system.ts'
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

  const spaces = createSpaces({ env, tokens, reviewer, onLogin: () => void counts.logins++ })

  async function handle(call: Call): Promise<Answer> {
    if (call.path === 'sys/health') return health(env, sealed, call)
    if (call.path === 'sys/seal-status') return sealStatus(sealed)
    if (sealed) return failure(503, 'Vault is sealed')
    const located = spaces.locate(call)
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
    if (!isPreflight(inner) && !spaces.permits(token, space, inner)) return denied
    counts.requests++
    if (inner.path === 'sys/seal' && inner.operation === 'write') {
      sealed = true
      return done
    }
    if (inner.path.startsWith('sys/')) return systemCall(env, spaces, space, token, inner)
    if (inner.path.startsWith('auth/token/')) {
      const answer = tokenCall(inner, inner.path.slice('auth/token/'.length), token, {
        env,
        tokens,
        namespace: space.path,
        show: (shown) => lookup(env, shown),
      })
      return fromMount(answer, 'token')
    }
    if (isAuth && auth !== undefined) {
      return fromMount(await auth.value.handle(inner, auth.rest), auth.value.kind)
    }
    const mount = below(space.mounts, inner.path)
    if (mount === undefined) {
      return failure(404, `no handler for route "${inner.path}". route entry not found.`)
    }
    if (inner.operation === 'read' || inner.operation === 'list') counts.reads++
    return fromMount(mount.value.handle(inner, mount.rest), 'kv')
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
        return respond(failure(thrown.message === unclosed ? 500 : 400, thrown.message))
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
    const mount = below(spaces.of(namespace).mounts, path)
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
      void spaces
        .of(at.namespace)
        .mounts.set(name, version === 2 ? createKv2(env) : createKv1(env)),
    policy: (name, text, at = {}) =>
      void spaces.of(at.namespace).policies.set(name, parsePolicy(text)),
    kubernetesRole: (name, role, at = {}) => {
      const space = spaces.of(at.namespace)
      const mount = at.mount ?? 'kubernetes'
      const method = space.auths.get(mount) ?? spaces.addAuth(space, mount, 'kubernetes')
      void method.handle(write(role), `role/${name}`)
    },
    token: (policies, at = {}) =>
      tokens.issue({
        namespace: spaces.of(at.namespace).path,
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

function tokenOf(call: Call): string | undefined {
  const direct = headerOf(call.headers, 'x-vault-token')
  if (direct !== undefined && direct !== '') return direct
  return /^Bearer (.+)$/.exec(headerOf(call.headers, 'authorization') ?? '')?.[1]
}
