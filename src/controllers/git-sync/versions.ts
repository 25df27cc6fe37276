import { Fault } from '#base'
import { compareVersions, inRange, parseRange, parseVersion, type Version } from '#go'

/** Of a range, as of a tag: to read one takes the square of its length. */
const maxLength = 256

/**
 * The tag whose version is the newest in a range. Tags that are no whole versions, or longer than a range
 * may be, are passed over; a pre-release counts only where the range names one. Of versions that differ in nothing but
 * build metadata the greater metadata wins, its numbers counted as numbers: the peer takes the younger
 * commit, which a list of references does not tell.
 *
 * @throws Fault InvalidSpec when `range` is none, or too long.
 */
export function newestInRange(range: string, tags: readonly string[]): string | undefined {
  if (range.length > maxLength) {
    throw new Fault('InvalidSpec', `the range has more than ${maxLength} characters`, {
      at: 'spec.ref.semver',
      hint: 'name fewer alternatives',
    })
  }
  const parsed = parseRange(range)
  if (parsed === undefined) {
    const message = `semver parse error: improper constraint: ${JSON.stringify(range.slice(0, 100))}`
    throw new Fault('InvalidSpec', message, {
      at: 'spec.ref.semver',
      hint: 'as in ">=1.0.0 <2.0.0", "1.2.x", "~1.2.0" or "^1"',
    })
  }
  let newest: Version | undefined
  for (const tag of tags) {
    const version = wholeVersion(tag)
    if (version === undefined || !inRange(version, parsed)) continue
    if (newest === undefined || order(version, newest) > 0) newest = version
  }
  return newest?.original
}

const whole = /^v?(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:[-+]|$)/

function wholeVersion(tag: string): Version | undefined {
  return tag.length <= maxLength && whole.test(tag) ? parseVersion(tag) : undefined
}

function order(a: Version, b: Version): number {
  const way = compareVersions(a, b)
  if (way !== 0) return way
  return a.metadata.localeCompare(b.metadata, 'en', { numeric: true })
}
