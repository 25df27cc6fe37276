const nanosPerUnit: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
])
const longest = 1n << 63n
/** Characters; what people write has a dozen. */
const longestText = 1_000

/**
 * Nanoseconds of a Go duration (`1h30m`, `-1.5s`, `0`), or `undefined` when it is none: as
 * time.ParseDuration reads it, overflow refused.
 */
export function parseGoNanos(text: string): bigint | undefined {
  // A definition without a schema lets anything stand where a duration should.
  if (typeof text !== 'string' || text.length > longestText) return undefined
  const isNegative = text.startsWith('-')
  let rest = /^[+-]/.test(text) ? text.slice(1) : text
  if (rest === '0') return 0n
  if (rest === '') return undefined
  let total = 0n
  while (rest !== '') {
    const part = /^(\d*)(?:\.(\d*))?([^\d.]+)/.exec(rest)
    if (part === null) return undefined
    const [whole = '', digits = '', fraction = '', unitName = ''] = part
    const unit = nanosPerUnit.get(unitName)
    if (unit === undefined || (digits === '' && fraction === '')) return undefined
    const count = BigInt(digits === '' ? 0 : digits)
    if (count > longest / unit) return undefined
    total += count * unit + fractionNanos(fraction, unit)
    if (total > longest) return undefined
    rest = rest.slice(whole.length)
  }
  if (isNegative) return -total
  return total === longest ? undefined : total
}

/** Digits behind the point in units, cut off, with the float arithmetic of Go's parser. */
function fractionNanos(digits: string, unit: bigint): bigint {
  if (digits === '') return 0n
  let value = 0n
  let scale = 1
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit)
    if (next >= longest) break
    value = next
    scale *= 10
  }
  return BigInt(Math.trunc(Number(value) * (Number(unit) / scale)))
}

/**
 * Milliseconds of a Go duration, or `undefined` when the text is none. May be negative, and
 * fractional below a millisecond.
 */
export function parseGoDuration(text: string): number | undefined {
  const nanos = parseGoNanos(text)
  return nanos === undefined ? undefined : Number(nanos) / 1e6
}

/** A duration as Go prints it: `1h0m0s`, `1.5s`, `0s`. */
export function formatGoNanos(nanos: bigint): string {
  if (nanos === 0n) return '0s'
  const size = nanos < 0n ? -nanos : nanos
  const sign = nanos < 0n ? '-' : ''
  if (size < 1_000n) return `${sign}${size}ns`
  if (size < 1_000_000n) return `${sign}${decimal(size, 3)}µs`
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 6)}ms`
  const minutes = size / 60_000_000_000n
  const seconds = `${decimal(size % 60_000_000_000n, 9)}s`
  if (minutes === 0n) return sign + seconds
  if (minutes < 60n) return `${sign}${minutes}m${seconds}`
  return `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`
}

/** {@link formatGoNanos} of milliseconds. */
export function formatGoDuration(ms: number): string {
  return formatGoNanos(BigInt(Math.round(ms * 1e6)))
}

function decimal(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, '0')
  const fraction = digits.slice(-places).replace(/0+$/, '')
  const whole = digits.slice(0, -places)
  return fraction === '' ? whole : `${whole}.${fraction}`
}
