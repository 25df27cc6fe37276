import { expect, it } from 'vitest'
import { randomRun } from './misbehaving/random.ts'

const seeds = Array.from({ length: 12 }, (_, seed) => seed + 1)

it.each(seeds)(
  'a random run on a misbehaving server, seed %i, keeps every promise',
  async (seed) => {
    await expect(randomRun(seed)).resolves.toBeUndefined()
  },
)
