import { expect, it } from 'vitest'
import { depsOf } from './chance.ts'

const seed = new Uint8Array(32).fill(7)

it('draws other bytes each time, of the length that is asked for', () => {
  const { randomBytes } = depsOf({ nowMs: 0, seed })
  const drawn = [randomBytes(16), randomBytes(16), randomBytes(16)]
  expect(drawn.map(({ length }) => length)).toEqual([16, 16, 16])
  expect(new Set(drawn.map((bytes) => Buffer.from(bytes).toString('hex'))).size).toBe(3)
})

it('draws the same of the same seed and others of another, however they are cut', () => {
  const [one, same] = [depsOf({ nowMs: 0, seed }), depsOf({ nowMs: 0, seed })]
  const whole = one.randomBytes(32)
  expect(Buffer.concat([same.randomBytes(5), same.randomBytes(27)])).toEqual(Buffer.from(whole))
  const other = depsOf({ nowMs: 0, seed: new Uint8Array(32).fill(8) })
  expect(Buffer.from(other.randomBytes(32))).not.toEqual(Buffer.from(whole))
})
