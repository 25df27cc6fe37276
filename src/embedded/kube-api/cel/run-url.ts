/** URLs as Go reads them for requests: absolute, or a path from the root. */
import { CelError } from './cel-error.ts'
import { Entries, List, type Extra } from './values.ts'

export class Url implements Extra {
  readonly isExtra = true
  readonly typeName = 'kubernetes.URL'
  readonly size = 1
  readonly source: string
  readonly scheme: string
  readonly host: string
  readonly path: string
  readonly #query: string

  private constructor(source: string, scheme: string, host: string, path: string, query: string) {
    this.source = source
    this.scheme = scheme
    this.host = host
    this.path = path
    this.#query = query
  }

  /** The URL, or why there is none. */
  static read(text: string): Url | string {
    const quoted = JSON.stringify(text)
    const why = (fault: string): string => `parse ${quoted}: ${fault}`
    if (text === '') return why('empty url')
    if (/\p{Cc}/u.test(text) && !/[\x80-\x9f]/.test(text))
      return why('net/url: invalid control character in URL')
    const [, scheme = '', rest = ''] = /^(?:([a-zA-Z][-+.a-zA-Z0-9]*):)?([^]*)$/.exec(text) ?? []
    if (scheme === '' && text.startsWith(':')) return why('missing protocol scheme')
    if (text === '*') return new Url(text, '', '', '*', '')
    if (!rest.startsWith('/')) {
      if (scheme === '') return why('invalid URI for request')
      return new Url(text, scheme.toLowerCase(), '', '', cut(rest).query)
    }
    // A fragment is none of what is asked for, but is cut off before the rest is taken apart.
    const asked = scheme === '' ? cut(rest) : cut(rest.replace(/#[^]*$/, ''))
    const [, authority = '', path = ''] = /^\/\/([^/]*)([^]*)$/.exec(asked.before) ?? [
      '',
      '',
      asked.before,
    ]
    const escape = /%(?![0-9a-fA-F]{2})/.exec(path)
    if (escape !== null) {
      return why(`invalid URL escape ${JSON.stringify(path.slice(escape.index, escape.index + 3))}`)
    }
    const at = authority.lastIndexOf('@')
    if (at !== -1 && /[^\w\-.:~!$&'()*+,;=%@]/.test(authority.slice(0, at))) {
      return why('net/url: invalid userinfo')
    }
    const host = authority.slice(at + 1).replace(/%25(?=.*\])/, '%')
    const fault = hostFault(host)
    if (fault !== undefined) return why(fault)
    const { query } = cut(rest.replace(/#[^]*$/, ''))
    return new Url(text, scheme.toLowerCase(), host, escaped(path.replace(/#[^]*$/, '')), query)
  }

  get hostname(): string {
    const host = this.host.replace(/:\d*$/, '')
    return /^\[.*\]$/.test(host) ? host.slice(1, -1) : host
  }

  get port(): string {
    return /:(\d*)$/.exec(this.host.replace(/^\[.*\]/, ''))?.[1] ?? ''
  }

  /** The values of each name of the query, in their order. */
  query(): Entries {
    const found = new Map<string, string[]>()
    for (const pair of this.#query.split('&')) {
      if (pair === '' || pair.includes(';')) continue
      const [name = '', ...value] = pair.split('=')
      const [key, text] = [plain(name), plain(value.join('='))]
      if (key === undefined || text === undefined) continue
      const held = found.get(key)
      if (held === undefined) found.set(key, [text])
      else held.push(text)
    }
    const entries = new Entries()
    for (const [name, values] of found) entries.add(name, new List(values))
    return entries
  }

  equals(other: Extra): boolean {
    return other instanceof Url && other.source === this.source
  }

  text(): undefined {
    return undefined
  }
}

function cut(rest: string): { readonly before: string; readonly query: string } {
  const [before = '', ...after] = rest.split('?')
  return { before, query: after.join('?') }
}

function hostFault(host: string): string | undefined {
  const [, inner, after = ''] = /^(\[[^]*\])?([^]*)$/.exec(host) ?? []
  if (host.startsWith('[') && inner === undefined) return "missing ']' in host"
  const colon = after.lastIndexOf(':')
  if (colon !== -1 && !/^:\d*$/.test(after.slice(colon))) {
    return `invalid port ${JSON.stringify(after.slice(colon))} after host`
  }
  const odd = /[ "<>\\^`{|}]/.exec(host)
  if (odd !== null) return `invalid character ${JSON.stringify(odd[0])} in host name`
  const escape = /%(?![0-9a-fA-F]{2})/.exec(after)
  if (escape === null) return undefined
  return `invalid URL escape ${JSON.stringify(host.slice(escape.index, escape.index + 3))}`
}

function escaped(path: string): string {
  return path.replace(/[^\w\-.~%$&+,/:;=@!'()*[\]]/gu, (one) => encodeURIComponent(one))
}

function plain(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

/** @throws CelError when the text is none. */
export function urlOf(text: string): Url {
  const found = Url.read(text)
  if (typeof found !== 'string') return found
  throw new CelError(`URL parse error during conversion from string: ${found}`)
}
