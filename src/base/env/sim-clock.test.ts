import { expect, it } from 'vitest'
import { SimClock } from './sim-clock.ts'

// Found by simulation: a wait of 1e-11 ms, left over by rounding, was set again and again at the
// same moment, for ever.
it('moves with every timer that fires, however short its wait', async () => {
  const clock = new SimClock(0)
  await clock.advance(379_053.999_88)
  const before = clock.monotonic()
  clock.timer(1e-11, () => {})
  clock.fireNext()
  expect(clock.monotonic()).toBeGreaterThan(before)
  expect(clock.monotonic() - before).toBeLessThan(0.001)
})
