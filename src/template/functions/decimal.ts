import { formatPlain } from '#go'

import { FunctionError } from '../template-fault.ts'

/** A decimal: digits × 10^-scale. sprig computes with these, so 0.1 + 0.2 is 0.3. */
interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

function decimalOf(value: number): Decimal {
  if (!Number.isFinite(value)) throw new FunctionError('cannot create a Decimal from NaN or Inf')
  const [whole = '0', fraction = ''] = formatPlain(value).split('.')
  return {
    digits: BigInt(whole.replace('-', '') + fraction) * (value < 0 ? -1n : 1n),
    scale: fraction.length,
  }
}

function scaled(value: Decimal, scale: number): bigint {
  return value.digits * 10n ** BigInt(scale - value.scale)
}

function plus(a: Decimal, b: Decimal, sign: 1n | -1n): Decimal {
  const scale = Math.max(a.scale, b.scale)
  return { digits: scaled(a, scale) + sign * scaled(b, scale), scale }
}

const places = 16

function divided(a: Decimal, b: Decimal): Decimal {
  if (b.digits === 0n) throw new FunctionError('decimal division by 0')
  const shift = places + b.scale - a.scale
  const over = shift >= 0 ? a.digits * 10n ** BigInt(shift) : a.digits
  const under = shift >= 0 ? b.digits : b.digits * 10n ** BigInt(-shift)
  const [whole, rest] = [over / under, over % under]
  const isHalf = 2n * (rest < 0n ? -rest : rest) >= (under < 0n ? -under : under)
  const away = over < 0n === under < 0n ? 1n : -1n
  return { digits: isHalf ? whole + away : whole, scale: places }
}

/** Computes left to right over floats, in decimal. @throws FunctionError for a division by zero. */
export function decimalResult(
  op: '+' | '-' | '*' | '/',
  first: number,
  rest: readonly number[],
): number {
  let result = decimalOf(first)
  for (const value of rest) {
    const next = decimalOf(value)
    if (op === '+') result = plus(result, next, 1n)
    else if (op === '-') result = plus(result, next, -1n)
    else if (op === '*') {
      result = { digits: result.digits * next.digits, scale: result.scale + next.scale }
    } else result = divided(result, next)
  }
  return Number(`${result.digits}e${-result.scale}`)
}
