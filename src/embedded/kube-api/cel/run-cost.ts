/**
 * What a call costs when it is made, by the sizes of what it was given.
 *
 * Source: the cost tracker of cel-go, and what Kubernetes adds for its own functions.
 */
import { isExtra, List, Optional, sizeOf, type Value } from './values.ts'

const perCharacter = 0.1
const perPatternCharacter = 0.25

/** The cost of one call. @param result What it came to; undefined when it failed. */
export function runCost(name: string, args: readonly Value[], result: Value | undefined): number {
  const [left = null, right = null] = args
  const reading = (factor = 1): number => Math.ceil(sizeIn(left) * factor * perCharacter)
  switch (name) {
    case '_==_':
    case '_!=_':
      return lesser(left, right)
    case '_<_':
    case '_<=_':
    case '_>_':
    case '_>=_':
      return isText(left) ? lesser(left, right) : 1
    case '_+_':
      return isText(left) ? Math.ceil((sizeIn(left) + sizeIn(right)) * perCharacter) : 1
    case '@in':
      return right instanceof List ? right.items.length : 1
    case 'startsWith':
    case 'endsWith':
      return Math.ceil(sizeIn(right) * perCharacter)
    case 'contains':
      return isText(left) ? reading() * Math.ceil(sizeIn(right) * perCharacter) : 1
    case 'matches':
    case 'find':
    case 'findAll':
      return (
        Math.ceil((1 + sizeIn(left)) * perCharacter) *
        Math.ceil(sizeIn(right) * perPatternCharacter)
      )
    case 'string':
      return left instanceof Uint8Array ? reading() : 1
    case 'bytes':
      return typeof left === 'string' ? reading() : 1
    case 'isSorted':
    case 'sum':
    case 'max':
    case 'min':
    case 'indexOf':
    case 'lastIndexOf':
      return traversal(left)
    case 'url':
    case 'lowerAscii':
    case 'upperAscii':
    case 'substring':
    case 'trim':
    case 'cidr':
    case 'isIP':
    case 'isCIDR':
    case 'quantity':
    case 'isQuantity':
    case 'semver':
    case 'isSemver':
    case 'format':
      return reading()
    case 'ip':
      return typeof left === 'string' ? reading() : 1
    case 'replace':
    case 'split':
    case 'ip.isCanonical':
      return reading(2)
    case 'join':
      return result === undefined ? 1 : Math.ceil(sizeIn(result) * 2 * perCharacter)
    case 'sets.contains':
    case 'sets.intersects':
      return 1 + sizeIn(left) * sizeIn(right)
    case 'sets.equivalent':
      return 1 + 2 * sizeIn(left) * sizeIn(right)
    default:
      return 1
  }
}

function sizeIn(value: Value): number {
  if (value instanceof Optional && value.value !== undefined) return sizeIn(value.value)
  return isExtra(value) ? value.size : (sizeOf(value) ?? 1)
}

function isText(value: Value): boolean {
  return typeof value === 'string' || value instanceof Uint8Array
}

function lesser(left: Value, right: Value): number {
  return Math.ceil(Math.min(sizeIn(left), sizeIn(right)) * perCharacter)
}

// All of a list is read, and the texts in it.
function traversal(value: Value): number {
  if (!(value instanceof List)) return Math.ceil(sizeIn(value) * perCharacter)
  return value.items.reduce<number>(
    (sum, one) => sum + (isText(one) ? Math.ceil(sizeIn(one) * perCharacter) : 1),
    0,
  )
}
