import {
  Fault,
  isObject,
  stringifyJson,
  textIfUtf8,
  type Env,
  type HttpHeaders,
  type HttpResponse,
  type Pool,
} from '#base'
import { parseKeepingNumbers, readBody, retryAfterMs } from '#provider'
import nodeVault from 'node-vault'

/** What Vault said, with its body parsed. */
export interface VaultAnswer {
  readonly status: number
  readonly headers: HttpHeaders
  /** Undefined when there was none (204). */
  readonly body: unknown
}

export interface VaultClientOptions {
  readonly env: Env
  readonly pool: Pool
  /** As in the store, without a slash at its end. */
  readonly server: string
  /** Of Vault Enterprise and OpenBao; absent: the root. */
  readonly namespace?: string
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
}

/** How to call Vault. Any understood answer is one; see {@link vaultFault} for the others. */
export interface VaultClient {
  read(path: string, call: CallOptions): Promise<VaultAnswer>
  list(path: string, call: CallOptions): Promise<VaultAnswer>
  write(
    path: string,
    data: Readonly<Record<string, unknown>>,
    call: CallOptions,
  ): Promise<VaultAnswer>
}

export interface CallOptions {
  readonly token?: string
  readonly signal: AbortSignal
}

/** What node-vault hands to its transport. */
interface TransportOptions {
  readonly method: string
  readonly uri: string
  readonly headers: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly signal: AbortSignal
}

/**
 * node-vault over our own transport. Everything it would take from VAULT_* variables of the operator is
 * set, so that none of them is ever used for a tenant's store, and its debug output, which prints
 * values, is off.
 */
export function createVaultClient(options: VaultClientOptions): VaultClient {
  const transport = async (request: TransportOptions): Promise<unknown> => {
    const answer = await exchange(options, request)
    return { statusCode: answer.status, request: { path: '' }, body: answer }
  }
  const client = nodeVault({
    apiVersion: 'v1',
    endpoint: options.server,
    pathPrefix: '',
    token: '',
    namespace: options.namespace ?? '',
    debug: () => {},
    'request-promise': { defaults: () => transport },
  })
  // An empty option makes it fall back to the environment, so they are set on the client as well.
  Object.assign(client, {
    endpoint: options.server,
    pathPrefix: '',
    token: '',
    namespace: options.namespace ?? '',
  })
  // Its errors carry Vault's words and the body; ours must not, so statuses are told apart here.
  client.handleVaultResponse = (response) => Promise.resolve(response?.body)

  const perCall = (call: CallOptions): Record<string, unknown> => ({
    signal: call.signal,
    headers: {
      ...options.headers,
      'x-vault-request': 'true',
      ...(call.token === undefined ? {} : { 'X-Vault-Token': call.token }),
    },
  })
  return {
    read: async (path, call) => answerOf(await client.read(path, perCall(call))),
    // Vault takes LIST as well; HTTP servers and proxies in front of it need not know that method.
    list: async (path, call) => answerOf(await client.read(`${path}?list=true`, perCall(call))),
    write: async (path, data, call) => answerOf(await client.write(path, data, perCall(call))),
  }
}

function answerOf(value: unknown): VaultAnswer {
  if (isObject(value) && typeof value['status'] === 'number') return value as unknown as VaultAnswer
  throw new Fault('InternalError', 'node-vault gave no answer')
}

async function exchange(
  options: VaultClientOptions,
  request: TransportOptions,
): Promise<VaultAnswer> {
  const first = await send(options, request, request.uri)
  if (first.status !== 307 && first.status !== 308) return await parsed(first, options.env)
  await readBody(first)
  // A standby points to the active node. The token goes with it only to where it was meant for.
  const target = redirectTarget(request.uri, first.headers)
  const second = await send(options, request, target)
  return await parsed(second, options.env)
}

function redirectTarget(from: string, headers: HttpHeaders): string {
  const location = headers['location']
  const to =
    typeof location === 'string' && URL.canParse(location, from)
      ? new URL(location, from)
      : undefined
  const origin = new URL(from)
  if (to !== undefined && to.protocol === origin.protocol && to.hostname === origin.hostname) {
    return to.href
  }
  throw new Fault('Forbidden', 'Vault redirects to another host', {
    at: 'spec.provider.vault.server',
    retry: { kind: 'backoff' },
    hint: 'Name the active node, or let standbys forward requests.',
  })
}

async function send(
  options: VaultClientOptions,
  request: TransportOptions,
  url: string,
): Promise<HttpResponse> {
  const hasBody = request.json !== undefined
  return await options.pool.request({
    method: request.method,
    url,
    headers: hasBody ? { ...request.headers, 'content-type': 'application/json' } : request.headers,
    ...(hasBody ? { body: stringifyJson(request.json) } : {}),
    signal: request.signal,
  })
}

async function parsed(response: HttpResponse, env: Env): Promise<VaultAnswer> {
  const { status, headers } = response
  const bytes = await readBody(response)
  if (status === 429 || status >= 500 || bytes.length === 0) {
    // A proxy in front may say these with a page of its own.
    const retryMs = retryAfterMs(headers, env.clock.now())
    if (status === 429) throw rateLimited(retryMs)
    if (status >= 500) throw unavailable(status, retryMs)
    return { status, headers, body: undefined }
  }
  const text = textIfUtf8(bytes)
  if (text === undefined) throw notJson(status)
  try {
    return { status, headers, body: parseKeepingNumbers(text) }
  } catch {
    if (status === 401 || status === 403) return { status, headers, body: undefined }
    throw notJson(status)
  }
}

function notJson(status: number): Fault {
  return new Fault(
    'InvalidAnswer',
    `Vault's address answered ${status} with something that is no JSON`,
    {
      at: 'spec.provider.vault.server',
      status,
      hint: 'Is there a proxy or a login page in front of it?',
    },
  )
}

function rateLimited(retryMs: number | undefined): Fault {
  return new Fault('RateLimited', 'Vault asks to wait (429)', {
    status: 429,
    ...(retryMs === undefined ? {} : { retry: { kind: 'after', ms: retryMs } }),
  })
}

function unavailable(status: number, retryMs: number | undefined): Fault {
  const why = status === 503 ? 'Vault is sealed or not ready (503)' : `Vault failed (${status})`
  return new Fault('Unavailable', why, {
    status,
    ...(retryMs === undefined ? {} : { retry: { kind: 'after', ms: retryMs } }),
  })
}

/** The Fault for a status that is neither success nor proof of absence. */
export function vaultFault(answer: VaultAnswer): Fault {
  const { status } = answer
  switch (status) {
    case 401:
    case 403:
      return new Fault('AccessDenied', 'Vault denies permission (403)', {
        status,
        hint: 'Allow "read" on this path in a policy of the token or role.',
      })
    case 404:
      return new Fault('NotFound', 'Vault has nothing mounted at this path (404)', {
        status,
        at: 'spec.provider.vault.path',
        hint: 'Check path and version of the store against `vault secrets list -detailed`.',
      })
    case 400:
      return new Fault('InvalidRef', 'Vault does not understand the request (400)', { status })
    case 405:
      return new Fault('InvalidRef', 'the engine at this path cannot do that (405)', { status })
    case 412:
      return new Fault('Unavailable', 'Vault has not caught up with an earlier write (412)', {
        status,
      })
    default:
      return new Fault('InvalidAnswer', `Vault answered ${status}`, { status })
  }
}
