/**
 * How the git binary reaches a server without ever knowing a credential: it fetches from a path on
 * loopback that exists for one fetch and cannot be guessed, and we pass each exchange on as whom we
 * are, over our own transport (TLS, trusted CAs, address guard, limits). Nothing secret is in the
 * child's arguments, environment or files. See src/decisions/020-git-credentials.md.
 */
import {
  concatBytes,
  Fault,
  faultOf,
  hex,
  type Env,
  type Handler,
  type ServerRequest,
  type ServerResponse,
} from '#base'
import { discard, headerOf, type Line, type Remote } from './remote.ts'
import { statusFault } from './remote-fault.ts'

const maxRequestBytes = 16 * 1_048_576
const passedUp = ['content-type', 'content-encoding', 'accept', 'accept-encoding', 'git-protocol']
const passedDown = ['content-type', 'content-encoding']

export interface RelayOptions {
  readonly env: Env
  readonly remote: Remote
  /** Most bytes passed on to git in one fetch. */
  readonly maxBytes: number
  readonly signal: AbortSignal
}

/**
 * Runs `work` with the URL of a relay that closes when it ends. When an exchange failed, its Fault
 * is thrown in place of whatever `work` made of it.
 */
export async function withRelay<T>(
  options: RelayOptions,
  work: (url: string) => Promise<T>,
): Promise<T> {
  let failure: Fault | undefined
  let passedBytes = 0
  const secret = hex(options.env.entropy.bytes(24))
  const fail = (fault: Fault): ServerResponse => {
    failure ??= fault
    return { status: 502, body: 'failed\n' }
  }
  const handler: Handler = async (request) => {
    const path = allowedPath(request, secret)
    if (path === undefined) return { status: 404, body: 'not found\n' }
    try {
      return await pass(request, path, line, options, (sizeBytes) => {
        passedBytes += sizeBytes
        if (passedBytes <= options.maxBytes) return
        failure ??= tooLarge(options)
        throw failure
      })
    } catch (error) {
      return fail(faultOf(error))
    }
  }
  const line = options.remote.connect(options.signal)
  const listener = await options.env.net.listen(handler)
  try {
    return await work(`${listener.url}/${secret}`)
  } catch (error) {
    throw failure ?? error
  } finally {
    await listener.close()
    await line.close()
  }
}

function allowedPath(request: ServerRequest, secret: string): string | undefined {
  const prefix = `/${secret}`
  if (!request.target.startsWith(`${prefix}/`)) return undefined
  const path = request.target.slice(prefix.length)
  if (request.method === 'GET' && path === '/info/refs?service=git-upload-pack') return path
  if (request.method === 'POST' && path === '/git-upload-pack') return path
  return undefined
}

async function pass(
  request: ServerRequest,
  path: string,
  line: Line,
  options: RelayOptions,
  count: (sizeBytes: number) => void,
): Promise<ServerResponse> {
  const body = request.method === 'POST' ? await read(request.body) : undefined
  const answer = await line.exchange(request.method, path, {
    headers: pick(request.headers, passedUp),
    ...(body === undefined ? {} : { body }),
  })
  if (answer.status !== 200) {
    await discard(answer)
    throw statusFault(answer.status, options.remote.shown)
  }
  return {
    status: 200,
    headers: pick(answer.headers, passedDown),
    body: counted(answer.body, count),
  }
}

async function* counted(
  body: AsyncIterable<Uint8Array>,
  count: (sizeBytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    count(chunk.length)
    yield chunk
  }
}

async function read(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  for await (const part of body) {
    sizeBytes += part.length
    if (sizeBytes > maxRequestBytes)
      throw new Fault('TooLarge', 'git asked with too long a request')
    parts.push(part)
  }
  return concatBytes(parts)
}

function pick(headers: ServerRequest['headers'], names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const name of names) {
    const value = headerOf(headers, name)
    if (value !== undefined) picked[name] = value
  }
  return picked
}

function tooLarge(options: RelayOptions): Fault {
  return new Fault(
    'TooLarge',
    `${options.remote.shown} sends more than ${options.maxBytes} bytes for one fetch`,
    { hint: 'keep build products out of the repository, or sync from a smaller one' },
  )
}
