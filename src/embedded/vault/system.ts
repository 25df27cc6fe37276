import { field, stringOf, type Env } from '#base'
import { absent, done, envelope, failure, type Answer, type Call } from './answers.ts'
import { createKv1, createKv2, type Data, type Engine } from './kv.ts'
import { parsePolicy } from './policy.ts'
import { below, type Space, type Spaces } from './spaces.ts'
import type { Token } from './tokens.ts'

const version = '1.20.0'

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
    const mounts = [...space.mounts].map(([name, engine]) => [`${name}/`, mountInfo(engine)])
    return envelope(env, { data: Object.fromEntries(mounts) as Data })
  }
  const [, kind, name = ''] = /^(mounts|auth|internal\/ui\/mounts)\/(.+?)\/?$/.exec(path) ?? []
  if (kind === 'mounts') return mountCall(env, space, name, call)
  if (kind === 'auth') return authCall(spaces, space, name, call)
  if (kind !== undefined) return preflight(env, spaces, space, token, name)
  const policy = /^(?:policies\/acl|policy)\/(.+)$/.exec(path)?.[1]
  return policy === undefined ? absent : policyCall(space, policy, call)
}

/** What clients ask before they read: which engine is it, and which version of it? */
function preflight(env: Env, spaces: Spaces, space: Space, token: Token, path: string): Answer {
  const mount = below(space.mounts, path)
  if (mount !== undefined && spaces.knows(token, space, mount.name)) {
    return envelope(env, { data: { path: `${mount.name}/`, ...mountInfo(mount.value) } })
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
  if (call.operation !== 'write') return absent
  const kind = stringOf(call.body['type'])
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

function mountInfo(engine: Engine): Data {
  return {
    type: 'kv',
    description: '',
    options: { version: engine.kind === 'kv2' ? '2' : '1' },
    local: false,
    seal_wrap: false,
  }
}
