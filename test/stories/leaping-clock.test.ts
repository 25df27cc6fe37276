import { describe, expect, it } from 'vitest'
import { realEnv } from '#base/env'
import { leapingClock } from './leaping-clock.ts'

const hour = 3_600_000

describe('a leap of time', () => {
  it('ends what was due within it, the earliest first, and nothing later', async () => {
    const clock = leapingClock(realEnv().clock)
    const fired: string[] = []
    clock.timer(hour, () => fired.push('in an hour'))
    clock.timer(hour / 2, () => fired.push('in half an hour'))
    clock.timer(2 * hour, () => fired.push('in two hours'))
    const slept = clock.sleep(hour)
    clock.leap(hour)
    await slept
    expect(fired).toEqual(['in half an hour', 'in an hour'])
  })

  it('shows in both clocks', () => {
    const clock = leapingClock(realEnv().clock)
    const [now, moment] = [clock.now(), clock.monotonic()]
    clock.leap(hour)
    expect(clock.now() - now).toBeGreaterThanOrEqual(hour)
    expect(clock.monotonic() - moment).toBeGreaterThanOrEqual(hour)
  })

  it('leaves later timers their rest, and cancelled ones dead', async () => {
    const clock = leapingClock(realEnv().clock)
    const fired: string[] = []
    const cancelled = clock.timer(hour, () => fired.push('cancelled'))
    clock.timer(hour / 2, () => cancelled.cancel())
    const rest = new Promise<void>((resolve) => clock.timer(hour + 5, resolve))
    clock.leap(hour)
    await rest
    expect(fired).toEqual([])
  })

  it('ends a sleep by its signal too', async () => {
    const clock = leapingClock(realEnv().clock)
    const stop = new AbortController()
    const slept = clock.sleep(hour, stop.signal)
    stop.abort(new Error('enough'))
    await expect(slept).rejects.toThrow('enough')
    await expect(clock.sleep(hour, stop.signal)).rejects.toThrow('enough')
  })
})
