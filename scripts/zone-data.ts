/**
 * `node scripts/zone-data.ts FOLDER`: packs compiled time zones (TZif files, as `zic` writes them and
 * Go ships them in lib/time/zoneinfo.zip) into src/template/functions/zone-data.ts.
 *
 * Templates show zones by the names that the peer's engine shows; the runtime's own data has no
 * name for most of them and changes with the runtime.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'

const folder = process.argv[2]
if (folder === undefined) throw new Error('Usage: node scripts/zone-data.ts FOLDER')

const namesByZone = new Map<string, string[]>()
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue
  const path = join(entry.parentPath, entry.name)
  const bytes = readFileSync(path)
  if (bytes.toString('latin1', 0, 4) !== 'TZif') continue
  const zone = packed(bytes)
  const name = path.slice(join(folder, '/').length)
  namesByZone.set(zone, [...(namesByZone.get(zone) ?? []), name])
}
const lines = [...namesByZone].map(([zone, names]) => `${names.sort().join(' ')}|${zone}`).sort()
const text = brotliCompressSync(lines.join('\n'), {
  params: { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: 400_000 },
}).toString('base64')
const rows = text.match(/.{1,96}/g) ?? []
writeFileSync(
  new URL('../src/template/functions/zone-data.ts', import.meta.url),
  `/**
 * The time zones of the tz database (public domain), packed by scripts/zone-data.ts: brotli of one
 * line a zone, in base64. See time-zone.ts for what a line holds.
 */
export const packedZones: string = [
${rows.map((row) => `  '${row}',`).join('\n')}
].join('')
`,
)

/** `offset,isSummer,name;…|seconds since the transition before, and type, in base 36;…|rule`. */
function packed(bytes: Buffer): string {
  // Behind the block with 32-bit times stands one with 64 bits, and behind that the rule.
  const first = sizesAt(bytes, 0)
  const start = 44 + blockLength(first, 4)
  const { times, types, names } = sizesAt(bytes, start)
  let at = start + 44
  const moments = Array.from({ length: times }, (_, i) => Number(bytes.readBigInt64BE(at + i * 8)))
  at += times * 8
  const kinds = Array.from({ length: times }, (_, i) => bytes.readUInt8(at + i))
  at += times
  const words = bytes.toString('latin1', at + types * 6, at + types * 6 + names)
  const zones = Array.from({ length: types }, (_, i) => {
    const offset = bytes.readInt32BE(at + i * 6)
    const isSummer = bytes.readUInt8(at + i * 6 + 4)
    const name = words.slice(bytes.readUInt8(at + i * 6 + 5)).split('\0', 1)[0]
    return `${offset},${isSummer},${name}`
  })
  const changes = moments.map((moment, i) => {
    const since = moment - (moments[i - 1] ?? 0)
    return `${since.toString(36)},${kinds[i]}`
  })
  const rule = bytes.toString('latin1', start + 44 + blockLength(sizesAt(bytes, start), 8)).trim()
  return `${zones.join(';')}|${changes.join(';')}|${rule}`
}

function sizesAt(bytes: Buffer, at: number): Sizes {
  const [utc, standard, leaps, times, types, names] = Array.from({ length: 6 }, (_, i) =>
    bytes.readUInt32BE(at + 20 + i * 4),
  )
  return {
    utc: utc!,
    standard: standard!,
    leaps: leaps!,
    times: times!,
    types: types!,
    names: names!,
  }
}

interface Sizes {
  readonly utc: number
  readonly standard: number
  readonly leaps: number
  readonly times: number
  readonly types: number
  readonly names: number
}

function blockLength({ utc, standard, leaps, times, types, names }: Sizes, width: number): number {
  return times * (width + 1) + types * 6 + names + leaps * (width + 4) + standard + utc
}
