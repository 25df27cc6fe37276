import { utc, type Zone } from './time.ts'

// No one locale has names for all zones; these have them for their own parts of the world.
const locales = ['en-US', 'en-GB', 'en-IE', 'en-AU', 'en-NZ', 'en-IN', 'en-ZA'] as const

// The runtime names offsets of long ago and far ahead by number; the same offset of a winter and a
// summer of our days (January and July 2024) has the name that was meant.
const recent = [1_704_067_200_000, 1_719_792_000_000] as const

// The tz database gives Lord Howe Island numbers only.
const isName = /^(?!LH[DS]T)[A-Z]{3,5}$/

/** A zone of the tz database; `undefined` for an unknown name. Its data is the runtime's own. */
export function zoneNamed(name: string): Zone | undefined {
  if (name === '' || name === 'UTC' || name === 'Local') return utc
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(name)) return undefined
  try {
    const offsets = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
    const names = locales.map(
      (locale) => new Intl.DateTimeFormat(locale, { timeZone: name, timeZoneName: 'short' }),
    )
    const nameAt = (ms: number): string | undefined =>
      names.map((format) => part(format, ms)).find((text) => isName.test(text))
    return (seconds) => {
      const ms = Number(seconds) * 1000
      const offset = offsetOf(part(offsets, ms))
      const alike = [ms, ...recent].filter((other) => offsetOf(part(offsets, other)) === offset)
      const found = alike.map(nameAt).find((name) => name !== undefined)
      const isKnown = found !== undefined && (found !== 'GMT' || offset === 0)
      return { offset, name: isKnown ? found : numeric(offset) }
    }
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined
    throw thrown
  }
}

function part(format: Intl.DateTimeFormat, ms: number): string {
  return format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? ''
}

function offsetOf(text: string): number {
  const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] =
    /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) ?? []
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  return sign === '-' ? -size : size
}

function numeric(offset: number): string {
  const size = Math.abs(offset)
  const hours = String(Math.floor(size / 3600)).padStart(2, '0')
  const minutes = Math.floor(size / 60) % 60
  return `${offset < 0 ? '-' : '+'}${hours}${minutes === 0 ? '' : String(minutes).padStart(2, '0')}`
}
