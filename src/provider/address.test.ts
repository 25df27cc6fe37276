import { describe, expect, it } from 'vitest'
import { isLocalAddress } from './address.ts'

describe('addresses a tenant may not make the operator dial', () => {
  it.each([
    '127.0.0.1',
    '127.8.9.10',
    '0.0.0.0',
    '169.254.169.254',
    '168.63.129.16',
    '100.100.100.200',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '[::1]',
    'fe80::1%eth0',
    'fd00:ec2::254',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    '::127.0.0.1',
    'localhost',
    '',
  ])('refuses %s', (address) => expect(isLocalAddress(address)).toBe(true))

  it.each([
    '10.0.0.8',
    '192.168.1.1',
    '172.16.0.1',
    '8.8.8.8',
    '2001:db8::1',
    'fd12::8',
    '::ffff:10.0.0.8',
  ])('lets %s through', (address) => expect(isLocalAddress(address)).toBe(false))
})
