import { stringOf, textOf, type Clock, type ServerRequest, type ServerResponse } from '#base'

/**
 * Azure Key Vault and the login service of Microsoft Entra as their documentation has them: protocol
 * doubles. Contract-tested against the SDK, not verified against the service.
 *
 * The vault refuses a request without an api-version, and answers with its challenge what has no token
 * that was issued for it. Source: https://learn.microsoft.com/rest/api/keyvault/secrets/
 */
export interface FakeKeyVault {
  readonly vault: (request: ServerRequest) => Promise<ServerResponse>
  readonly login: (request: ServerRequest) => Promise<ServerResponse>
  /** Requests of the vault, in order: method, path, and how they were authorised. */
  readonly calls: readonly FakeVaultCall[]
  /** Forms sent to the login service, without the secret. */
  readonly logins: readonly Readonly<Record<string, string>>[]
  /** Puts a new version. @returns its id. */
  put(name: string, value: string, more?: FakeSecretOptions): string
  disable(name: string): void
  remove(name: string): void
  deny(name: string): void
  /** Takes back all tokens that were issued. */
  revokeTokens(): void
  /** What the vault's challenge says from now on. */
  challenge: string
  /** Secrets in one page of the list. */
  pageSize: number
  /** Origin that links to next pages carry; the vault's own unless a test lies. */
  linkOrigin: string
  /** Life of tokens issued from now on. */
  tokenSeconds: number
}

export interface FakeSecretOptions {
  readonly tags?: Readonly<Record<string, string>>
}

export interface FakeVaultCall {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly authorized: boolean
  readonly headers: readonly string[]
}

interface Stored {
  readonly name: string
  readonly versions: { readonly id: string; readonly value: string }[]
  tags: Readonly<Record<string, string>>
  isEnabled: boolean
}

