import {
  at,
  Fault,
  isObject,
  parseJson,
  stringOf,
  textIfUtf8,
  type Env,
  type HttpHeaders,
  type HttpResponse,
  type Pool,
} from '#base'
import { readBody, retryAfterMs, type Session } from '#provider'
import type { SecretClientOptions } from '@azure/keyvault-secrets'
import { refusalFault, SecretAbsent } from './faults.ts'

type HttpClient = NonNullable<SecretClientOptions['httpClient']>
type SdkRequest = Parameters<HttpClient['sendRequest']>[0]
type SdkResponse = Awaited<ReturnType<HttpClient['sendRequest']>>
type SdkHeaders = SdkResponse['headers']

/**
 * Carries the SDK's requests over our own pool, to the vault and nowhere else. A request that the SDK
 * has authorised gets the session's token here, so that there is one login however often the SDK asks.
 *
 * Refusals end here: the SDK would quote the answer in errors of its own.
 */
export function keyVaultTransport(
  env: Env,
  pool: Pool,
  vaultOrigin: string,
  session: Session,
): HttpClient {
  async function send(request: SdkRequest, token: string | undefined): Promise<HttpResponse> {
    return await pool.request({
      method: request.method,
      url: request.url,
      headers: {
        accept: 'application/json',
        'user-agent': 'lockstep',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      signal: signalOf(request),
    })
  }

  async function sendAs(request: SdkRequest, token: string): Promise<HttpResponse> {
    const response = await send(request, token)
    if (response.status !== 401) return response
    await readBody(response)
    // The session logs in anew, once: the token may have been taken back before its time.
    throw refusalFault({ status: 401, code: undefined, inner: undefined }, undefined)
  }

  return {
    sendRequest: async (request) => {
      if (new URL(request.url).origin !== vaultOrigin) {
        throw new Fault('Forbidden', 'the vault points to another host', {
          at: 'spec.provider.azurekv.vaultUrl',
          retry: { kind: 'backoff' },
        })
      }
      if (request.headers.has('authorization')) {
        const work = (token: string): Promise<HttpResponse> => sendAs(request, token)
        return await answer(env, request, await session.use(work, signalOf(request)))
      }
      const response = await send(request, undefined)
      if (response.status === 401) return await challenge(request, response)
      return await answer(env, request, response)
    },
  }
}

function signalOf({ abortSignal }: SdkRequest): AbortSignal {
  return abortSignal instanceof AbortSignal ? abortSignal : new AbortController().signal
}

/** The vault says where tokens for it come from. The SDK reads that and sees that it fits. */
async function challenge(request: SdkRequest, response: HttpResponse): Promise<SdkResponse> {
  await readBody(response)
  const { 'www-authenticate': given } = response.headers
  const text = typeof given === 'string' ? given : given?.[0]
  if (text === undefined) {
    throw new Fault('InvalidAnswer', 'the vault asks for a login and does not say which (401)', {
      status: 401,
    })
  }
  return {
    request,
    status: 401,
    headers: sdkHeaders({ 'www-authenticate': text }),
    bodyAsText: '{}',
  }
}

async function answer(env: Env, request: SdkRequest, response: HttpResponse): Promise<SdkResponse> {
  const { status, headers } = response
  const text = textIfUtf8(await readBody(response))
  const body = text === undefined ? undefined : objectIn(text)
  if (status === 200 && text !== undefined && body !== undefined) {
    const json = sdkHeaders({ 'content-type': 'application/json' })
    return { request, status, headers: json, bodyAsText: text }
  }
  if (status === 200) {
    throw new Fault('InvalidAnswer', 'the vault answered with no JSON object', {
      status,
      hint: 'Is there a proxy or a login page between here and Azure?',
    })
  }
  const code = stringOf(at(body, 'error', 'code'))
  if (status === 404 && code === 'SecretNotFound') throw new SecretAbsent()
  throw refusalFault({ status, code, inner: innerCodeOf(body) }, retryMsOf(headers, env))
}

function innerCodeOf(body: unknown): string | undefined {
  // Azure writes it in both ways.
  return stringOf(
    at(body, 'error', 'innererror', 'code') ?? at(body, 'error', 'innerError', 'code'),
  )
}

function retryMsOf(headers: HttpHeaders, env: Env): number | undefined {
  return retryAfterMs(headers, env.clock.now())
}

function objectIn(text: string): unknown {
  try {
    const value = parseJson(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Headers as the SDK wants them: an object with methods of its own kind. */
function sdkHeaders(given: Readonly<Record<string, string>>): SdkHeaders {
  const values = new Map(Object.entries(given))
  const headers: SdkHeaders = {
    get: (name) => values.get(name.toLowerCase()),
    has: (name) => values.has(name.toLowerCase()),
    set: (name, value) => void values.set(name.toLowerCase(), String(value)),
    delete: (name) => void values.delete(name.toLowerCase()),
    toJSON: () => Object.fromEntries(values),
    [Symbol.iterator]: () => values[Symbol.iterator](),
  }
  return headers
}
