/**
 * A repository over ssh. We speak to `git-upload-pack` at the far end ourselves and show it to the git
 * binary as smart HTTP, as with any other server: git never learns that there is ssh, and the one who
 * holds the key never runs git. See src/decisions/020-git-credentials.md.
 *
 * Version 2 of the protocol answers each request on one session. A server that does not take
 * GIT_PROTOCOL from the environment speaks version 0, where each request needs a session of its own.
 *
 * Source: gitprotocol-v2(5), gitprotocol-http(5), ssh(1).
 */
import { gunzipSync } from 'node:zlib'
import {
  concatBytes,
  Fault,
  textOf,
  type Child,
  type Env,
  type HttpHeaders,
  type HttpResponse,
} from '#base'
import type { RemoteRefs, SshCredential } from './mirror.ts'
import { isFlush, PacketStream } from './packet-stream.ts'
import { dataPacket, flushPacket } from './pkt-line.ts'
import { lsRefsRequest, maxRefsBytes, only, parseAdvertisement, parseLsRefs } from './ref-list.ts'
import { shownUrl, type Line, type Remote } from './remote.ts'
import { startAgent, type SshAgent } from './ssh-agent.ts'
import { sshArguments, sshPlace, type SshPlace } from './ssh-command.ts'
import { sshFault } from './ssh-fault.ts'

export interface SshRemoteOptions {
  readonly env: Env
  readonly url: string
  readonly credential: SshCredential
  /** To connect, and for one list of references, in milliseconds. */
  readonly timeoutMs: number
  /** Asked with each address before connecting; see PoolOptions. */
  readonly allowAddress?: (address: string) => boolean
}

const maxRequestBytes = 64 * 1_048_576

/** See the top of the file. */
export class SshRemote implements Remote {
  readonly shown: string
  readonly #options: SshRemoteOptions
  readonly #place: SshPlace

  /** @throws Fault InvalidSpec for a URL that ssh should not be given. */
  constructor(options: SshRemoteOptions) {
    this.#options = options
    this.#place = sshPlace(options.url)
    this.shown = shownUrl(options.url)
  }

  async refs(prefixes: readonly string[], signal: AbortSignal): Promise<RemoteRefs> {
    const late = new AbortController()
    const timer = this.#options.env.clock.timer(this.#options.timeoutMs, () =>
      late.abort(new Fault('Timeout', `${this.shown} did not answer in time`)),
    )
    const line = this.#line(AbortSignal.any([signal, late.signal]))
    try {
      const session = await line.session()
      const advertised = parseAdvertisement(session.advertisement)
      if (advertised.version === 0) return only(advertised.refs, prefixes)
      const answer = await whole(session.ask(lsRefsRequest(prefixes)))
      return only(parseLsRefs(answer), prefixes)
    } finally {
      timer.cancel()
      await line.close()
    }
  }

  connect(signal: AbortSignal): Line {
    return this.#line(signal)
  }

  #line(signal: AbortSignal): SshLine {
    return new SshLine(this.#options, this.#place, this.shown, signal)
  }
}

/** One agent, and the sessions that use it. */
class SshLine implements Line {
  readonly #options: SshRemoteOptions
  readonly #place: SshPlace
  readonly #shown: string
  readonly #signal: AbortSignal
  readonly #children: Child[] = []
  #means: Promise<Means> | undefined
  #session: Session | undefined

  constructor(options: SshRemoteOptions, place: SshPlace, shown: string, signal: AbortSignal) {
    this.#options = options
    this.#place = place
    this.#shown = shown
    this.#signal = signal
    signal.addEventListener('abort', this.#hangUp, { once: true })
  }

  /** Opens a session, in place of the one before. */
  async session(): Promise<Session> {
    const means = await (this.#means ??= prepare(this.#options, this.#place, this.#signal))
    this.#signal.throwIfAborted()
    const child = await this.#options.env.spawn.start({
      file: 'ssh',
      args: sshArguments(this.#place, {
        agentSocket: means.agent.socket,
        knownHostsFile: means.knownHosts,
        connectTimeoutMs: this.#options.timeoutMs,
        ...(means.address === undefined ? {} : { address: means.address }),
      }),
      cwd: means.folder,
      env: { HOME: means.folder, LC_ALL: 'C', GIT_PROTOCOL: 'version=2' },
    })
    this.#children.push(child)
    if (this.#signal.aborted) this.#hangUp()
    this.#session = await openSession(child, this.#shown, this.#signal)
    return this.#session
  }