export function createFakeKeyVault(options: {
  readonly clock: Clock
  readonly origin: string
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string
  readonly loginOrigin?: string
  readonly resource?: string
}): FakeKeyVault {
  const { clock, origin, tenantId, clientId, clientSecret } = options
  const loginOrigin = options.loginOrigin ?? 'https://login.microsoftonline.com'
  const resource = options.resource ?? 'https://vault.azure.net'
  const secrets = new Map<string, Stored>()
  const denied = new Set<string>()
  const tokens = new Map<string, { readonly scope: string; readonly untilMs: number }>()
  const calls: FakeVaultCall[] = []
  const logins: Readonly<Record<string, string>>[] = []
  let versions = 0
  let issued = 0

  function isAuthorized(request: ServerRequest): boolean {
    const header = stringOf(request.headers['authorization']) ?? ''
    const token = tokens.get(header.replace(/^Bearer /, ''))
    const isFresh = token !== undefined && token.untilMs > clock.now()
    return isFresh && token.scope === `${resource}/.default`
  }

  function secretAnswer(name: string, version: string): ServerResponse {
    if (denied.has(name)) return refused(403, 'Forbidden', 'ForbiddenByRbac')
    if (!/^[0-9A-Za-z-]{1,127}$/.test(name)) return refused(400, 'BadParameter')
    const secret = secrets.get(name)
    const found =
      version === '' ? secret?.versions.at(-1) : secret?.versions.find(({ id }) => id === version)
    if (secret === undefined || found === undefined) return refused(404, 'SecretNotFound')
    if (!secret.isEnabled) return refused(403, 'Forbidden', 'SecretDisabled')
    return json(200, {
      value: found.value,
      id: `${origin}/secrets/${name}/${found.id}`,
      attributes: { enabled: true, created: 1_700_000_000, updated: 1_700_000_000 },
      tags: secret.tags,
    })
  }

  function listAnswer(query: URLSearchParams): ServerResponse {
    const from = Number(query.get('$skiptoken') ?? '0')
    const all = [...secrets.values()]
    const value = all.slice(from, from + fake.pageSize).map(({ name, tags, isEnabled }) => ({
      id: `${origin}/secrets/${name}`,
      attributes: { enabled: isEnabled },
      tags,
    }))
    const next = from + fake.pageSize
    const version = query.get('api-version') ?? ''
    const link = `${fake.linkOrigin}/secrets?api-version=${version}&$skiptoken=${next}`
    return json(200, { value, nextLink: next < all.length ? link : null })
  }

  const fake: FakeKeyVault = {
    calls,
    logins,
    challenge: `Bearer authorization="${loginOrigin}/${tenantId}", resource="${resource}"`,
    pageSize: 25,
    linkOrigin: origin,
    tokenSeconds: 3_599,
    put: (name, value, more = {}) => {
      const id = String(++versions).padStart(32, '0')
      const known = secrets.get(name)
      const secret = known ?? { name, versions: [], tags: {}, isEnabled: true }
      secret.versions.push({ id, value })
      if (more.tags !== undefined) secret.tags = more.tags
      secrets.set(name, secret)
      return id
    },
    disable: (name) => {
      const secret = secrets.get(name)
      if (secret !== undefined) secret.isEnabled = false
    },
    remove: (name) => void secrets.delete(name),
    deny: (name) => void denied.add(name),
    revokeTokens: () => tokens.clear(),
    vault: async (request) => {
      const url = new URL(request.target, origin)
      const authorized = isAuthorized(request)
      calls.push({
        method: request.method,
        path: url.pathname,
        query: url.search,
        authorized,
        headers: Object.keys(request.headers).sort(),
      })
      if (!authorized) {
        return { ...refused(401, 'Unauthorized'), headers: { 'www-authenticate': fake.challenge } }
      }
      if (!/^\d{4}-\d\d-\d\d$|^7\.\d$/.test(url.searchParams.get('api-version') ?? '')) {
        return refused(400, 'BadParameter')
      }
      if (request.method !== 'GET') return refused(405, 'MethodNotAllowed')
      const [, kind, name, version = ''] = url.pathname.split('/')
      if (kind !== 'secrets') return refused(404, 'NotFound')
      return await Promise.resolve(
        name === undefined || name === ''
          ? listAnswer(url.searchParams)
          : secretAnswer(decodeURIComponent(name), version),
      )
    },
    login: async (request) => {
      const form = Object.fromEntries(new URLSearchParams(await textIn(request)))
      const { client_secret: secret, ...shown } = form
      logins.push({ method: request.method, target: request.target, ...shown })
      if (request.target !== `/${tenantId}/oauth2/v2.0/token`) return loginRefusal(400, 90_002)
      if (form['grant_type'] !== 'client_credentials') return loginRefusal(400, 70_003)
      if (form['client_id'] !== clientId) return loginRefusal(400, 700_016)
      if (secret !== clientSecret) return loginRefusal(401, 7_000_215)
      const token = `token-${++issued}-${'t'.repeat(40)}`
      const untilMs = clock.now() + fake.tokenSeconds * 1_000
      tokens.set(token, { scope: form['scope'] ?? '', untilMs })
      const expires = fake.tokenSeconds
      return json(200, { token_type: 'Bearer', expires_in: expires, access_token: token })
    },
  }
  return fake
}

function loginRefusal(status: number, code: number): ServerResponse {
  const error = code === 7_000_215 ? 'invalid_client' : 'invalid_request'
  return json(status, { error, error_description: `AADSTS${code}: no`, error_codes: [code] })
}

function refused(status: number, code: string, inner?: string): ServerResponse {
  const innererror = inner === undefined ? {} : { innererror: { code: inner } }
  return json(status, { error: { code, message: `message of ${code}`, ...innererror } })
}

function json(status: number, body: object): ServerResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  }
}

async function textIn(request: ServerRequest): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of request.body) parts.push(part)
  return textOf(Buffer.concat(parts))
}
