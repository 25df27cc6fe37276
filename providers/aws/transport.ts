import {
  Fault,
  isObject,
  parseJson,
  textIfUtf8,
  type Env,
  type HttpHeaders,
  type Pool,
} from '#base'
import { readBody, retryAfterMs } from '#provider'

/** A request as the SDK hands it over, signed. */
interface SdkRequest {
  readonly method: string
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly headers: Record<string, string>
  readonly body?: unknown
}

/** What the SDK expects of its `requestHandler`. */
export interface SdkTransport {
  readonly metadata: { readonly handlerProtocol: string }
  handle(
    request: SdkRequest,
    options?: { readonly abortSignal?: unknown },
  ): Promise<{ response: SdkResponse }>
  destroy(): void
}

interface SdkResponse {
  readonly statusCode: number
  readonly headers: Record<string, string>
  readonly body: Uint8Array
}

/** The one thing that every call needs besides: the clock's distance to AWS', for its signatures. */
export interface SdkExchange {
  readonly transport: SdkTransport
  /** Seconds since 1970 as AWS sees them, as far as its last answer told. */
  awsSeconds(): number
}

/** A clock further off than this is put right; AWS refuses signatures beyond five minutes. */
const toleratedSkewMs = 240_000

/**
 * Carries the SDK's requests over our own pool. What is no JSON object, throttling and failures of the
 * service end here as Faults, before the SDK could quote them in an error of its own.
 */
export function sdkExchange(env: Env, pool: Pool): SdkExchange {
  let skewMs = 0

  function noteDate(headers: HttpHeaders): void {
    // An HTTP date read as "wait until then" counts from 1970.
    const date = headers['date']
    const serverMs = date === undefined ? undefined : retryAfterMs({ 'retry-after': date }, 0)
    if (serverMs === undefined) return
    const apartMs = serverMs - env.clock.now()
    skewMs = Math.abs(apartMs) > toleratedSkewMs ? apartMs : 0
  }

  return {
    awsSeconds: () => (env.clock.now() + skewMs) / 1_000,
    transport: {
      metadata: { handlerProtocol: 'http/1.1' },
      destroy: () => {},
      handle: async (request, options) => {
        const signal = options?.abortSignal
        const { status, headers, body } = await pool.request({
          method: request.method,
          url: urlOf(request),
          headers: request.headers,
          body: bytesOf(request.body),
          ...(signal instanceof AbortSignal ? { signal } : {}),
        })
        noteDate(headers)
        const bytes = await readBody({ status, headers, body })
        return { response: checked(status, headers, bytes, env.clock.now()) }
      },
    },
  }
}

function urlOf(request: SdkRequest): string {
  const port = request.port === undefined ? '' : `:${request.port}`
  return `${request.protocol}//${request.hostname}${port}${request.path}`
}

function bytesOf(body: unknown): Uint8Array | string {
  if (body instanceof Uint8Array || typeof body === 'string') return body
  throw new Fault('InternalError', 'the AWS SDK made a request without a body')
}

function checked(
  status: number,
  headers: HttpHeaders,
  bytes: Uint8Array,
  nowMs: number,
): SdkResponse {
  const retryMs = retryAfterMs(headers, nowMs)
  const options = {
    status,
    ...(retryMs === undefined ? {} : { retry: { kind: 'after', ms: retryMs } as const }),
  }
  if (status === 429) throw new Fault('RateLimited', 'AWS asks to wait (429)', options)
  if (status >= 500) {
    throw new Fault('Unavailable', `AWS Secrets Manager failed (${status})`, options)
  }
  if (status !== 401 && status !== 403 && !isJsonObject(bytes)) {
    throw new Fault('InvalidAnswer', `the endpoint answered ${status} with no JSON object`, {
      status,
      hint: 'Is there a proxy or a login page between here and AWS?',
    })
  }
  if (status >= 300 && status < 400) {
    throw new Fault('InvalidAnswer', `AWS Secrets Manager redirects (${status})`, { status })
  }
  return { statusCode: status, headers: single(headers), body: jsonOrNothing(bytes) }
}

function isJsonObject(bytes: Uint8Array): boolean {
  const text = textIfUtf8(bytes)
  if (text === undefined) return false
  try {
    return isObject(parseJson(text))
  } catch {
    return false
  }
}

// A 403 may come from a proxy with a page of its own; its status says enough.
function jsonOrNothing(bytes: Uint8Array): Uint8Array {
  return isJsonObject(bytes) ? bytes : new TextEncoder().encode('{}')
}

function single(headers: HttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : value.join(', '),
    ]),
  )
}
