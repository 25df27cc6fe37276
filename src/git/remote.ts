/**
 * A repository behind smart HTTP, as far as we speak it ourselves: who we are, where it really is
 * after redirects, and ls-refs. Packs are left to the git binary, which reaches the server only
 * through our relay (relay.ts) and so never learns a credential.
 *
 * Source: gitprotocol-http(5), gitprotocol-v2(5).
 */
import {
  base64,
  concatBytes,
  Fault,
  utf8,
  type HttpHeaders,
  type HttpResponse,
  type Pool,
} from '#base'
import type { HttpCredential, RemoteRefs } from './mirror.ts'
import {
  lsRefsRequest,
  maxRefsBytes,
  only,
  parseAdvertisement,
  parseLsRefs,
  type Advertisement,
} from './ref-list.ts'
import { remoteFault, statusFault } from './remote-fault.ts'

const maxRedirects = 3
const advertisement = '/info/refs?service=git-upload-pack'

/** A repository somewhere else, as one credential sees it. */
export interface Remote {
  /** Its URL as messages may show it: without a password. */
  readonly shown: string
  /** What references it has now, but for those that begin with none of `prefixes`. */
  refs(prefixes: readonly string[], signal: AbortSignal): Promise<RemoteRefs>
  /** A line for one fetch; to be closed. */
  connect(signal: AbortSignal): Line
}

/** Smart HTTP, whatever carries it: `GET /info/refs?service=git-upload-pack`, `POST /git-upload-pack`. */
export interface Line {
  /** Any status is an answer. @throws Fault when there is none. */
  exchange(
    method: string,
    path: string,
    extra: { readonly headers?: HttpHeaders; readonly body?: Uint8Array },
  ): Promise<HttpResponse>
  close(): Promise<void>
}

export interface HttpRemoteOptions {
  readonly url: string
  readonly credential?: HttpCredential
  readonly pool: Pool
  /** Until the answer's headers, in milliseconds. */
  readonly timeoutMs: number
}

/** What the server can do, learnt once and kept. */
interface Dialect {
  readonly version: 0 | 2
}

/** Talks to one repository; holds what it learnt about it (place after redirects, protocol). */
export class HttpRemote implements Remote {
  readonly #options: HttpRemoteOptions
  readonly #shown: string
  #base: string
  #credential: HttpCredential | undefined
  #dialect: Dialect | undefined

  constructor(options: HttpRemoteOptions) {
    this.#options = options
    this.#base = options.url.replace(/\/+$/, '')
    this.#shown = shownUrl(this.#base)
    this.#credential = options.credential
  }

  /** The URL as messages may show it: without user and password. */
  get shown(): string {
    return this.#shown
  }

