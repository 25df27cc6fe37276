import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8 } from '#base'
import { linesOf } from './lines.ts'

async function* chunks(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0
  for (const cut of [...cuts, bytes.length]) {
    const to = Math.min(bytes.length, Math.max(from, cut))
    yield bytes.subarray(from, to)
    from = to
  }
}

async function linesIn(
  bytes: Uint8Array,
  cuts: readonly number[],
  most = 1_000_000,
): Promise<string[]> {
  const lines: string[] = []
  for await (const line of linesOf(chunks(bytes, cuts), most)) lines.push(line)
  return lines
}

describe('a stream of lines', () => {
  it('is the same wherever it is cut, inside characters too', async () => {
    const line = fc
      .string({ unit: 'binary', minLength: 1 })
      .map((text) => text.replaceAll('\n', ' '))
    const cuts = fc.array(fc.nat(400)).map((list) => list.sort((a, b) => a - b))
    await fc.assert(
      fc.asyncProperty(fc.array(line), cuts, async (lines, at) => {
        const bytes = utf8(lines.map((each) => `${each}\n`).join(''))
        expect(await linesIn(bytes, at)).toEqual(lines)
      }),
    )
  })

  it('passes over empty lines', async () => {
    expect(await linesIn(utf8('\n\na\n\nb\n'), [1, 3])).toEqual(['a', 'b'])
  })

  it('is a failure when it ends inside a line', async () => {
    await expect(linesIn(utf8('a\nb'), [])).rejects.toMatchObject({ reason: 'Unavailable' })
  })

  it.each([[[]], [[3, 6, 9]]])('is a failure when a line is too long (cut at %j)', async (cuts) => {
    await expect(linesIn(utf8(`${'x'.repeat(20)}\n`), cuts, 10)).rejects.toMatchObject({
      reason: 'TooLarge',
    })
  })
})
