import { expect, it } from 'vitest'
import { scheduleFault } from './cron-schedule.ts'

it.each([
  '* * * * *',
  '*/15 1-5,7 ? JAN mon',
  '0 0 1 */2 sun-sat',
  '@hourly',
  '@every 1h30m',
  '5/10 * * * *',
])('%s can be kept to', (schedule) => {
  expect(scheduleFault(schedule)).toBeUndefined()
})

it.each([
  ['nope', 'expected exactly 5 fields, found 1: [nope]'],
  ['* * * * * *', 'expected exactly 5 fields, found 6: [* * * * * *]'],
  ['TZ=UTC * * * * *', 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'],
  ['61 * * * *', 'end of range (61) above maximum (59): 61'],
  ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['* * * FOO *', 'failed to parse int from FOO: strconv.Atoi: parsing "FOO": invalid syntax'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
  ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
  ['@nope', 'unrecognized descriptor: @nope'],
  ['@every x', 'failed to parse duration @every x: time: invalid duration "x"'],
])('%s cannot, and kube-apiserver says why', (schedule, why) => {
  expect(scheduleFault(schedule)).toBe(why)
})

it('digits without end are read once', () => {
  const digits = '1'.repeat(600_000)
  expect(scheduleFault(`@every ${digits}`)).toBe(
    `failed to parse duration @every ${digits}: time: invalid duration "${digits}"`,
  )
})
