/**
 * IP addresses and networks as Go reads them, and what it says of those that it does not.
 *
 * Source: net/netip (ParseAddr, ParsePrefix)
 */

export interface Ip {
  readonly value: bigint
  readonly family: 4 | 6
  readonly zone: string
}

/** Why a text is no address. */
class Unreadable extends Error {
  constructor(why: string, at = '') {
    super(at === '' ? why : `${why} (at ${JSON.stringify(at)})`)
  }
}

/** The address that a text names, or why it names none. */
export function readIp(text: string): Ip | string {
  try {
    return parsed(text)
  } catch (error) {
    if (error instanceof Unreadable) return `ParseAddr(${JSON.stringify(text)}): ${error.message}`
    throw error
  }
}

/** The network that a text names, or why it names none. */
export function readNetwork(text: string): { readonly ip: Ip; readonly bits: number } | string {
  const fault = (why: string): string => `netip.ParsePrefix(${JSON.stringify(text)}): ${why}`
  const slash = text.lastIndexOf('/')
  if (slash === -1) return fault("no '/'")
  const ip = readIp(text.slice(0, slash))
  if (typeof ip === 'string') return fault(ip)
  if (ip.zone !== '') return fault('IPv6 zones cannot be present in a prefix')
  const digits = text.slice(slash + 1)
  if (!/^(?:[0-9]|[1-9][0-9]+)$/.test(digits)) {
    return fault(`bad bits after slash: ${JSON.stringify(digits)}`)
  }
  const bits = Number(digits)
  if (bits > (ip.family === 4 ? 32 : 128)) return fault('prefix length out of range')
  return { ip, bits }
}

function parsed(text: string): Ip {
  switch (/[.:%]/.exec(text)?.[0]) {
    case '.':
      return { value: dotted(text), family: 4, zone: '' }
    case ':':
      return coloned(text)
    case '%':
      throw new Unreadable('missing IPv6 address')
    default:
      throw new Unreadable('unable to parse IP')
  }
}

function dotted(text: string): bigint {
  const fields = ['']
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ''
    const last = fields.length - 1
    if (char === '.') {
      if (fields[last] === '' || i === text.length - 1) {
        throw new Unreadable('IPv4 field must have at least one digit', text.slice(i))
      }
      if (fields.length === 4) throw new Unreadable('IPv4 address too long')
      fields.push('')
      continue
    }
    if (char < '0' || char > '9') throw new Unreadable('unexpected character', text.slice(i))
    if (fields[last] === '0') throw new Unreadable('IPv4 field has octet with leading zero')
    fields[last] += char
    if (Number(fields[last]) > 255) throw new Unreadable('IPv4 field has value >255')
  }
  if (fields.length < 4) throw new Unreadable('IPv4 address too short')
  return fields.reduce((sum, one) => (sum << 8n) + BigInt(one), 0n)
}

function coloned(text: string): Ip {
  const percent = text.indexOf('%')
  const zone = percent === -1 ? '' : text.slice(percent + 1)
  if (percent !== -1 && zone === '') throw new Unreadable('zone must be a non-empty string')
  let rest = percent === -1 ? text : text.slice(0, percent)
  const groups: bigint[] = []
  let gap = -1
  if (rest.startsWith('::')) {
    gap = 0
    rest = rest.slice(2)
  }
  while (rest !== '' && groups.length < 8) {
    const digits = /^[\da-f]*/i.exec(rest)?.[0] ?? ''
    if (digits.length > 4) throw new Unreadable('each group must have 4 or less digits', rest)
    if (digits === '') {
      throw new Unreadable('each colon-separated field must have at least one digit', rest)
    }
    if (rest[digits.length] === '.') {
      if (gap === -1 && groups.length !== 6) {
        throw new Unreadable(
          'embedded IPv4 address must replace the final 2 fields of the address',
          rest,
        )
      }
      if (groups.length > 6) {
        throw new Unreadable(
          'too many hex fields to fit an embedded IPv4 at the end of the address',
          rest,
        )
      }
      const value = dotted(rest)
      groups.push(value >> 16n, value & 0xffffn)
      rest = ''
      break
    }
    groups.push(BigInt(`0x${digits}`))
    rest = rest.slice(digits.length)
    if (rest === '') break
    if (!rest.startsWith(':')) throw new Unreadable('unexpected character, want colon', rest)
    if (rest.length === 1) throw new Unreadable('colon must be followed by more characters', rest)
    rest = rest.slice(1)
    if (!rest.startsWith(':')) continue
    if (gap !== -1) throw new Unreadable('multiple :: in address', rest)
    gap = groups.length
    rest = rest.slice(1)
  }
  if (rest !== '') throw new Unreadable('trailing garbage after address', rest)
  if (groups.length < 8) {
    if (gap === -1) throw new Unreadable('address string too short')
    groups.splice(gap, 0, ...Array.from({ length: 8 - groups.length }, () => 0n))
  } else if (gap !== -1) {
    throw new Unreadable('the :: must expand to at least one field of zeros')
  }
  return { value: groups.reduce((sum, one) => (sum << 16n) + one, 0n), family: 6, zone }
}
