import { brotliDecompressSync } from 'node:zlib'

import { daysOf, utc, yearOfDay, type Zone } from './time.ts'
import { seasonAt, parseZoneRule, type Season, type ZoneRule } from './zone-rule.ts'
import { packedZones } from './zone-data.ts'

/**
 * A zone of the tz database; `undefined` for an unknown name. Names count as they are written, and
 * the data is Go's (see scripts/zone-data.ts): the runtime's own knows fewer names and other years.
 */
export function zoneNamed(name: string): Zone | undefined {
  if (name === '' || name === 'UTC' || name === 'Local') return utc
  const known = zones.get(name)
  if (known !== undefined) return known
  lines ??= unpacked()
  const line = lines.get(name)
  if (line === undefined) return undefined
  const zone = zoneOf(line)
  zones.set(name, zone)
  return zone
}

// Both are made from a constant when first asked for.
let lines: ReadonlyMap<string, string> | undefined
const zones = new Map<string, Zone>()

function unpacked(): ReadonlyMap<string, string> {
  const text = brotliDecompressSync(Buffer.from(packedZones, 'base64')).toString('latin1')
  const byName = new Map<string, string>()
  for (const line of text.split('\n')) {
    const bar = line.indexOf('|')
    for (const name of line.slice(0, bar).split(' ')) byName.set(name, line.slice(bar + 1))
  }
  return byName
}

interface Change {
  /** Seconds since 1970 from which it holds. */
  readonly from: number
  readonly season: number
}

/** Reads `offset,isSummer,name;…|seconds since the change before, season;…|rule`. */
function zoneOf(line: string): Zone {
  const [seasonTexts = '', changeTexts = '', ruleText = ''] = line.split('|')
  const seasons = seasonTexts.split(';').map((text): Season => {
    const [offset = '0', isSummer = '0', name = ''] = text.split(',')
    return { offset: Number(offset), isSummer: isSummer === '1', name }
  })
  let from = 0
  const changes = (changeTexts === '' ? [] : changeTexts.split(';')).map((text): Change => {
    const [since = '0', season = '0'] = text.split(',')
    from += Number.parseInt(since, 36)
    return { from, season: Number(season) }
  })
  const rule = parseZoneRule(ruleText)
  return (seconds) => lookUp(seasons, changes, rule, Number(seconds))
}

function lookUp(
  seasons: readonly Season[],
  changes: readonly Change[],
  rule: ZoneRule | undefined,
  seconds: number,
): Season {
  const [first] = changes
  if (first === undefined || seconds < first.from) return seasons[earliest(seasons, changes)]!
  let low = 0
  let high = changes.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (seconds < changes[middle]!.from) high = middle
    else low = middle
  }
  if (low === changes.length - 1 && rule !== undefined) {
    const days = Math.floor(seconds / 86_400)
    const year = yearOfDay(BigInt(days))
    const start = Number(daysOf(year, 1, 1)) * 86_400
    return seasonAt(rule, year, seconds - start)
  }
  return seasons[changes[low]!.season]!
}

/** Which season held before the first change: the first one, unless a change leads to it. */
function earliest(seasons: readonly Season[], changes: readonly Change[]): number {
  if (!changes.some(({ season }) => season === 0)) return 0
  const first = changes[0]!.season
  if (seasons[first]!.isSummer) {
    for (let i = first - 1; i >= 0; i--) if (!seasons[i]!.isSummer) return i
  }
  return Math.max(
    seasons.findIndex(({ isSummer }) => !isSummer),
    0,
  )
}
