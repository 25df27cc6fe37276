import { BlockList, isIP } from 'node:net'

/**
 * Addresses that a tenant's store must not make the operator dial: loopback, link-local (the cloud
 * metadata services are there), unspecified, multicast and the metadata service's IPv6 address.
 * Private ranges are fine: that is where backends live.
 *
 * Source: RFC 6890; the metadata addresses are those of AWS, Azure, Google and Oracle.
 */
const local = new BlockList()
local.addSubnet('0.0.0.0', 8, 'ipv4')
local.addSubnet('127.0.0.0', 8, 'ipv4')
local.addSubnet('169.254.0.0', 16, 'ipv4')
local.addSubnet('224.0.0.0', 3, 'ipv4')
local.addAddress('100.100.100.200', 'ipv4')
local.addAddress('168.63.129.16', 'ipv4')
local.addAddress('::', 'ipv6')
local.addAddress('::1', 'ipv6')
local.addSubnet('fe80::', 10, 'ipv6')
local.addSubnet('ff00::', 8, 'ipv6')
local.addAddress('fd00:ec2::254', 'ipv6')

// An IPv4 address may come inside an IPv6 one: mapped, compatible, or through NAT64.
const embedding = [/^::ffff:(?:0:)?/i, /^64:ff9b::/i, /^::/]

/**
 * Whether `address` is one that only the operator's owner may let a store dial.
 *
 * @param address An IP address as the resolver gives it; a zone (`%eth0`) is passed over. Anything
 *   that is no address counts as local: it was not looked up.
 */
export function isLocalAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, '').replace(/^\[|\]$/g, '')
  const family = isIP(plain)
  if (family === 4) return local.check(plain, 'ipv4')
  if (family !== 6) return true
  if (local.check(plain, 'ipv6')) return true
  const inner = innerIpv4(plain)
  return inner !== undefined && local.check(inner, 'ipv4')
}

function innerIpv4(address: string): string | undefined {
  for (const prefix of embedding) {
    if (!prefix.test(address)) continue
    const rest = address.replace(prefix, '')
    if (isIP(rest) === 4) return rest
    const groups = rest.split(':')
    if (groups.length !== 2) continue
    const [high, low] = groups.map((group) => Number.parseInt(group, 16))
    if (high === undefined || low === undefined || Number.isNaN(high + low)) continue
    return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  }
  return undefined
}
