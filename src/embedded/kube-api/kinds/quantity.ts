/**
 * Quantities in the one form in which Go writes them: `1000m` is `1`, `0.5Gi` is `512Mi`.
 *
 * Source: k8s.io/apimachinery pkg/api/resource (quantity.go, suffix.go)
 */
const decimals = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const binaries = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

/** A quantity as a whole number of billionths. */
interface Amount {
  readonly nanos: bigint
  readonly form: 'decimal' | 'binary' | 'exponent'
}

/** The canonical form; undefined when the text is no quantity. */
export function canonicalQuantity(text: string): string | undefined {
  const amount = parse(text)
  if (amount === undefined) return undefined
  const { nanos, form } = amount
  if (nanos === 0n) return '0'
  const isSmall = absolute(nanos) < 1024n * 10n ** 9n
  if (form === 'binary' && !isSmall && nanos % 10n ** 9n === 0n) return binary(nanos / 10n ** 9n)
  return decimal(nanos, form === 'exponent')
}

/** The quantity in billionths, for comparing; undefined when the text is none. */
export function quantityNanos(text: string): bigint | undefined {
  return parse(text)?.nanos
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value
}

function parse(text: string): Amount | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(|[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,3})$/.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', suffix = ''] = match
  // Without a digit it is nothing, as long as it says anything.
  if (text === '') return undefined
  const digits = BigInt(`${whole}${fraction}`)
  const isBinary = suffix.endsWith('i')
  const exponent = /^[eE]([+-]?\d+)$/.exec(suffix)?.[1]
  const power = exponent === undefined ? (decimals.indexOf(suffix) - 3) * 3 : Number(exponent)
  const scale = isBinary ? 1024n ** BigInt(binaries.indexOf(suffix)) : 1n
  const tens = (isBinary ? 0 : power) + 9 - fraction.length
  const scaled = digits * scale
  // What is smaller than a billionth is rounded up.
  const nanos = tens >= 0 ? scaled * 10n ** BigInt(tens) : roundUp(scaled, 10n ** BigInt(-tens))
  return {
    nanos: sign === '-' ? -nanos : nanos,
    form: isBinary ? 'binary' : exponent === undefined ? 'decimal' : 'exponent',
  }
}

function roundUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by
}

function binary(value: bigint): string {
  let [rest, step] = [value, 0]
  while (rest % 1024n === 0n && step < binaries.length - 1) {
    rest /= 1024n
    step++
  }
  return `${rest}${binaries[step] ?? ''}`
}

function decimal(nanos: bigint, isExponent: boolean): string {
  let [rest, step] = [nanos, 0]
  while (rest % 1000n === 0n && step < decimals.length - 1) {
    rest /= 1000n
    step++
  }
  const power = (step - 3) * 3
  if (isExponent) return power === 0 ? String(rest) : `${rest}e${power}`
  return `${rest}${decimals[step] ?? ''}`
}
