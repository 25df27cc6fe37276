import { field, hex, stringOf, type Env } from '#base'
import { absent, done, envelope, failure, fromMount, type Answer, type Call } from './answers.ts'
import { listOf } from './kubernetes-login.ts'
import { createKv1, createKv2, type Data, type Engine } from './kv.ts'
import { parsePolicy } from './policy.ts'
import { below, type Space, type Spaces } from './spaces.ts'
import type { Token } from './tokens.ts'

const version = '1.21.4'

/** `sys/health`: who asks may choose the status it gives when sealed. */
export function health(env: Env, sealed: boolean, call: Call): Answer {
  const whenSealed = Number(call.query.get('sealedcode') ?? '503')
  return {
    status: sealed ? whenSealed : 200,
    body: {
      initialized: true,
      sealed,
      standby: false,
      performance_standby: false,
      replication_performance_mode: 'disabled',
      replication_dr_mode: 'disabled',
      server_time_utc: Math.floor(env.clock.now() / 1000),
      version,
      cluster_name: 'vault-cluster-embedded',
      cluster_id: '00000000-0000-0000-0000-000000000000',
    },
  }
}

/** `sys/seal-status`. */
export function sealStatus(sealed: boolean): Answer {
  return {
    status: 200,
    body: { type: 'shamir', initialized: true, sealed, t: 1, n: 1, progress: 0, version },
  }
}

/** Whether this call decides by itself what the token may see. */
export function isPreflight(call: Call): boolean {
  return call.path.startsWith('sys/internal/ui/')
}

/** `sys/…` of a namespace: mounts, ways to log in, policies. */
export function systemCall(
  env: Env,
  spaces: Spaces,
  space: Space,
  token: Token,
  call: Call,
): Answer {
  const path = call.path.slice('sys/'.length)
  if (path === 'mounts' && call.operation === 'read') {
    const mounts = [...space.mounts].map(([name, engine]) => [`${name}/`, mountInfo(env, engine)])
    return fromMount(envelope(env, { data: Object.fromEntries(mounts) as Data }), 'system')
  }
  const [, kind, name = ''] = /^(mounts|auth|internal\/ui\/mounts)\/(.+?)\/?$/.exec(path) ?? []
  if (kind === 'mounts') return mountCall(env, space, name, call)
  if (kind === 'auth') return authCall(spaces, space, name, call)
  if (kind !== undefined) return preflight(env, spaces, space, token, name)
  const policy = /^(?:policies\/acl|policy)\/(.+)$/.exec(path)?.[1]
  if (policy !== undefined) return policyCall(space, policy, call)
  if (path === 'capabilities-self' && call.operation === 'write') {
    return fromMount(capabilitiesCall(env, spaces, space, token, call), 'system')
  }
  return failure(404, '1 error occurred:\n\t* unsupported path\n\n')
}

/** What the token itself may do at the paths that are asked for. */
function capabilitiesCall(
  env: Env,
  spaces: Spaces,
  space: Space,
  token: Token,
  call: Call,
): Answer {
  const paths = listOf(call.body['paths'] ?? call.body['path'])
  const found = Object.fromEntries(
    paths.map((path) => [path, spaces.capabilities(token, space, path)]),
  )
  const answer = envelope(env, { data: found })
  return { ...answer, body: { ...(answer.body as object), ...found } }
}

/** What clients ask before they read: which engine is it, and which version of it? */
function preflight(env: Env, spaces: Spaces, space: Space, token: Token, path: string): Answer {
  const mount = below(space.mounts, path)
  if (mount !== undefined && spaces.knows(token, space, mount.name)) {
    return envelope(env, { data: { path: `${mount.name}/`, ...mountInfo(env, mount.value) } })
  }
  return failure(
    403,
    `preflight capability check returned 403, please ensure client's policies grant access to path "${path}/"`,
  )
}

function mountCall(env: Env, space: Space, name: string, call: Call): Answer {
  if (call.operation === 'delete') {
    space.mounts.delete(name)
    return done
  }
  if (call.operation !== 'write') return absent
  if (space.mounts.has(name)) return failure(400, `path is already in use at ${name}/`)
  const type = stringOf(call.body['type'])
  if (type !== 'kv' && type !== 'kv-v2') return unknownPlugin(type)
  const asked = field(call.body['options'], 'version')
  const isSecond = type === 'kv-v2' || asked === '2' || asked === 2
  space.mounts.set(name, isSecond ? createKv2(env) : createKv1(env))
  return done
}

function authCall(spaces: Spaces, space: Space, name: string, call: Call): Answer {
  if (call.operation === 'delete') {
    space.auths.delete(name)
    return done
  }
  if (call.operation !== 'write') return absent
  const kind = stringOf(call.body['type'])
  if (space.auths.has(name) && !space.untouched.delete(name)) {
    return failure(400, `path is already in use at ${name}/`)
  }
  if (kind !== 'kubernetes' && kind !== 'approle') return unknownPlugin(kind)
  spaces.addAuth(space, name, kind)
  return done
}

function unknownPlugin(type: string | undefined): Answer {
  return failure(400, `plugin not found in the catalog: ${type ?? ''}`)
}

function policyCall(space: Space, name: string, call: Call): Answer {
  if (call.operation === 'write') {
    space.policies.set(name, parsePolicy(stringOf(call.body['policy']) ?? ''))
    return done
  }
  if (call.operation !== 'delete') return absent
  space.policies.delete(name)
  return done
}

function mountInfo(env: Env, engine: Engine): Data {
  return {
    accessor: `kv_${hex(env.entropy.bytes(4))}`,
    config: { default_lease_ttl: 2_764_800, force_no_cache: false, max_lease_ttl: 2_764_800 },
    deprecation_status: 'supported',
    description: '',
    external_entropy_access: false,
    local: false,
    options: { version: engine.kind === 'kv2' ? '2' : '1' },
    plugin_version: '',
    running_plugin_version: 'v0.25.0+builtin',
    running_sha256: '',
    seal_wrap: false,
    type: 'kv',
    uuid: env.entropy.uuid(),
  }
}
