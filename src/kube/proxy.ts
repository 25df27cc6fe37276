import { isIP } from 'node:net'

/** The variables of the environment that name proxies; upper or lower case. */
export type ProxyVariables = Readonly<Record<string, string | undefined>>

/**
 * The proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` want for an address, as Go's programs read
 * them; undefined: none. Loopback addresses and `localhost` are never asked for through one.
 *
 * Source: https://pkg.go.dev/golang.org/x/net/http/httpproxy
 */
export function proxyFor(url: string, variables: ProxyVariables): string | undefined {
  const { protocol, hostname, port } = new URL(url)
  const of = (name: string): string => {
    const given = variables[name] ?? ''
    return given === '' ? (variables[name.toLowerCase()] ?? '') : given
  }
  const proxy = of(protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY')
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const from = port === '' ? (protocol === 'https:' ? '443' : '80') : port
  if (proxy === '' || isLoopback(host) || isExempt(host, from, of('NO_PROXY'))) return undefined
  return /^[a-z0-9]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
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
  if (slash >= 0) return isInside(host, entry.slice(0, slash), Number(entry.slice(slash + 1)))
  const [, name = entry, onPort] = /^(\[[^\]]*\]|[^:]*):(\d*)$/.exec(entry) ?? []
  if (onPort !== undefined && onPort !== '' && onPort !== port) return false
  // Go reads brackets only where a port follows them.
  const bare = onPort === undefined ? name : name.replace(/^\[|\]$/g, '')
  if (isIP(bare) !== 0) return bare === host
  // `example.com` is that name and all below it, `.example.com` and `*.example.com` only what is below.
  const suffix = bare.replace(/^\*/, '')
  if (suffix.startsWith('.')) return host.endsWith(suffix)
  return host === suffix || host.endsWith(`.${suffix}`)
}

function isInside(host: string, network: string, bits: number): boolean {
  const a = numberOf(host)
  const b = numberOf(network)
  if (a === undefined || b === undefined || a.size !== b.size || !(bits >= 0)) return false
  const shift = BigInt(Math.max(0, a.size - bits))
  return a.value >> shift === b.value >> shift
}

function numberOf(address: string): { readonly value: bigint; readonly size: number } | undefined {
  switch (isIP(address)) {
    case 4:
      return {
        value: address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n),
        size: 32,
      }
    case 6:
      return { value: numberOfV6(address), size: 128 }
    default:
      return undefined
  }
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
