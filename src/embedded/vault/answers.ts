import type { Env, HttpHeaders, ServerRequest, ServerResponse } from '#base'
import { concatBytes, Fault, isObject, limits, parseJson, stringifyJson, textOf } from '#base'

/** An answer before it is serialised. */
export interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: HttpHeaders
}

/** One request, parsed as Vault's router sees it. */
export interface Call {
  readonly operation: 'read' | 'list' | 'write' | 'patch' | 'delete'
  /** Path below `/v1/`, percent-decoded, without a leading slash. */
  readonly path: string
  readonly query: ReadonlyMap<string, string>
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: HttpHeaders
  readonly signal: AbortSignal
}

/** Vault's error form. An empty list is how it says "no such thing". */
export function failure(status: number, ...errors: readonly string[]): Answer {
  return { status, body: { errors } }
}

/** Nothing at this path. */
export const absent: Answer = failure(404)

/** What Vault says to a token that may not. */
export const denied: Answer = failure(403, '1 error occurred:\n\t* permission denied\n\n')

/** What Vault says to a token that it does not know. */
export const badToken: Answer = failure(
  403,
  '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n',
)

/** Done, nothing to tell. */
export const done: Answer = { status: 204 }

/** Vault's envelope around `data`, `auth` or `warnings`. */
export function envelope(
  env: Env,
  parts: {
    readonly data?: unknown
    readonly auth?: unknown
    readonly warnings?: readonly string[]
    readonly status?: number
    readonly leaseSeconds?: number
  },
): Answer {
  return {
    status: parts.status ?? 200,
    body: {
      request_id: env.entropy.uuid(),
      lease_id: '',
      renewable: false,
      lease_duration: parts.leaseSeconds ?? 0,
      data: parts.data ?? null,
      wrap_info: null,
      warnings: parts.warnings ?? null,
      auth: parts.auth ?? null,
      mount_type: '',
    },
  }
}

/** Says in an answer what kind of mount it comes from; only an answer that went well does. */
export function fromMount(answer: Answer, type: string): Answer {
  const { status, body } = answer
  if (status !== 200 || !isObject(body) || !('mount_type' in body)) return answer
  return { ...answer, body: { ...body, mount_type: type } }
}

/** Reads a request. @throws Fault TooLarge, InvalidSpec (path), InvalidAnswer (body). */
export async function readCall(request: ServerRequest): Promise<Call | undefined> {
  const url = new URL(request.target, 'http://vault')
  if (!url.pathname.startsWith('/v1/')) return undefined
  const query = new Map(url.searchParams)
  const operation = operationOf(request.method, query)
  if (operation === undefined) return undefined
  return {
    operation,
    path: decoded(url.pathname.slice('/v1/'.length)),
    query,
    body: await readBody(request),
    headers: request.headers,
    signal: request.signal,
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw new Fault('InvalidSpec', 'the path is not percent-encoded')
  }
}

function operationOf(
  method: string,
  query: ReadonlyMap<string, string>,
): Call['operation'] | undefined {
  switch (method) {
    case 'GET':
      return ['true', '1'].includes(query.get('list') ?? '') ? 'list' : 'read'
    case 'HEAD':
      return 'read'
    case 'LIST':
      return 'list'
    case 'POST':
    case 'PUT':
      return 'write'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return 'delete'
    default:
      return undefined
  }
}

async function readBody(request: ServerRequest): Promise<Readonly<Record<string, unknown>>> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of request.body) {
    size += part.length
    if (size > limits.providerAnswerBytes) throw new Fault('TooLarge', 'request body too large')
    parts.push(part)
  }
  if (size === 0) return {}
  const parsed = jsonOf(textOf(concatBytes(parts)))
  if (isObject(parsed)) return parsed
  const kind = Array.isArray(parsed)
    ? 'array'
    : parsed === true || parsed === false
      ? 'bool'
      : typeof parsed
  throw new Fault(
    'InvalidAnswer',
    `error parsing JSON: failed to parse JSON input: json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`,
  )
}

/** What Vault says of a body that stops in the middle. */
export const unclosed = 'malformed JSON, unclosed containers'

function jsonOf(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    const bare = text.replaceAll(/"(?:[^"\\]|\\.)*"?/gs, '')
    const open = bare.split(/[[{]/).length - bare.split(/[\]}]/).length
    throw new Fault('InvalidAnswer', open > 0 ? unclosed : 'error parsing JSON')
  }
}

/** The answer as it goes over the wire. */
export function respond(answer: Answer): ServerResponse {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  const all = { ...headers, ...answer.headers }
  if (answer.body === undefined) return { status: answer.status, headers: all }
  // Vault writes with Go's encoder, which escapes these three.
  const text = stringifyJson(answer.body).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return { status: answer.status, headers: all, body: `${text}\n` }
}

/** A header's value, the first when there are several. */
export function headerOf(headers: HttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.[0]
}
