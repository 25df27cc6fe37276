import { at, field, Fault, parseJson, stringOf, textIfUtf8, type Env, type Pool } from '#base'
import { readBody, retryAfterMs, type Login } from '#provider'
import type { ClientSecret, KeyVaultConfig } from './config.ts'

const where = 'spec.provider.azurekv.authSecretRef'

/**
 * One login by OAuth 2.0 client credentials. The secret goes to the cloud's own login service alone.
 *
 * @throws Fault AccessDenied when it is refused, RateLimited, Unavailable, InvalidAnswer.
 *
 * Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export async function logIn(
  env: Env,
  pool: Pool,
  config: KeyVaultConfig,
  client: ClientSecret,
  scope: string,
  signal: AbortSignal,
): Promise<Login> {
  const response = await pool.request({
    method: 'POST',
    url: `${config.cloud.loginOrigin}/${config.tenantId}/oauth2/v2.0/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.clientId,
      client_secret: client.clientSecret,
      scope,
    }).toString(),
    signal,
  })
  const { status, headers } = response
  const body = bodyOf(await readBody(response))
  if (status === 200) return loginOf(body)
  throw refusal(status, body, retryAfterMs(headers, env.clock.now()))
}

function loginOf(body: unknown): Login {
  const token = stringOf(field(body, 'access_token')) ?? ''
  const seconds = Number(field(body, 'expires_in'))
  // It goes into a header.
  if (/^[\u{21}-\u{7e}]+$/u.test(token) && seconds > 0) return { token, lifeMs: seconds * 1_000 }
  throw new Fault('InvalidAnswer', 'the login service answered without a token')
}

function refusal(status: number, body: unknown, retryMs: number | undefined): Fault {
  const options = {
    status,
    ...(retryMs === undefined ? {} : { retry: { kind: 'after', ms: retryMs } as const }),
  }
  if (status === 429) return new Fault('RateLimited', 'the login service asks to wait', options)
  if (status >= 500) {
    return new Fault('Unavailable', `the login service failed (${status})`, options)
  }
  const known = meaningOf(body)
  if (known !== undefined) {
    return new Fault('AccessDenied', known.message, { status, at: known.at })
  }
  if (status === 400 || status === 401 || status === 403) {
    return new Fault('AccessDenied', `the login service refuses the login (${status})`, {
      status,
      at: where,
    })
  }
  return new Fault('InvalidAnswer', `the login service answered ${status}`, { status })
}

/** Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const codes: ReadonlyMap<number, { readonly message: string; readonly at: string }> = new Map([
  [7000215, { message: 'the client secret is wrong', at: `${where}.clientSecret` }],
  [7000222, { message: 'the client secret has expired', at: `${where}.clientSecret` }],
  [700016, { message: 'the tenant does not know the client id', at: `${where}.clientId` }],
  [900023, { message: 'there is no such tenant', at: 'spec.provider.azurekv.tenantId' }],
  [90002, { message: 'there is no such tenant', at: 'spec.provider.azurekv.tenantId' }],
])

function meaningOf(body: unknown): { readonly message: string; readonly at: string } | undefined {
  const code = at(body, 'error_codes', 0)
  return typeof code === 'number' ? codes.get(code) : undefined
}

function bodyOf(bytes: Uint8Array): unknown {
  const text = textIfUtf8(bytes)
  if (text === undefined) return undefined
  try {
    return parseJson(text)
  } catch {
    return undefined // its status says enough
  }
}
