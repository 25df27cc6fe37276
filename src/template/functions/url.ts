import { dict, type ByteString, type GoMap } from '#go'

import { addressBytes } from '../crypto/address.ts'
import { FunctionError } from '../template-fault.ts'
import type { Family } from './function.ts'

/** A URL in its parts, as Go's net/url takes it apart. */
interface Url {
  readonly scheme: ByteString
  readonly opaque: ByteString
  /** Escaped, as it stands in a URL; undefined when there is no `@`. */
  readonly user: ByteString | undefined
  readonly host: ByteString
  readonly path: ByteString
  readonly query: ByteString
  readonly fragment: ByteString
}

function bad(): FunctionError {
  return new FunctionError('unable to parse url')
}

function unescapeText(text: ByteString): ByteString {
  if (/%(?![\da-fA-F]{2})/.test(text)) throw bad()
  return text.replace(/%(..)/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

function escapeExcept(text: ByteString, kept: RegExp): ByteString {
  return text.replace(/[^A-Za-z0-9\-_.~]/g, (char) => {
    if (kept.test(char)) return char
    return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  })
}

const keptInPath = /[$&+,/:;=@]/
const keptInUser = /[$&+,;=]/
const keptInFragment = /[$&+,/:;=?@!()*]/
const keptInHost = /[!$&'()*+,;=:[\]<>"]/

function parseUrl(given: ByteString): Url {
  // eslint-disable-next-line no-control-regex
  if (/[\x00-\x1f\x7f]/.test(given)) throw bad()
  const hash = given.indexOf('#')
  const fragment = hash < 0 ? '' : unescapeText(given.slice(hash + 1))
  const { scheme, rest: behind } = schemeOf(hash < 0 ? given : given.slice(0, hash))
  const mark = behind.indexOf('?')
  const query = mark < 0 ? '' : behind.slice(mark + 1)
  const rest = mark < 0 ? behind : behind.slice(0, mark)
  const none = { scheme, opaque: '', user: undefined, host: '', path: '', query, fragment }
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...none, opaque: rest }
    if (/^[^/]*:/.test(rest)) throw bad()
  }
  if (!rest.startsWith('//') || (scheme === '' && rest.startsWith('///'))) {
    return { ...none, path: unescapeText(rest) }
  }
  const slash = `${rest}/`.indexOf('/', 2)
  const authority = rest.slice(2, slash)
  const at = authority.lastIndexOf('@')
  return {
    ...none,
    user: at < 0 ? undefined : userOf(authority.slice(0, at)),
    host: hostOf(scheme, authority.slice(at + 1)),
    path: unescapeText(rest.slice(slash)),
  }
}

function schemeOf(text: ByteString): { readonly scheme: ByteString; readonly rest: ByteString } {
  if (text.startsWith(':')) throw bad()
  const found = /^([a-zA-Z][a-zA-Z0-9+\-.]*):/.exec(text)
  if (found === null) return { scheme: '', rest: text }
  return { scheme: found[1]!.toLowerCase(), rest: text.slice(found[0].length) }
}

function userOf(text: ByteString): ByteString {
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(text)) throw bad()
  const colon = text.indexOf(':')
  const escape = (part: ByteString): ByteString => escapeExcept(unescapeText(part), keptInUser)
  if (colon < 0) return escape(text)
  return `${escape(text.slice(0, colon))}:${escape(text.slice(colon + 1))}`
}

function hostOf(scheme: ByteString, text: ByteString): ByteString {
  const open = text.lastIndexOf('[')
  if (open > 0) throw bad()
  if (open === 0) return bracketedHost(text)
  // Databases take lists of hosts with ports; on the web there is one colon at most.
  const isWeb = scheme === 'http' || scheme === 'https'
  const colon = isWeb ? text.indexOf(':') : text.lastIndexOf(':')
  checkPort(colon < 0 ? '' : text.slice(colon))
  return unescapeHost(text)
}

function checkPort(port: ByteString): void {
  if (!/^(:\d*)?$/.test(port)) throw bad()
}

/** `[fe80::1%25en0]:80`: only an IPv6 address may stand in brackets, with a zone or without. */
function bracketedHost(text: ByteString): ByteString {
  const close = text.lastIndexOf(']')
  if (close < 0) throw bad()
  const port = text.slice(close + 1)
  checkPort(port)
  const inside = text.slice(1, close)
  const mark = inside.indexOf('%25')
  const address = unescapeHost(mark < 0 ? inside : inside.slice(0, mark))
  const zone = mark < 0 ? '' : unescapeText(inside.slice(mark))
  const isAddress = address.includes(':') && addressBytes(address) !== undefined
  if (!isAddress || zone === '%') throw bad()
  return `[${address}${zone}]${port}`
}

function unescapeHost(text: ByteString): ByteString {
  if (/%(?![89a-fA-F][\da-fA-F]|25)/.test(text)) throw bad()
  for (const char of text.split('')) {
    const isPlain = char >= '\x80' || /[A-Za-z0-9\-_.~%]/.test(char) || keptInHost.test(char)
    if (!isPlain) throw bad()
  }
  return unescapeText(text)
}

function hostName(host: ByteString): ByteString {
  const bracketed = /^\[(.*)\](?::\d*)?$/s.exec(host)
  return bracketed?.[1] ?? host.replace(/:\d*$/, '')
}

function urlText(url: Url): ByteString {
  let out = url.scheme === '' ? '' : `${url.scheme}:`
  if (url.opaque !== '') out += url.opaque
  else {
    const hasAuthority = url.host !== '' || url.user !== undefined
    if (hasAuthority || (url.scheme !== '' && url.path !== '')) {
      out += '//'
      if (url.user !== undefined) out += `${url.user}@`
      out += escapeHost(url.host)
    }
    const path = url.path === '*' ? '*' : escapeExcept(url.path, keptInPath)
    if (path !== '' && !path.startsWith('/') && url.host !== '') out += '/'
    if (out === '' && /^[^/]*:/.test(path)) out += './'
    out += path
  }
  if (url.query !== '') out += `?${url.query}`
  if (url.fragment !== '') out += `#${escapeExcept(url.fragment, keptInFragment)}`
  return out
}

function escapeHost(host: ByteString): ByteString {
  return escapeExcept(host, keptInHost)
}

function textAt(map: GoMap, key: string): ByteString {
  const value = map.entries.get(key)
  if (value === undefined) return ''
  if (typeof value !== 'string')
    throw new FunctionError(`unable to parse ${key} key, must be of type string`)
  return value
}

/** sprig's functions on URLs. */
export const urlFunctions: Family = {
  urlParse: (args) => {
    const url = parseUrl(args.string(0))
    return dict([
      ['scheme', url.scheme],
      ['host', url.host],
      ['hostname', hostName(url.host)],
      ['path', url.path],
      ['query', url.query],
      ['opaque', url.opaque],
      ['fragment', url.fragment],
      ['userinfo', url.user ?? ''],
    ])
  },
  urlJoin: (args) => {
    const map = args.map(0)
    const userInfo = textAt(map, 'userinfo')
    return urlText({
      scheme: textAt(map, 'scheme'),
      opaque: textAt(map, 'opaque'),
      user: userInfo === '' ? undefined : parseUrl(`proto://${userInfo}@host`).user,
      host: textAt(map, 'host'),
      path: textAt(map, 'path'),
      query: textAt(map, 'query'),
      fragment: textAt(map, 'fragment'),
    })
  },
}
