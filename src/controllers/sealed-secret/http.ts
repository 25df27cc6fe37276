/**
 * The endpoints that kubeseal asks: `/v1/cert.pem`, `/v1/verify`, `/v1/rotate`, and the probes.
 *
 * Nothing here is authenticated, as with the original, so nothing here renders a template, tells
 * why it refused, or seals to another name, namespace or scope than the one that opened.
 */
import {
  base64,
  concatBytes,
  Fault,
  faultOf,
  isObject,
  limits,
  stringifyJson,
  textIfUtf8,
  type Env,
  type Handler,
  type ServerRequest,
  type ServerResponse,
} from '#base'
import type { SealedSecret } from '#api'
import { labelOf, nodeSealCrypto, scopeOf, sealBytes, type CertifiedKey, type KeyRing } from '#seal'
import { readSealedSecret } from './read-sealed-secret.ts'
import type { Settings } from './options.ts'
import { RateLimit } from './rate-limit.ts'
import { canOpen } from './unseal.ts'

/** What the endpoints look at. */
export interface HttpParts {
  readonly env: Env
  readonly settings: Settings
  readonly ring: KeyRing<CertifiedKey>
  readonly ready: () => boolean
}

const plain = { 'content-type': 'text/plain; charset=utf-8' } as const
/** Openings under way at once; more wait for nobody and are told to come again. */
const mostAtOnce = 8

/** The handler; give it to `env.net.listen`. The method is not looked at, as with the original. */
export function certHandler(parts: HttpParts): Handler {
  const { env, settings } = parts
  const limit = new RateLimit(env.clock, settings.rateLimit, settings.rateLimitBurst)
  let underWay = 0
  const limited = async (
    request: ServerRequest,
    path: string,
    work: () => Promise<ServerResponse>,
  ): Promise<ServerResponse> => {
    if (!settings.serveVerifyAndRotate) return notFound
    const verdict = limit.take(`${path} ${headerOf(request, 'x-forwarded-for')}`)
    const headers: Record<string, string> = {
      'x-ratelimit-limit': `${verdict.limit}`,
      'x-ratelimit-remaining': `${verdict.remaining}`,
      'x-ratelimit-reset': `${verdict.resetSeconds}`,
    }
    if (!verdict.allowed || underWay >= mostAtOnce) {
      const retryAfter = `${verdict.retryAfterSeconds ?? 1}`
      return {
        status: 429,
        headers: { ...headers, ...plain, 'retry-after': retryAfter },
        body: 'limit exceeded\n',
      }
    }
    underWay++
    try {
      const answer = await work()
      return { ...answer, headers: { ...answer.headers, ...headers } }
    } finally {
      underWay--
    }
  }
  return async (request) => {
    const path = request.target.split('?')[0] ?? ''
    switch (path) {
      case '/healthz':
        return { status: 200, headers: plain, body: 'ok\n' }
      case '/readyz':
        return parts.ready()
          ? { status: 200, headers: plain, body: 'ok\n' }
          : { status: 503, headers: plain, body: 'not ready\n' }
      case '/v1/cert.pem':
        return parts.ready() ? certificate(parts, request) : keysUnread
      case '/v1/verify':
        return limited(request, path, () => verify(parts, request))
      case '/v1/rotate':
        return limited(request, path, () => rotate(parts, request))
      default:
        return notFound
    }
  }
}

const notFound: ServerResponse = { status: 404, headers: plain, body: '404 page not found\n' }

// The original listens only once it has its keys; asked earlier, nobody shall take ours for broken.
const keysUnread: ServerResponse = {
  status: 503,
  headers: { ...plain, 'retry-after': '1' },
  body: 'the sealing keys are still being read\n',
}

function certificate({ ring }: HttpParts, request: ServerRequest): ServerResponse {
  const newest = ring.newest
  if (newest === undefined) return { status: 500 }
  const headers = { 'content-type': 'application/x-pem-file' }
  return request.method === 'HEAD'
    ? { status: 200, headers }
    : { status: 200, headers, body: newest.certificate.pem }
}

async function verify(parts: HttpParts, request: ServerRequest): Promise<ServerResponse> {
  const sealed = await sealedIn(request)
  if ('status' in sealed) return sealed.status
  try {
    for (const value of (await canOpen(sealed.object, parts.ring, request.signal)).values()) {
      value.fill(0)
    }
    return { status: 200 }
  } catch (thrown) {
    const { reason } = faultOf(thrown)
    return { status: reason === 'CannotUnseal' || reason === 'DecryptionFailed' ? 409 : 500 }
  }
}

async function rotate(parts: HttpParts, request: ServerRequest): Promise<ServerResponse> {
  const sealed = await sealedIn(request)
  if ('status' in sealed) return sealed.status
  try {
    const rotated = await resealed(sealed.object, parts, request.signal)
    return { status: 200, headers: plain, body: `${stringifyJson(rotated)}\n` }
  } catch {
    return { status: 500 }
  }
}

// Sealed again under exactly the label that opened it: its scope can neither grow nor shrink. The
// object's own metadata takes the place of the template's where the two differ in scope.
async function resealed(
  sealed: SealedSecret,
  { ring, env }: HttpParts,
  signal: AbortSignal,
): Promise<object> {
  const newest = ring.newest
  if (newest === undefined) throw new Fault('NotFound', 'there is no sealing key')
  const values = await canOpen(sealed, ring, signal)
  const { name, namespace = '', annotations } = sealed.metadata
  const label = labelOf(scopeOf(annotations), namespace, name)
  const crypto = nodeSealCrypto(env.entropy)
  const encryptedData = Object.create(null) as Record<string, string>
  for (const [key, value] of values) {
    encryptedData[key] = base64(await sealBytes(crypto, newest.certificate.publicKey, label, value))
    value.fill(0)
  }
  const metadata = Object.fromEntries(
    Object.entries(sealed.metadata).filter(([field]) => !setByServer.has(field)),
  )
  const template = sealed.spec.template ?? {}
  const given = template.metadata?.annotations
  const sameScope = scopeOf(given) === scopeOf(annotations)
  const templateMetadata = sameScope ? (template.metadata ?? metadata) : metadata
  return {
    metadata,
    spec: { template: { ...template, metadata: templateMetadata }, encryptedData },
  }
}

const setByServer: ReadonlySet<string> = new Set([
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'managedFields',
])

/** The one SealedSecret in a body; else the status that says it is none. */
async function sealedIn(
  request: ServerRequest,
): Promise<{ readonly object: SealedSecret } | { readonly status: ServerResponse }> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.length
    if (size > limits.requestBodyBytes) return { status: { status: 413 } }
    chunks.push(chunk)
  }
  const text = textIfUtf8(concatBytes(chunks))
  const object = text === undefined ? undefined : await readSealedSecret(text)
  return object === undefined || !isObject(object) ? { status: { status: 500 } } : { object }
}

function headerOf(request: ServerRequest, name: string): string {
  const value = request.headers[name]
  return typeof value === 'string' ? value : (value?.join() ?? '')
}
