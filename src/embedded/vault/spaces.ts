import type { Env } from '#base'
import { headerOf, type Call } from './answers.ts'
import { createAppRoleAuth, createKubernetesAuth, type AuthMethod } from './auth.ts'
import type { TokenReviewer } from './kubernetes-login.ts'
import { createKv2, type Engine } from './kv.ts'
import { allows, parsePolicy, type Capability, type Rule } from './policy.ts'
import type { Token, Tokens } from './tokens.ts'

/** One namespace: its mounts, policies and ways to log in. */
export interface Space {
  /** '' for the root, else with a slash at its end. */
  readonly path: string
  readonly mounts: Map<string, Engine>
  readonly auths: Map<string, AuthMethod>
  /** Ways to log in that are there from the start, and that nobody has enabled by himself yet. */
  readonly untouched: Set<string>
  readonly policies: Map<string, readonly Rule[]>
}

/** All namespaces. */
export interface Spaces {
  /** The namespace of that name, made when it is not there. */
  of(name: string | undefined): Space
  /** The namespace that a call is about, by header or in front of its path, and the call below it. */
  locate(call: Call): { readonly space: Space; readonly call: Call } | undefined
  addAuth(space: Space, mount: string, kind: AuthMethod['kind']): AuthMethod
  /** Whether the token's policies allow a call in a namespace. */
  permits(token: Token, space: Space, call: Call): boolean
  /** What they allow at a path of a namespace, by name; `deny` where it is nothing. */
  capabilities(token: Token, space: Space, path: string): readonly string[]
  /** Whether they say anything good about a mount of it. */
  knows(token: Token, space: Space, mount: string): boolean
}

export interface SpacesDeps {
  readonly env: Env
  readonly tokens: Tokens
  readonly reviewer: TokenReviewer | undefined
  readonly onLogin: () => void
}

const everyCapability: readonly Capability[] = [
  'create',
  'delete',
  'list',
  'patch',
  'read',
  'sudo',
  'update',
]

const defaultPolicy = `
path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
path "sys/capabilities-self" { capabilities = ["update"] }
`

/** Namespaces, the root among them; each begins with `secret/` (KV v2) and both ways to log in. */
export function createSpaces(deps: SpacesDeps): Spaces {
  const spaces = new Map<string, Space>()

  function addAuth(space: Space, mount: string, kind: AuthMethod['kind']): AuthMethod {
    const { env, tokens, onLogin } = deps
    const given = { env, tokens, namespace: space.path, mount, onLogin }
    const method =
      kind === 'kubernetes' ? createKubernetesAuth(given, deps.reviewer) : createAppRoleAuth(given)
    space.auths.set(mount, method)
    return method
  }

  function of(name: string | undefined): Space {
    const path = normal(name)
    const known = spaces.get(path)
    if (known !== undefined) return known
    const space: Space = {
      path,
      mounts: new Map([['secret', createKv2(deps.env)]]),
      auths: new Map(),
      untouched: new Set(['kubernetes', 'approle']),
      policies: new Map([['default', parsePolicy(defaultPolicy)]]),
    }
    spaces.set(path, space)
    addAuth(space, 'kubernetes', 'kubernetes')
    addAuth(space, 'approle', 'approle')
    return space
  }

  /** Policies live with the token; they name a child's paths with the child's name in front. */
  const rulesOf = (token: Token): readonly Rule[] =>
    token.policies.flatMap((name) => [...(spaces.get(token.namespace)?.policies.get(name) ?? [])])

  of(undefined)
  return {
    of,
    addAuth,
    locate: (call) => {
      const named = normal(headerOf(call.headers, 'x-vault-namespace'))
      const whole = `${named}${call.path}`
      const space = [...spaces.values()]
        .filter(({ path }) => whole.startsWith(path) && path.startsWith(named))
        .sort((a, b) => b.path.length - a.path.length)[0]
      if (space === undefined) return undefined
      return { space, call: { ...call, path: whole.slice(space.path.length) } }
    },
    permits: (token, space, call) => {
      if (token.policies.includes('root')) return true
      const path = `${space.path.slice(token.namespace.length)}${call.path}`
      const rules = rulesOf(token)
      return wanted(call).some((capability) => allows(rules, path, capability))
    },
    capabilities: (token, space, path) => {
      if (token.policies.includes('root')) return ['root']
      const whole = `${space.path.slice(token.namespace.length)}${path}`
      const rules = rulesOf(token)
      const found = everyCapability.filter((capability) => allows(rules, whole, capability))
      return found.length === 0 ? ['deny'] : found
    },
    knows: (token, space, mount) => {
      if (token.policies.includes('root')) return true
      const prefix = `${space.path.slice(token.namespace.length)}${mount}/`
      return rulesOf(token).some(
        (rule) => rule.path.startsWith(prefix) && !rule.capabilities.has('deny'),
      )
    },
  }
}

function normal(namespace: string | undefined): string {
  const path = (namespace ?? '').replace(/^\/+|\/+$/g, '')
  return path === '' || path === 'root' ? '' : `${path}/`
}

/** The entry whose name is the longest prefix of `path`, by segments. */
export function below<T>(
  entries: ReadonlyMap<string, T>,
  path: string,
): { readonly name: string; readonly value: T; readonly rest: string } | undefined {
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
