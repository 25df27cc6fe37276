import { GoSlice, int, int64, sliceOf, types, type GoInt, type GoValue } from '#go'

import { FunctionError } from '../template-fault.ts'
import { atoi, fromOctal, toFloat, toInt64 } from './cast.ts'
import { decimalResult } from './decimal.ts'
import type { Args, Context, Family } from './function.ts'
import { randomIndex } from './random.ts'

/** sprig's functions on numbers. */
export const numberFunctions: Family = {
  int: (args) => int(toInt64(args.any(0))),
  int64: (args) => int64(toInt64(args.any(0))),
  float64: (args) => toFloat(args.any(0)),
  toDecimal: (args) => fromOctal(args.any(0)),
  atoi: (args) => int(atoi(args.string(0))),
  floor: (args) => Math.floor(toFloat(args.any(0))),
  ceil: (args) => Math.ceil(toFloat(args.any(0))),
  round: (args) => round(toFloat(args.any(0)), args.int(1), args.length > 2 ? args.float(2) : 0.5),
  add: (args) => fold(args.values, (a, b) => a + b, 0n),
  add1: (args) => int64(toInt64(args.any(0)) + 1n),
  sub: (args) => int64(toInt64(args.any(0)) - toInt64(args.any(1))),
  mul: (args) => fold(args.rest(1), (a, b) => a * b, toInt64(args.any(0))),
  div: (args) => int64(toInt64(args.any(0)) / divisor(args)),
  mod: (args) => int64(toInt64(args.any(0)) % divisor(args)),
  max: (args) => fold(args.rest(1), (a, b) => (b > a ? b : a), toInt64(args.any(0))),
  biggest: (args) => fold(args.rest(1), (a, b) => (b > a ? b : a), toInt64(args.any(0))),
  min: (args) => fold(args.rest(1), (a, b) => (b < a ? b : a), toInt64(args.any(0))),
  addf: (args) => decimalResult('+', 0, args.values.map(toFloat)),
  add1f: (args) => decimalResult('+', toFloat(args.any(0)), [1]),
  subf: (args) => decimalResult('-', toFloat(args.any(0)), args.rest(1).map(toFloat)),
  mulf: (args) => decimalResult('*', toFloat(args.any(0)), args.rest(1).map(toFloat)),
  divf: (args) => decimalResult('/', toFloat(args.any(0)), args.rest(1).map(toFloat)),
  maxf: (args) => Math.max(...args.values.map(toFloat)),
  minf: (args) => Math.min(...args.values.map(toFloat)),
  until: (args, context) => {
    const count = args.int(0)
    return intList(steps(0, count, count < 0 ? -1 : 1, context))
  },
  untilStep: (args, context) => intList(steps(args.int(0), args.int(1), args.int(2), context)),
  seq: (args, context) => seq(args, context).join(' '),
  randInt: (args, context) => {
    const span = args.int(1) - args.int(0)
    if (span <= 0) throw new FunctionError('invalid argument to Intn')
    return int(args.int(0) + randomIndex(span, context))
  },
}

function fold(
  values: readonly GoValue[],
  join: (a: bigint, b: bigint) => bigint,
  start: bigint,
): GoInt {
  let result = start
  for (const value of values) result = BigInt.asIntN(64, join(result, toInt64(value)))
  return int64(result)
}

function divisor(args: Args): bigint {
  const value = toInt64(args.any(1))
  if (value === 0n) throw new FunctionError('integer divide by zero')
  return value
}

/** Up when the part behind the place reaches `on`, else down: so -2.4 becomes -3. */
function round(value: number, places: number, on: number): number {
  const power = 10 ** places
  const digit = power * value
  const rest = digit - Math.trunc(digit)
  return (rest >= on ? Math.ceil(digit) : Math.floor(digit)) / power
}

function steps(start: number, stop: number, step: number, context: Context): number[] {
  const isDown = stop < start
  if (isDown ? step >= 0 : step <= 0) return []
  const count = Math.ceil((stop - start) / step)
  context.charge(count * 16)
  return Array.from({ length: count }, (_, i) => start + i * step)
}

function intList(values: readonly number[]): GoSlice {
  return new GoSlice(sliceOf(types.int), values.map(int))
}

function seq(args: Args, context: Context): number[] {
  const given = args.values.map((_, i) => args.int(i))
  const [first = 0, second = 0, third = 0] = given
  if (given.length === 1) return between(1, first, undefined, context)
  if (given.length === 2) return between(first, second, undefined, context)
  return given.length === 3 ? between(first, third, second, context) : []
}

function between(start: number, end: number, step: number | undefined, context: Context): number[] {
  const way = end < start ? -1 : 1
  if (step !== undefined && way < 0 && step > 0) return []
  return steps(start, end + way, step ?? way, context)
}
