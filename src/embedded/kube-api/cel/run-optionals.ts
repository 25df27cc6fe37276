/** Functions of values that may be missing. */
import { CelError } from './cel-error.ts'
import {
  Duration,
  isMapLike,
  List,
  numeric,
  Optional,
  sizeOf,
  type Value,
  type Run,
} from './values.ts'

function isZero(value: Value): boolean {
  if (value === null || value === false) return true
  if (value instanceof Duration) return value.nanos === 0n
  // Of an object's own lists and maps nobody knows whether they are empty.
  if ((value instanceof List || isMapLike(value)) && value.isShown) return false
  return Number(numeric(value) ?? 1) === 0 || sizeOf(value) === 0
}

const present = (list: Value | undefined): Value | undefined =>
  list instanceof List
    ? new List(
        list.items.flatMap((one) =>
          one instanceof Optional && one.value !== undefined ? [one.value] : [],
        ),
      )
    : undefined

export const optionals: Readonly<Record<string, Run>> = {
  'optional.of': ([value]) => new Optional(value),
  'optional.ofNonZeroValue': ([value = null]) => new Optional(isZero(value) ? undefined : value),
  'optional.none': () => new Optional(undefined),
  'optional.unwrap': ([list]) => present(list),
  unwrapOpt: ([list]) => present(list),
  hasValue: ([of]) => (of instanceof Optional ? of.value !== undefined : undefined),
  value: ([of]) => {
    if (!(of instanceof Optional)) return undefined
    if (of.value === undefined) throw new CelError('optional.none() dereference')
    return of.value
  },
}
