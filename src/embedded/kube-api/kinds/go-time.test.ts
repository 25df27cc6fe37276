import { describe, expect, it } from 'vitest'
import { goTimeFault, goTimeText } from './go-time.ts'

describe('a time is read as Go reads it', () => {
  it('and refused where it first does not fit', () => {
    expect(goTimeFault('yesterday', 'time')).toBe(
      'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    )
    expect(goTimeFault('2001-13-01T00:00:00Z', 'time')).toBe(
      'parsing time "2001-13-01T00:00:00Z": month out of range',
    )
    expect(goTimeFault('2001-01-01T00:00:00', 'time')).toMatch(/cannot parse "" as "Z07:00"$/)
  })

  it.each(['2023-02-29', '2024-02-30', '2024-04-31', '2024-01-32', '2024-01-00'])(
    'and refused on a day that its month lacks: %s',
    (day) => {
      for (const [time, type] of [
        ['00:00:00Z', 'time'],
        ['00:00:00.000000Z', 'microtime'],
      ] as const) {
        const text = `${day}T${time}`
        expect(goTimeFault(text, type)).toBe(`parsing time "${text}": day out of range`)
      }
      expect(goTimeFault('2024-02-29T00:00:00Z', 'time')).toBeUndefined()
    },
  )

  it('the day last of all', () => {
    expect(goTimeFault('2024-02-30T25:00:00Z', 'time')).toMatch(/: hour out of range$/)
    expect(goTimeFault('2024-02-32T00:00:00', 'time')).toMatch(/cannot parse "" as "Z07:00"$/)
  })

  it('with six digits where its type has them, and any number elsewhere', () => {
    expect(goTimeFault('2001-01-01T00:00:00Z', 'microtime')).toMatch(
      /cannot parse "Z" as ".000000"$/,
    )
    expect(goTimeFault('2001-01-01T00:00:00.123456Z', 'microtime')).toBeUndefined()
    expect(goTimeFault('2001-01-01T00:00:00.5Z', 'time')).toBeUndefined()
  })

  it('and written in UTC, with the digits of its type', () => {
    expect(goTimeText('2001-01-01T01:00:00.5+01:00', 'time')).toBe('2001-01-01T00:00:00Z')
    expect(goTimeText('2001-01-01T01:00:00.123456+01:00', 'microtime')).toBe(
      '2001-01-01T00:00:00.123456Z',
    )
    expect(goTimeText('', 'time')).toBeUndefined()
  })
})