  /** One ls-refs; also the advertisement when it is the first, or the server speaks version 0. */
  async refs(prefixes: readonly string[], signal: AbortSignal): Promise<RemoteRefs> {
    if (this.#dialect?.version !== 2) {
      const advertised = await this.#advertisement(signal)
      if (advertised.version === 0) return only(advertised.refs, prefixes)
      this.#dialect = { version: 2 }
    }
    const response = await this.exchange('POST', '/git-upload-pack', signal, {
      headers: {
        'content-type': 'application/x-git-upload-pack-request',
        accept: 'application/x-git-upload-pack-result',
        'git-protocol': 'version=2',
      },
      body: lsRefsRequest(prefixes),
    })
    if (response.status === 404) this.#dialect = undefined // it moved: look where it is next time
    if (response.status !== 200) throw await refused(response, this.#shown)
    // A prefix also matches longer names (refs/heads/x2 for refs/heads/x): only a hint to the server.
    return only(parseLsRefs(await readAll(response, maxRefsBytes)), prefixes)
  }

  connect(signal: AbortSignal): Line {
    return {
      exchange: (method, path, extra) => this.exchange(method, path, signal, extra),
      close: () => Promise.resolve(), // its connections are the pool's
    }
  }

  /** One exchange with the repository as whom we are; any status is an answer. */
  async exchange(
    method: string,
    path: string,
    signal: AbortSignal,
    extra: { readonly headers?: HttpHeaders; readonly body?: Uint8Array } = {},
  ): Promise<HttpResponse> {
    try {
      return await this.#options.pool.request({
        method,
        url: `${this.#base}${path}`,
        headers: { ...extra.headers, ...authorization(this.#credential) },
        ...(extra.body === undefined ? {} : { body: extra.body }),
        signal,
        headersTimeoutMs: this.#options.timeoutMs,
        bodyTimeoutMs: this.#options.timeoutMs,
      })
    } catch (error) {
      throw remoteFault(error, this.#shown)
    }
  }

  async #advertisement(signal: AbortSignal): Promise<Advertisement> {
    const response = await this.#follow(signal)
    if (response.status !== 200) throw await refused(response, this.#shown)
    const type = headerOf(response.headers, 'content-type')
    if (type !== 'application/x-git-upload-pack-advertisement') {
      await discard(response)
      throw new Fault('InvalidAnswer', `${this.#shown} is not a Git repository over smart HTTP`, {
        hint: 'check spec.url; a web page or a plain file server is no Git repository',
      })
    }
    return parseAdvertisement(await readAll(response, maxRefsBytes))
  }

  async #follow(signal: AbortSignal): Promise<HttpResponse> {
    for (let hops = 0; ; hops++) {
      const response = await this.exchange('GET', advertisement, signal, {
        headers: { 'git-protocol': 'version=2', pragma: 'no-cache' },
      })
      if (response.status < 301 || response.status > 308) return response
      const location = headerOf(response.headers, 'location')
      await discard(response)
      if (hops === maxRedirects || location === undefined) throw badRedirect(this.#shown)
      this.#moveTo(location)
    }
  }

  #moveTo(location: string): void {
    const from = new URL(this.#base)
    if (!URL.canParse(location, this.#base)) throw badRedirect(this.#shown)
    const to = new URL(location, this.#base)
    const text = to.toString()
    if (!text.endsWith(advertisement)) throw badRedirect(this.#shown)
    if (from.protocol === 'https:' && to.protocol !== 'https:') throw badRedirect(this.#shown)
    // A credential stays with the host and port it was given for: another port is another service.
    if (from.host !== to.host) this.#credential = undefined
    this.#base = text.slice(0, -advertisement.length)
  }
}

/** A URL without password, query and fragment, for messages; the user of ssh is part of the place. */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return '<invalid URL>'
  const parsed = new URL(url)
  if (parsed.protocol === 'ssh:' && parsed.username !== '') {
    return `ssh://${parsed.username}@${parsed.host}${parsed.pathname}`
  }
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`
}

function authorization(credential: HttpCredential | undefined): HttpHeaders {
  if (credential === undefined) return {}
  if (credential.kind === 'bearer')
    return { authorization: `Bearer ${credential.token.revealText()}` }
  const pair = utf8(`${credential.username}:${credential.password.revealText()}`)
  return { authorization: `Basic ${base64(pair)}` }
}

async function refused(response: HttpResponse, shown: string): Promise<Fault> {
  await discard(response)
  return statusFault(response.status, shown)
}

/** The first value of a header. */
export function headerOf(headers: HttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.[0]
}

async function readAll(response: HttpResponse, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body) {
    size += part.length
    if (size > maxBytes) throw new Fault('TooLarge', `the list of references is too large`)
    parts.push(part)
  }
  return concatBytes(parts)
}

/** Lets go of an answer whose body nobody wants, so that its connection is free again. */
export async function discard(response: HttpResponse): Promise<void> {
  const body = response.body[Symbol.asyncIterator]()
  try {
    await body.next() // a generator that was never started would not run its clean-up
    await body.return?.()
  } catch {
    return // it was cut: nothing is held any more
  }
}

function badRedirect(shown: string): Fault {
  return new Fault('InvalidAnswer', `${shown} redirects to a place that cannot be followed`, {
    hint: 'put the URL that the server redirects to into spec.url',
  })
}