  async exchange(
    method: string,
    _path: string,
    { headers = {}, body = new Uint8Array() }: { headers?: HttpHeaders; body?: Uint8Array },
  ): Promise<HttpResponse> {
    if (method === 'GET') {
      const { advertisement } = await this.session()
      const service = [dataPacket('# service=git-upload-pack'), flushPacket]
      return answer('advertisement', pieces([...service, advertisement]))
    }
    const request = plain(headers, body)
    // Before a long request git asks whether it may send one.
    if (isFlush(request)) return answer('result', pieces([]))
    const session = this.#session ?? (await this.session())
    if (session.version === 2) return answer('result', session.ask(request))
    const own = session.isFresh ? session : await this.session()
    return answer('result', own.askOnce(request))
  }

  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#hangUp)
    await Promise.all(this.#children.map((child) => child.stop()))
    const means = await this.#means?.catch(() => undefined)
    await means?.agent.stop()
    if (means !== undefined) await this.#options.env.fs.remove(means.folder)
  }

  readonly #hangUp = (): void => {
    for (const child of this.#children) void child.stop()
  }
}

interface Means {
  readonly folder: string
  readonly agent: SshAgent
  readonly knownHosts: string
  readonly address: string | undefined
}

async function prepare(
  { env, credential, allowAddress }: SshRemoteOptions,
  { host }: SshPlace,
  signal: AbortSignal,
): Promise<Means> {
  const address = allowAddress === undefined ? undefined : await allowed(env, host, allowAddress)
  const folder = await env.fs.makeTempFolder('lockstep-ssh-')
  try {
    const knownHosts = `${folder}/known_hosts`
    await env.fs.write(knownHosts, `${credential.knownHosts.trimEnd()}\n`, { mode: 0o600 })
    return { folder, knownHosts, address, agent: await startAgent(env, credential, folder, signal) }
  } catch (error) {
    await env.fs.remove(folder)
    throw error
  }
}

/** The address that ssh is held to, so that nobody can move the name between the look and the call. */
async function allowed(
  env: Env,
  host: string,
  allowAddress: (address: string) => boolean,
): Promise<string> {
  const addresses = await env.net.lookup(host)
  const [first] = addresses
  if (first !== undefined && addresses.every((address) => allowAddress(address))) return first
  throw new Fault('AccessDenied', `${host} is not an allowed address`, {
    hint: 'repositories on loopback and link-local addresses are off; the operator’s owner can allow them',
  })
}

/** A git-upload-pack at the far end that has said what it has. */
interface Session {
  readonly version: 0 | 2
  /** Its first words, up to and with the flush packet. */
  readonly advertisement: Uint8Array
  /** Whether nothing was asked yet. */
  readonly isFresh: boolean
  /** One request of version 2, and its answer up to and with the flush packet. */
  ask(request: Uint8Array): AsyncIterable<Uint8Array>
  /** A whole conversation of version 0, and all that comes back. */
  askOnce(request: Uint8Array): AsyncIterable<Uint8Array>
}

async function openSession(child: Child, shown: string, signal: AbortSignal): Promise<Session> {
  const packets = new PacketStream(child.stdout)
  const failed = async (error?: unknown): Promise<unknown> => {
    if (signal.aborted) return signal.reason
    if (error !== undefined && !(error instanceof Fault && error.reason === 'Unavailable')) {
      return error
    }
    return sshFault(await child.exited, textOf(child.stderr()), shown)
  }
  let advertisement: Uint8Array
  try {
    advertisement = await whole(packets.untilFlush())
  } catch (error) {
    throw await failed(error)
  }
  const begins = textOf(advertisement.subarray(4, 13))
  let isFresh = true
  return {
    version: begins === 'version 2' ? 2 : 0,
    advertisement,
    get isFresh() {
      return isFresh
    },
    async *ask(request) {
      isFresh = false
      try {
        await child.write(request)
        yield* packets.untilFlush()
      } catch (error) {
        throw await failed(error)
      }
    },
    async *askOnce(request) {
      isFresh = false
      await child.write(request).catch(() => {}) // it tells why over its answer
      child.end()
      // It wants more than it was sent and says so on its way out; what it answered stands.
      yield* packets.untilEnd()
    },
  }
}

function answer(what: 'advertisement' | 'result', body: AsyncIterable<Uint8Array>): HttpResponse {
  return {
    status: 200,
    headers: { 'content-type': `application/x-git-upload-pack-${what}` },
    body,
  }
}

function plain(headers: HttpHeaders, body: Uint8Array): Uint8Array {
  const encoding = headers['content-encoding']
  if (encoding !== 'gzip' && encoding !== 'x-gzip') return body
  return gunzipSync(body, { maxOutputLength: maxRequestBytes })
}

async function* pieces(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts
}

async function whole(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const held: Uint8Array[] = []
  let sizeBytes = 0
  for await (const part of parts) {
    sizeBytes += part.length
    if (sizeBytes > maxRefsBytes) {
      throw new Fault('TooLarge', 'the list of references is too large')
    }
    held.push(part)
  }
  return concatBytes(held)
}
