import { expect, it } from 'vitest'
import { randomRun } from './misbehaving/random.ts'

/** The last one met a Retry-After of 0, which was asked in a loop. */
const seeds = [...Array.from({ length: 12 }, (_, seed) => seed + 1), 11_037]

it.each(seeds)(
  'a random run on a misbehaving server, seed %i, keeps every promise',
  async (seed) => {
    await expect(randomRun(seed)).resolves.toBeUndefined()
  },
)
