import {
  at,
  concatBytes,
  Fault,
  field,
  limits,
  parseJson,
  stringOf,
  textOf,
  type Env,
  type TlsOptions,
} from '#base'

/** Who a ServiceAccount token belongs to, as the API server says. */
export interface ReviewedToken {
  /** `system:serviceaccount:<namespace>:<name>` */
  readonly username: string
  readonly uid?: string
  readonly groups?: readonly string[]
  readonly audiences?: readonly string[]
}

/** Asks whether a ServiceAccount token is valid for these audiences; null: it is not. */
export type TokenReviewer = (
  jwt: string,
  audiences: readonly string[],
) => Promise<ReviewedToken | null>

/** Where to ask. */
export interface ReviewerServer {
  readonly url: string
  /** Bearer token allowed to create tokenreviews; absent: the reviewed token itself is used. */
  readonly token?: string
  readonly tls?: TlsOptions
}

/** Asks an API server by TokenReview. */
export function reviewerAt(env: Env, server: ReviewerServer): TokenReviewer {
  const pool = env.net.pool(server.tls === undefined ? {} : { tls: server.tls })
  return async (jwt, audiences) => {
    const answer = await pool.request({
      method: 'POST',
      url: `${server.url}/apis/authentication.k8s.io/v1/tokenreviews`,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        authorization: `Bearer ${server.token ?? jwt}`,
      },
      body: JSON.stringify({
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token: jwt, ...(audiences.length === 0 ? {} : { audiences }) },
      }),
    })
    const parts: Uint8Array[] = []
    let size = 0
    for await (const part of answer.body) {
      size += part.length
      if (size > limits.requestBodyBytes) throw new Fault('TooLarge', 'TokenReview too large')
      parts.push(part)
    }
    if (answer.status !== 201 && answer.status !== 200) return null
    const status = field(parseJson(textOf(concatBytes(parts))), 'status')
    if (field(status, 'authenticated') !== true) return null
    const username = stringOf(at(status, 'user', 'username'))
    const uid = stringOf(at(status, 'user', 'uid'))
    if (username === undefined) return null
    return { username, ...(uid === undefined ? {} : { uid }) }
  }
}

/** A role of the Kubernetes auth method. */
export interface KubernetesRole {
  /** `*` for any. */
  readonly names: readonly string[]
  readonly namespaces: readonly string[]
  readonly audience?: string
  readonly policies: readonly string[]
  readonly lifeMs: number
}

/** Whether a role lets this ServiceAccount in; the text is Vault's. */
export function whyNotAuthorised(
  role: KubernetesRole,
  namespace: string,
  name: string,
): string | undefined {
  if (!fits(role.namespaces, namespace)) return 'namespace not authorized'
  if (!fits(role.names, name)) return 'service account name not authorized'
  return undefined
}

function fits(allowed: readonly string[], name: string): boolean {
  return allowed.some((entry) => entry === '*' || entry === name)
}

/** A list that Vault takes as an array or as text with commas. */
export function listOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.filter((entry) => typeof entry === 'string')
  if (typeof value !== 'string') return []
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/** Milliseconds of `60`, `"60"`, `"60s"`, `"10m"`, `"1h"`; anything else is `otherwise`. */
export function lifeOf(value: unknown, otherwise: number): number {
  if (typeof value === 'number') return value * 1000
  const match = typeof value === 'string' ? /^(\d+)([smh]?)$/.exec(value) : null
  if (match === null) return otherwise
  const unit = { s: 1000, m: 60_000, h: 3_600_000 }[match[2] || 's'] ?? 1000
  return Number(match[1]) * unit
}
