import { describe, expect, it } from 'vitest'

import { FunctionError } from '../template-fault.ts'
import { blocksOf, encodeBlock, nextBlock } from './pem.ts'

const block = (type: string, body = 'aGVsbG8=\n'): string =>
  `-----BEGIN ${type}-----\n${body}-----END ${type}-----\n`

/** The types of all blocks and what stands behind the last, as Go 1.26's pem.Decode answers. */
const rows: readonly (readonly [string, readonly string[], string])[] = [
  [block('A'), ['A'], ''],
  [`junk\n${block('A')}junk`, ['A'], 'junk'],
  [`junk${block('A')}`, [], `junk${block('A')}`],
  [block('A').replaceAll('\n', '\r\n'), ['A'], ''],
  // one carriage return belongs to a line's end, two do not
  [block('A').replaceAll('\n', '\r\r\n'), [], block('A').replaceAll('\n', '\r\r\n')],
  [block('A').replace('-----\n', '----- \t\n'), ['A'], ''],
  [block('A').replace('-----\n', '-----\r \n'), [], block('A').replace('-----\n', '-----\r \n')],
  // the last beginning before an end counts
  [`-----BEGIN A-----\n${block('B')}`, ['B'], ''],
  [`${block('A').replace('-----END', '----END')}${block('B')}`, ['B'], ''],
  [`-----BEGIN A-----\naGk=\n-----END B-----\n${block('C')}`, ['C'], ''],
  [block('A', ''), ['A'], ''],
  [block('A', 'K: v\n\naGk=\n'), ['A'], ''],
  [block('A', 'K: v\naGk=\n'), ['A'], ''],
  [block('A', 'K: v\n'), [], block('A', 'K: v\n')],
  [block('A', 'aGk\n'), [], block('A', 'aGk\n')],
  [block('A', ' a G\tk =\n'), ['A'], ''],
  [block(''), [''], ''],
  [block('A').trimEnd(), ['A'], ''],
]

describe('PEM as Go finds it', () => {
  it.each(rows)('%j has the blocks %j and then %j', (text, types, rest) => {
    const found = blocksOf(text)
    expect(found.blocks.map(({ type }) => type)).toEqual(types)
    expect(found.rest).toBe(rest)
  })

  it('keeps headers, and writes them by name', () => {
    const found = nextBlock(block('A', 'b:  x \nProc-Type: 4\n\naGk=\n'))
    expect(found?.block.headers).toEqual(
      new Map([
        ['b', 'x'],
        ['Proc-Type', '4'],
      ]),
    )
    expect(found && encodeBlock(found.block)).toBe(block('A', 'Proc-Type: 4\nb: x\n\naGk=\n'))
  })

  it('breaks lines at 64 columns', () => {
    const bytes = 'x'.repeat(48)
    const line = `${Buffer.from(bytes).toString('base64')}\n`
    expect(encodeBlock({ type: 'A', headers: new Map(), bytes })).toBe(block('A', line))
    expect(encodeBlock({ type: 'A', headers: new Map(), bytes: bytes + bytes })).toBe(
      block('A', line + line),
    )
  })

  it('refuses a text of many ends without a beginning, soon', () => {
    expect(() => nextBlock('\n-----END A-----'.repeat(50_000))).toThrow(FunctionError)
    expect(nextBlock('-----BEGIN A-----\n'.repeat(50_000))).toBeUndefined()
  })
})
