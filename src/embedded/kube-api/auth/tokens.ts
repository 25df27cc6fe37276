import { createHmac, timingSafeEqual } from 'node:crypto'
import { textOf } from '#base'
import type { Clock, Entropy } from '#base'
import { entryKey, type Store } from '../storage/store.ts'
import type { User } from './user.ts'

export const defaultAudience = 'https://kubernetes.default.svc'
export const issuer: string = defaultAudience

export interface Bound {
  readonly kind: string
  readonly name: string
  readonly uid: string
}

export interface TokenSpec {
  readonly namespace: string
  readonly account: string
  readonly uid: string
  readonly audiences: readonly string[]
  readonly seconds: number
  readonly bound: Bound | undefined
}

/** What a token turned out to be. */
export type Reviewed =
  | { readonly kind: 'known'; readonly user: User; readonly audiences: readonly string[] }
  /** Not one of ours. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly why: string }

interface Claims {
  readonly iss: string
  readonly sub: string
  readonly aud: readonly string[]
  readonly exp: number
  readonly jti: string
  readonly 'kubernetes.io': {
    readonly namespace: string
    readonly serviceaccount: { readonly name: string; readonly uid: string }
    readonly secret?: { readonly name: string; readonly uid: string }
    readonly pod?: { readonly name: string; readonly uid: string }
    readonly node?: { readonly name: string; readonly uid: string }
  }
}

/** Tokens of ServiceAccounts: issued and reviewed by this server alone. */
export class Tokens {
  readonly #key: Uint8Array
  readonly #store: Store
  readonly #clock: Clock
  readonly #entropy: Entropy

  constructor(store: Store, clock: Clock, entropy: Entropy) {
    this.#key = entropy.bytes(32)
    this.#store = store
    this.#clock = clock
    this.#entropy = entropy
  }

  issue(spec: TokenSpec): string {
    const now = Math.floor(this.#clock.now() / 1000)
    const bound = spec.bound
    const claims = {
      aud: spec.audiences,
      exp: now + spec.seconds,
      iat: now,
      iss: issuer,
      jti: this.#entropy.uuid(),
      'kubernetes.io': {
        namespace: spec.namespace,
        serviceaccount: { name: spec.account, uid: spec.uid },
        ...(bound === undefined
          ? {}
          : { [bound.kind.toLowerCase()]: { name: bound.name, uid: bound.uid } }),
      },
      nbf: now,
      sub: `system:serviceaccount:${spec.namespace}:${spec.account}`,
    }
    const body = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`
    return `${body}.${this.#sign(body)}`
  }

  #sign(body: string): string {
    return createHmac('sha256', this.#key).update(body).digest('base64url')
  }

  /** @param audiences Any of them must be among the token's. */
  review(token: string, audiences: readonly string[]): Reviewed {
    const claims = this.#read(token)
    if (claims === undefined) return { kind: 'unknown' }
    const shared = audiences.filter((one) => claims.aud.includes(one))
    if (shared.length === 0) {
      const list = (all: readonly string[]): string =>
        all.map((one) => JSON.stringify(one)).join(' ')
      return {
        kind: 'refused',
        why: `token audiences [${list(claims.aud)}] is invalid for the target audiences [${list(audiences)}]`,
      }
    }
    if (claims.exp * 1000 <= this.#clock.now()) {
      return { kind: 'refused', why: 'service account token has expired' }
    }
    const why = this.#whyInvalid(claims)
    if (why !== undefined) return { kind: 'refused', why }
    return { kind: 'known', user: userOf(claims), audiences: shared }
  }

  #read(token: string): Claims | undefined {
    const parts = token.split('.')
    if (parts.length !== 3) return undefined
    const [head = '', claims = '', signature = ''] = parts
    const [a, b] = [Buffer.from(signature), Buffer.from(this.#sign(`${head}.${claims}`))]
    if (a.length !== b.length || !timingSafeEqual(a, b)) return undefined
    return JSON.parse(textOf(Buffer.from(claims, 'base64url'))) as Claims
  }

  #whyInvalid(claims: Claims): string | undefined {
    const about = claims['kubernetes.io']
    const account = this.#store.get(
      'serviceaccounts',
      entryKey(about.namespace, about.serviceaccount.name),
    )
    if (account === undefined) return `serviceaccounts "${about.serviceaccount.name}" not found`
    if (account.object.metadata.uid !== about.serviceaccount.uid) {
      return 'service account UID does not match claim'
    }
    for (const [bucket, held] of [
      ['secrets', about.secret],
      ['pods', about.pod],
      ['nodes', about.node],
    ] as const) {
      if (held === undefined) continue
      const home = bucket === 'nodes' ? '' : about.namespace
      const entry = this.#store.get(bucket, entryKey(home, held.name))
      if (entry?.object.metadata.uid !== held.uid)
        return 'service account token has been invalidated'
    }
    return undefined
  }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function userOf(claims: Claims): User {
  const { namespace, serviceaccount } = claims['kubernetes.io']
  return {
    name: claims.sub,
    uid: serviceaccount.uid,
    groups: [
      'system:serviceaccounts',
      `system:serviceaccounts:${namespace}`,
      'system:authenticated',
    ],
    extra: extraOf(claims),
  }
}

function extraOf(claims: Claims): Record<string, readonly string[]> {
  const { pod, node } = claims['kubernetes.io']
  const about = [
    ['credential-id', `JTI=${claims.jti}`],
    ['node-name', node?.name],
    ['node-uid', node?.uid],
    ['pod-name', pod?.name],
    ['pod-uid', pod?.uid],
  ] as const
  const known = about.filter(([, value]) => value !== undefined)
  return Object.fromEntries(
    known.map(([key, value]) => [`authentication.kubernetes.io/${key}`, [value ?? '']]),
  )
}
