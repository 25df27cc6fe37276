import { concatBytes, type Handler, type ServerRequest } from '#base'
import type { Core } from '../core.ts'
import { ApiError } from '../errors.ts'
import { bodyLimitBytes, emptyQuery, type Exchange } from './exchange.ts'
import { serveFaulty } from '../faults/serve.ts'
import { headersOf } from './server.ts'

/** The door for `env.net.listen` and for simulated networks. */
export function handlerOf(core: Core): Handler {
  return async (request) => {
    const answer = await serveFaulty(core, exchangeOf(request))
    return {
      status: answer.status,
      headers: headersOf(answer),
      ...(answer.body === undefined || request.method === 'HEAD' ? {} : { body: answer.body }),
    }
  }
}

function exchangeOf(request: ServerRequest): Exchange {
  const mark = request.target.indexOf('?')
  const headers = new Map<string, string>()
  for (const [name, value] of Object.entries(request.headers)) {
    headers.set(name, typeof value === 'string' ? value : [...(value ?? [])].join(', '))
  }
  const { certificate } = request
  return {
    method: request.method,
    path: mark < 0 ? request.target : request.target.slice(0, mark),
    query: mark < 0 ? emptyQuery : new URLSearchParams(request.target.slice(mark + 1)),
    headers,
    body: () => collected(request.body),
    vouched:
      certificate === undefined
        ? undefined
        : {
            name: certificate.commonName,
            groups: [...certificate.organizations, 'system:authenticated'],
            ...(certificate.sha256 === undefined
              ? {}
              : { extra: { [credentialId]: [`X509SHA256=${certificate.sha256}`] } }),
          },
    signal: request.signal,
  }
}

const credentialId = 'authentication.kubernetes.io/credential-id'

async function collected(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body) {
    size += part.length
    if (size > bodyLimitBytes) throw tooLarge()
    parts.push(part)
  }
  return parts.length === 1 ? (parts[0] as Uint8Array) : concatBytes(parts)
}

function tooLarge(): ApiError {
  return new ApiError(
    413,
    'RequestEntityTooLarge',
    `Request entity too large: limit is ${bodyLimitBytes}`,
  )
}

/** The door for callers in this process that speak fetch. */
export function fetchDoor(core: Core): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url)
    const headers = new Map<string, string>()
    request.headers.forEach((value, name) => headers.set(name, value))
    const answer = await serveFaulty(core, {
      method: request.method,
      path: url.pathname,
      query: url.search === '' ? emptyQuery : url.searchParams,
      headers,
      body: async () => {
        const bytes = new Uint8Array(await request.arrayBuffer())
        if (bytes.length > bodyLimitBytes) throw tooLarge()
        return bytes
      },
      vouched: undefined,
      signal: request.signal,
    })
    const sent = new Headers()
    for (const [name, value] of Object.entries(headersOf(answer))) {
      for (const one of Array.isArray(value) ? value : [value]) sent.append(name, one)
    }
    const isBare = request.method === 'HEAD' || answer.status === 304 || answer.status === 204
    return new Response(isBare ? null : bodyInit(answer.body), {
      status: answer.status,
      headers: sent,
    })
  }
}

function bodyInit(
  body: string | Uint8Array | AsyncIterable<Uint8Array> | undefined,
): string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null {
  if (body === undefined) return null
  if (typeof body === 'string') return body
  if (body instanceof Uint8Array) return body as Uint8Array<ArrayBuffer>
  const iterator = body[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done === true) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}
