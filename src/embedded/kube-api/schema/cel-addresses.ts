import type * as CelModule from '@marcbachmann/cel-js'
import { fitsFormat } from './formats.ts'

type Environment = CelModule.Environment

class Address {
  readonly value: bigint
  readonly family: 4 | 6
  readonly text: string

  constructor(value: bigint, family: 4 | 6, text: string) {
    this.value = value
    this.family = family
    this.text = text
  }
}

class Network {
  readonly address: Address
  readonly bits: number

  constructor(address: Address, bits: number) {
    this.address = address
    this.bits = bits
  }
}

function addressOf(text: string): Address | undefined {
  if (/^(?:\d{1,3}\.){3}\d{1,3}$/.test(text) && !/(?:^|\.)0\d/.test(text)) {
    const parts = text.split('.').map(Number)
    if (parts.some((part) => part > 255)) return undefined
    return new Address(BigInt(parts.reduce((sum, part) => sum * 256 + part, 0)), 4, text)
  }
  if (!fitsFormat(text, 'ipv6') || text.includes('.')) return undefined
  const [head = '', tail] = text.split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const [left, right] = [groups(head), groups(tail ?? '')]
  const all = [
    ...left,
    ...Array.from({ length: 8 - left.length - right.length }, () => '0'),
    ...right,
  ]
  const value = all.reduce((sum, part) => (sum << 16n) + BigInt(`0x${part}`), 0n)
  return new Address(value, 6, text)
}

function networkOf(text: string): Network | undefined {
  const [, start = '', bits = ''] = /^(.+)\/(\d{1,3})$/.exec(text) ?? []
  const address = addressOf(start)
  if (address === undefined || Number(bits) > (address.family === 4 ? 32 : 128)) return undefined
  return new Network(address, Number(bits))
}

function prefix({ family }: Address, value: bigint, bits: number): bigint {
  return value >> BigInt((family === 4 ? 32 : 128) - bits)
}

function holds(network: Network, address: Address): boolean {
  const { address: own, bits } = network
  if (own.family !== address.family) return false
  return prefix(own, own.value, bits) === prefix(own, address.value, bits)
}

function address(text: string): Address {
  const found = addressOf(text)
  if (found !== undefined) return found
  const quoted = JSON.stringify(text)
  throw new Error(
    `IP Address ${quoted} parse error during conversion from string: ParseAddr(${quoted}): unable to parse IP`,
  )
}

function network(text: string): Network {
  const found = networkOf(text)
  if (found !== undefined) return found
  throw new Error(`network address parse error during conversion from string: ${text}`)
}

/** IP addresses and networks for rules that are met. */
export function addAddresses(env: Environment): void {
  const [ip, cidr] = ['net.IP', 'net.CIDR']
  env.registerType(ip, Address)
  env.registerType(cidr, Network)
  env.registerFunction('isIP(string): bool', (one: string) => addressOf(one) !== undefined)
  env.registerFunction('isCIDR(string): bool', (one: string) => networkOf(one) !== undefined)
  env.registerFunction(`ip(string): ${ip}`, address)
  env.registerFunction(`cidr(string): ${cidr}`, network)
  env.registerFunction(`${ip}.family(): int`, ({ family }: Address) => BigInt(family))
  env.registerFunction(`${ip}.isUnspecified(): bool`, ({ value }: Address) => value === 0n)
  env.registerFunction(`${ip}.isLoopback(): bool`, ({ value, family }: Address) =>
    family === 4 ? value >> 24n === 127n : value === 1n,
  )
  // What is no address is in no network, and cannot be asked for.
  env.registerFunction(`${cidr}.containsIP(string): bool`, (own: Network, one: string) => {
    const found = addressOf(one)
    if (found === undefined) throw new Error('no such overload')
    return holds(own, found)
  })
  env.registerFunction(`${cidr}.containsIP(${ip}): bool`, holds)
  env.registerFunction(`${cidr}.containsCIDR(string): bool`, (own: Network, one: string) => {
    const other = network(one)
    return other.bits >= own.bits && holds(own, other.address)
  })
  env.registerFunction(
    `${cidr}.containsCIDR(${cidr}): bool`,
    (own: Network, other: Network) => other.bits >= own.bits && holds(own, other.address),
  )
  env.registerFunction(`${cidr}.ip(): ${ip}`, (own: Network) => own.address)
  env.registerFunction(`${cidr}.prefixLength(): int`, (own: Network) => BigInt(own.bits))
}
