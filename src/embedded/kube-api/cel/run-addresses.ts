/** URLs, IP addresses and networks. */
import { CelError } from './cel-error.ts'
import { readIp, readNetwork, type Ip } from './ip-text.ts'
import { Url, urlOf } from './run-url.ts'
import type { Extra, Value, Run } from './values.ts'

class Address implements Extra {
  readonly isExtra = true
  readonly typeName = 'net.IP'
  readonly value: bigint
  readonly family: 4 | 6

  constructor(value: bigint, family: 4 | 6) {
    this.value = value
    this.family = family
  }

  get size(): number {
    return this.family === 4 ? 4 : 16
  }

  equals(other: Extra): boolean {
    return other instanceof Address && other.value === this.value && other.family === this.family
  }

  text(): string {
    return this.family === 4 ? dotted(this.value) : coloned(this.value)
  }
}

class Network implements Extra {
  readonly isExtra = true
  readonly typeName = 'net.CIDR'
  readonly address: Address
  readonly bits: number

  constructor(address: Address, bits: number) {
    this.address = address
    this.bits = bits
  }

  get size(): number {
    return Math.ceil(this.bits / 8)
  }

  equals(other: Extra): boolean {
    return (
      other instanceof Network && other.bits === this.bits && other.address.equals(this.address)
    )
  }

  text(): string {
    return `${this.address.text()}/${this.bits}`
  }
}

function dotted(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.')
}

// The longest run of zeros, the first of the longest, is left out.
function coloned(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => (value >> BigInt(112 - 16 * i)) & 0xffffn)
  let [from, length] = [-1, 1]
  for (let i = 0; i < 8; i++) {
    let end = i
    while (end < 8 && groups[end] === 0n) end++
    if (end - i > length) [from, length] = [i, end - i]
  }
  const text = (part: readonly bigint[]): string => part.map((one) => one.toString(16)).join(':')
  if (from === -1) return text(groups)
  return `${text(groups.slice(0, from))}::${text(groups.slice(from + length))}`
}

/** The address that a text names, or why it names none that rules take. */
function read(text: string): Address | string {
  const quoted = JSON.stringify(text)
  const found = readIp(text)
  if (typeof found === 'string') {
    return `IP Address ${quoted} parse error during conversion from string: ${found}`
  }
  if (found.zone !== '') return `IP address ${quoted} with zone value is not allowed`
  if (isMapped(found)) return `IPv4-mapped IPv6 address ${quoted} is not allowed`
  return new Address(found.value, found.family)
}

function isMapped({ value, family }: Ip): boolean {
  return family === 6 && value >> 32n === 0xffffn
}

function addressOf(text: string): Address | undefined {
  const found = read(text)
  return found instanceof Address ? found : undefined
}

function address(text: string): Address {
  const found = read(text)
  if (found instanceof Address) return found
  throw new CelError(found)
}

const noNetwork = 'network address parse error during conversion from string'

function readPrefix(text: string): Network | string {
  const found = readNetwork(text)
  if (typeof found === 'string') return `${noNetwork}: ${noNetwork}: ${found}`
  const { ip, bits } = found
  if (isMapped(ip)) {
    return `${noNetwork}: IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`
  }
  return new Network(new Address(ip.value, ip.family), bits)
}

function network(text: string): Network {
  const found = readPrefix(text)
  if (found instanceof Network) return found
  throw new CelError(found)
}

function widthOf({ family }: Address): number {
  return family === 4 ? 32 : 128
}

function prefix(own: Address, value: bigint, bits: number): bigint {
  return value >> BigInt(widthOf(own) - bits)
}

function holds({ address: own, bits }: Network, other: Address): boolean {
  return (
    own.family === other.family && prefix(own, own.value, bits) === prefix(own, other.value, bits)
  )
}

const ofAddress =
  (work: (address: Address) => Value): Run =>
  ([own]) =>
    own instanceof Address ? work(own) : undefined

const ofNetwork =
  (work: (network: Network) => Value): Run =>
  ([own]) =>
    own instanceof Network ? work(own) : undefined

const ofUrl =
  (work: (url: Url) => Value): Run =>
  ([own]) =>
    own instanceof Url ? work(own) : undefined

const within = (
  { value, family }: Address,
  v4: [bigint, number],
  v6: [bigint, number],
): boolean => {
  const [start, bits] = family === 4 ? v4 : v6
  return value >> BigInt((family === 4 ? 32 : 128) - bits) === start
}

const isLoopback = (own: Address): boolean => within(own, [127n, 8], [1n, 128])
const isLinkLocal = (own: Address): boolean => within(own, [0xa9fen, 16], [0x3fan, 10])
const isMulticast = (own: Address): boolean => within(own, [0xen, 4], [0xffn, 8])
const isLinkLocalMulticast = (own: Address): boolean =>
  own.family === 4
    ? own.value >> 8n === 0xe00000n
    : (own.value >> 112n) % 0x10n === 2n && isMulticast(own)

export const addresses: Readonly<Record<string, Run>> = {
  ip: ([own]) => {
    if (own instanceof Network) return own.address
    return typeof own === 'string' ? address(own) : undefined
  },
  isIP: ([text]) => (typeof text === 'string' ? addressOf(text) !== undefined : undefined),
  'ip.isCanonical': ([text]) =>
    typeof text === 'string' ? address(text).text() === text : undefined,
  family: ofAddress(({ family }) => BigInt(family)),
  isUnspecified: ofAddress(({ value }) => value === 0n),
  isLoopback: ofAddress(isLoopback),
  isLinkLocalMulticast: ofAddress(isLinkLocalMulticast),
  isLinkLocalUnicast: ofAddress(isLinkLocal),
  isGlobalUnicast: ofAddress(
    (own) =>
      own.value !== 0n &&
      !isLoopback(own) &&
      !isLinkLocal(own) &&
      !isMulticast(own) &&
      !(own.family === 4 && own.value === 0xffffffffn),
  ),
  cidr: ([text]) => (typeof text === 'string' ? network(text) : undefined),
  isCIDR: ([text]) => (typeof text === 'string' ? readPrefix(text) instanceof Network : undefined),
  containsIP: ([own, other]) => {
    if (!(own instanceof Network)) return undefined
    const found = typeof other === 'string' ? addressOf(other) : other
    return found instanceof Address ? holds(own, found) : undefined
  },
  containsCIDR: ([own, other]) => {
    if (!(own instanceof Network)) return undefined
    const found = typeof other === 'string' ? network(other) : other
    if (!(found instanceof Network)) return undefined
    return found.bits >= own.bits && holds(own, found.address)
  },
  masked: ofNetwork(({ address: own, bits }) => {
    const rest = BigInt(widthOf(own) - bits)
    return new Network(new Address((own.value >> rest) << rest, own.family), bits)
  }),
  prefixLength: ofNetwork(({ bits }) => BigInt(bits)),
  url: ([text]) => (typeof text === 'string' ? urlOf(text) : undefined),
  isURL: ([text]) => (typeof text === 'string' ? typeof Url.read(text) !== 'string' : undefined),
  getScheme: ofUrl((url) => url.scheme),
  getHost: ofUrl((url) => url.host),
  getHostname: ofUrl((url) => url.hostname),
  getPort: ofUrl((url) => url.port),
  getEscapedPath: ofUrl((url) => url.path),
  getQuery: ofUrl((url) => url.query()),
}
