import { describe, expect, it } from 'vitest'

import { formatTime } from './time.ts'
import { zoneNamed } from './time-zone.ts'

// Asked of Go's time package with its own zone data (2025c).
const moments: readonly (readonly [string, number, string])[] = [
  ['Asia/Tokyo', 0, '1970-01-01 09:00:00 JST +0900'],
  ['Europe/Moscow', 0, '1970-01-01 03:00:00 MSK +0300'],
  ['Europe/Dublin', 1_593_561_600, '2020-07-01 01:00:00 IST +0100'],
  ['Europe/Dublin', 4_102_444_800, '2100-01-01 00:00:00 GMT +0000'],
  ['Africa/Casablanca', 1_900_000_000, '2030-03-17 18:46:40 +01 +0100'],
  ['Africa/Casablanca', 253_402_300_800, '10000-01-01 01:00:00 +01 +0100'],
  ['Australia/Lord_Howe', -1, '1970-01-01 09:59:59 AEST +1000'],
  ['Antarctica/Troll', 1_593_561_600, '2020-07-01 02:00:00 +02 +0200'],
  ['America/New_York', 4_102_444_800, '2099-12-31 19:00:00 EST -0500'],
  ['America/New_York', -5_000_000_000, '1811-07-23 10:10:38 LMT -0456'],
  ['Europe/Berlin', 1_711_846_799, '2024-03-31 01:59:59 CET +0100'],
  ['Europe/Berlin', 1_711_846_800, '2024-03-31 03:00:00 CEST +0200'],
]

describe('zones by name', () => {
  it.each(moments)('show what Go shows in %s at %i', (name, seconds, shown) => {
    const zone = zoneNamed(name)
    expect(zone).toBeDefined()
    const moment = { nanos: BigInt(seconds) * 1_000_000_000n, zone: zone! }
    expect(formatTime(moment, '2006-01-02 15:04:05 MST -0700')).toBe(shown)
  })

  it.each(['europe/berlin', 'utc', 'Nowhere/X', '../UTC', '__proto__', 'constructor'])(
    'do not exist as %s',
    (name) => expect(zoneNamed(name)).toBeUndefined(),
  )
})
