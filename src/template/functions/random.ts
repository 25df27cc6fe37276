import { FunctionError } from '../template-fault.ts'
import type { Context } from './function.ts'

/** Bytes of entropy. @throws FunctionError where rendering was not given any. */
export function randomBytes(count: number, context: Context): Uint8Array {
  const make = context.deps.randomBytes
  if (make === undefined) throw new FunctionError('randomness is not available here')
  context.charge(count)
  return make(count)
}

/** A whole number below `limit`, without bias. */
export function randomIndex(limit: number, context: Context): number {
  if (limit > 2 ** 48) return largeIndex(limit, context)
  for (;;) {
    const bytes = randomBytes(6, context)
    const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
    const fair = 2 ** 48 - (2 ** 48 % limit)
    if (number < fair) return number % limit
  }
}

function largeIndex(limit: number, context: Context): number {
  const below = BigInt(limit)
  const fair = 2n ** 80n - (2n ** 80n % below)
  for (;;) {
    const number = BigInt(`0x${Buffer.from(randomBytes(10, context)).toString('hex')}`)
    if (number < fair) return Number(number % below)
  }
}

/** Text of random characters of an alphabet of at most 256, without bias. */
export function randomText(count: number, alphabet: string, context: Context): string {
  context.charge(count)
  const fair = 256 - (256 % alphabet.length)
  const chars: string[] = []
  while (chars.length < count) {
    for (const byte of randomBytes(Math.min(count - chars.length, 4096), context)) {
      if (byte < fair) chars.push(alphabet[byte % alphabet.length] ?? '')
    }
  }
  return chars.join('')
}

/** Milliseconds since 1970. @throws FunctionError where rendering was not given a clock. */
export function nowMs(context: Context): number {
  const now = context.deps.now
  if (now === undefined) throw new FunctionError('the clock is not available here')
  return now()
}
