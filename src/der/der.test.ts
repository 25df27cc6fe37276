import { describe, expect, it } from 'vitest'

import {
  bitString,
  DerReader,
  element,
  nameString,
  objectIdentifier,
  octetString,
  readDer,
  sequence,
  smallInteger,
  tags,
  unsignedInteger,
} from './index.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))

describe('DER, written', () => {
  it.each<[string, Uint8Array, string]>([
    ['a number without its leading zeros', unsignedInteger(bytes('000001')), '020101'],
    ['a number whose first bit is set', unsignedInteger(bytes('ff')), '020200ff'],
    ['nothing as zero', unsignedInteger(new Uint8Array()), '020100'],
    ['a small number', smallInteger(2048), '02020800'],
    ['an identifier', objectIdentifier('1.2.840.113549'), '06062a864886f70d'],
    ['an identifier whose second part is large', objectIdentifier('2.999.1'), '0603883701'],
    ['bits', bitString(bytes('80'), 7), '03020780'],
    ['a name with an accent as UTF-8', nameString('é'), '0c02c3a9'],
    ['a name without as printable', nameString('a b'), '1303612062'],
  ])('has %s', (_what, made, wanted) => expect(hex(made)).toBe(wanted))

  it('has the shortest form of a length', () => {
    expect(hex(octetString(new Uint8Array(127)).slice(0, 2))).toBe('047f')
    expect(hex(octetString(new Uint8Array(128)).slice(0, 3))).toBe('048180')
    expect(hex(octetString(new Uint8Array(256)).slice(0, 4))).toBe('04820100')
  })
})

describe('DER, read', () => {
  it('gives back what was written', () => {
    const all = readDer(
      sequence(smallInteger(7), objectIdentifier('2.5.4.3'), octetString(bytes('ab'))),
      tags.sequence,
    )
    expect(all.integer()).toBe(7)
    expect(all.oid()).toBe('2.5.4.3')
    expect(all.optional(tags.boolean)).toBeUndefined()
    expect(hex(all.next(tags.octets).content)).toBe('ab')
    expect(all.isDone).toBe(true)
  })

  it.each([
    ['nothing', ''],
    ['another tag', '020100'],
    ['a length beyond the end', '3005'],
    ['a length without its digits', '3082'],
    ['a length that is left open', '30800000'],
    ['something behind it', '300000'],
    ['a tag of several bytes', '1f8100'],
  ])('refuses %s', (_what, text) =>
    expect(() => readDer(bytes(text), tags.sequence)).toThrow('asn1: structure error'),
  )

  it('fails in the words of who asked, inside as well', () => {
    const reader = new DerReader(element(tags.sequence, bytes('0201')), () => new Error('mine'))
    const inner = reader.enter(tags.sequence)
    expect(() => inner.integer()).toThrow('mine')
  })
})
