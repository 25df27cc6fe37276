/** Amounts as Kubernetes writes them. */
import { quantityNanos } from '../kinds/quantity.ts'
import { CelError } from './cel-error.ts'
import type { Extra, Value, Run } from './values.ts'

const nano = 1_000_000_000n

class Quantity implements Extra {
  readonly isExtra = true
  readonly typeName = 'kubernetes.Quantity'
  readonly size = 1
  readonly nanos: bigint
  /** Parts of binary units are held in a way that no integer is read from. */
  readonly isBroken: boolean

  constructor(nanos: bigint, isBroken: boolean) {
    this.nanos = nanos
    this.isBroken = isBroken
  }

  equals(other: Extra): boolean {
    return other instanceof Quantity && other.nanos === this.nanos
  }

  text(): undefined {
    return undefined
  }
}

// What has more than a thousand digits is as large, or as small, as can be.
function nanosOf(text: string): bigint | undefined {
  return quantityNanos(text.replace(/^([-+]?[\d.]+[eE][-+]?)\d{4,}$/, '$1999'))
}

function quantityOf(text: string): Quantity {
  const nanos = nanosOf(text)
  if (nanos !== undefined) return new Quantity(nanos, /\.\d+[KMGTPE]i$/.test(text))
  throw new CelError(
    /^[+-]?[0-9.]+[eEinumkKMGTP]*[-+]?[0-9]*$/.test(text)
      ? "unable to parse quantity's suffix"
      : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  )
}

const of =
  (work: (quantity: Quantity) => Value): Run =>
  ([quantity]) =>
    quantity instanceof Quantity ? work(quantity) : undefined

const compared =
  (work: (order: bigint) => Value): Run =>
  ([a, b]) =>
    a instanceof Quantity && b instanceof Quantity ? work(orderOf(a.nanos, b.nanos)) : undefined

function orderOf(a: bigint, b: bigint): bigint {
  return a < b ? -1n : a > b ? 1n : 0n
}

function moved(sign: bigint): Run {
  return ([a, b]) => {
    if (!(a instanceof Quantity)) return undefined
    const nanos = b instanceof Quantity ? b.nanos : typeof b === 'bigint' ? b * nano : undefined
    if (nanos === undefined) return undefined
    const isBroken = a.isBroken || (b instanceof Quantity && b.isBroken)
    return new Quantity(a.nanos + sign * nanos, isBroken)
  }
}

function isInteger({ nanos, isBroken }: Quantity): boolean {
  if (isBroken) return false
  const whole = nanos / nano
  return nanos % nano === 0n && BigInt.asIntN(64, whole) === whole
}

export const quantities: Readonly<Record<string, Run>> = {
  quantity: ([text]) => (typeof text === 'string' ? quantityOf(text) : undefined),
  isQuantity: ([text]) => (typeof text === 'string' ? nanosOf(text) !== undefined : undefined),
  sign: of(({ nanos }) => orderOf(nanos, 0n)),
  isInteger: of(isInteger),
  asInteger: of((quantity) => {
    if (!isInteger(quantity)) throw new CelError('cannot convert value to integer')
    return quantity.nanos / nano
  }),
  asApproximateFloat: of(({ nanos }) => Number(nanos) / 1e9),
  isGreaterThan: compared((found) => found > 0n),
  isLessThan: compared((found) => found < 0n),
  compareTo: compared((found) => found),
  add: moved(1n),
  sub: moved(-1n),
}
