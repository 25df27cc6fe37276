import { isIP } from 'node:net'
import { Fault } from '#base'

/** The variables of the environment that name proxies; upper or lower case. */
export type ProxyVariables = Readonly<Record<string, string | undefined>>

/**
 * The proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` want for an address, as Go's programs read
 * them; undefined: none. Loopback addresses and `localhost` are never asked for through one.
 *
 * Source: https://pkg.go.dev/golang.org/x/net/http/httpproxy
 *
 * @throws Fault InvalidSpec with the variable in `at` when its text names no proxy. Most of those Go's
 * programs pass over, and speak to the server without one: hardly what whoever named it wants.
 */
export function proxyFor(url: string, variables: ProxyVariables): string | undefined {
  const { protocol, hostname, port } = new URL(url)
  const variable = (name: string): string =>
    (variables[name] ?? '') === '' ? name.toLowerCase() : name
  const name = variable(protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY')
  const proxy = variables[name] ?? ''
  const exempt = variables[variable('NO_PROXY')] ?? ''
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const from = port === '' ? (protocol === 'https:' ? '443' : '80') : port
  if (proxy === '' || isLoopback(host) || isExempt(host, from, exempt)) return undefined
  // A socks5 proxy is left to look names up in any case.
  const named = proxy.replace(/^socks5h:/i, 'socks5:')
  return usableProxy(/^[a-z0-9]+:\/\//i.test(named) ? named : `http://${named}`, name)
}

/**
 * The address of a proxy, once it is seen that connections can be opened with it.
 *
 * @param where The variable or field that names it.
 * @throws Fault InvalidSpec, without a word of the address: a password may stand anywhere in it.
 */
export function usableProxy(named: string, where: string): string {
  if (isProxy(named)) return named
  throw new Fault('InvalidSpec', `${where} is no http, https or socks5 address`, {
    at: where,
    hint: 'write what is special in its user and password in percent-encoding: %23 for #, %25 for %',
  })
}

function isProxy(named: string): boolean {
  if (!/^(https?|socks5):\/\//i.test(named) || !URL.canParse(named)) return false
  const { hostname, username, password, search, hash } = new URL(named)
  // A password with `?` or `#`, written as it is: what stands before it is no host.
  if (hostname === '' || search !== '' || hash !== '') return false
  try {
    decodeURIComponent(username)
    decodeURIComponent(password)
    return true
  } catch {
    return false
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || isInside(host, '127.0.0.0', '8')
}

function isExempt(host: string, port: string, noProxy: string): boolean {
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry, host, port))
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  const slash = entry.indexOf('/')
  if (slash >= 0) return isInside(host, entry.slice(0, slash), entry.slice(slash + 1))
  const [, name = entry, onPort] = /^(\[[^\]]*\]|[^:]*):(\d*)$/.exec(entry) ?? []
  if (onPort !== undefined && onPort !== '' && onPort !== port) return false
  // Go reads brackets only where a port follows them.
  const bare = onPort === undefined ? name : name.replace(/^\[|\]$/g, '')
  const address = numberOf(bare)
  if (address !== undefined) return isSame(address, numberOf(host))
  // `example.com` is that name and all below it, `.example.com` and `*.example.com` only what is below.
  const suffix = bare.replace(/^\*/, '')
  if (suffix.startsWith('.')) return host.endsWith(suffix)
  return host === suffix || host.endsWith(`.${suffix}`)
}

interface Address {
  readonly value: bigint
  /** In bits. */
  readonly size: number
}

function isSame(a: Address, b: Address | undefined): boolean {
  return a.value === b?.value && a.size === b.size
}

function isInside(host: string, network: string, bits: string): boolean {
  const a = numberOf(host)
  const b = numberOf(network)
  if (a === undefined || b === undefined || a.size !== b.size) return false
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > a.size) return false
  const shift = BigInt(a.size - Number(bits))
  return a.value >> shift === b.value >> shift
}

function numberOf(address: string): Address | undefined {
  switch (isIP(address)) {
    case 4:
      return {
        value: address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n),
        size: 32,
      }
    case 6:
      // Of one interface only, as in `fe80::1%eth0`: no URL holds such an address.
      return address.includes('%') ? undefined : unwrapped(numberOfV6(address))
    default:
      return undefined
  }
}

// `::ffff:10.0.0.1` is 10.0.0.1.
function unwrapped(value: bigint): Address {
  return value >> 32n === 0xffffn ? { value: value & 0xffff_ffffn, size: 32 } : { value, size: 128 }
}

function numberOfV6(address: string): bigint {
  // The URL parser writes it in full, but for one `::`.
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = text.split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const before = groups(head)
  const after = groups(tail ?? '')
  const between = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...between, ...after].reduce(
    (sum, part) => sum * 65_536n + BigInt(`0x${part}`),
    0n,
  )
}
