import { runeAt, runeCount, type ByteString } from './byte-string.ts'

/** What stands between `%` and the verb. */
export interface Flags {
  sharp: boolean
  zero: boolean
  plus: boolean
  minus: boolean
  space: boolean
  sharpV: boolean
  plusV: boolean
  width: number | undefined
  precision: number | undefined
}

/** Nothing stands there. */
export function noFlags(): Flags {
  return {
    sharp: false,
    zero: false,
    plus: false,
    minus: false,
    space: false,
    sharpV: false,
    plusV: false,
    width: undefined,
    precision: undefined,
  }
}

/** The text in its width, with blanks or zeros. */
export function pad(
  { width, minus, zero: hasZero }: Flags,
  text: ByteString,
  zero: boolean = hasZero,
): ByteString {
  if (width === undefined || width === 0) return text
  const missing = width - runeCount(text)
  if (missing <= 0) return text
  if (minus) return text + ' '.repeat(missing)
  return (zero ? '0' : ' ').repeat(missing) + text
}

/** The first characters of a text, as many as the precision says. */
export function truncated({ precision }: Flags, value: ByteString): ByteString {
  if (precision === undefined) return value
  let at = 0
  for (let i = 0; i < precision && at < value.length; i++) at += runeAt(value, at).width
  return value.slice(0, at)
}
