import { GoInt, GoMap, GoNamed, GoObject, GoSlice, printValue, typeOf, type GoValue } from '#go'

import { FunctionError } from './template-fault.ts'

type BasicKind = 'bool' | 'complex' | 'float' | 'int' | 'string' | 'uint' | 'invalid'

function basicKind(value: GoValue): BasicKind {
  const { kind } = typeOf(value)
  if (kind.startsWith('int') && kind !== 'interface') return 'int'
  if (kind.startsWith('uint')) return 'uint'
  if (kind.startsWith('float')) return 'float'
  if (kind.startsWith('complex')) return 'complex'
  return kind === 'bool' || kind === 'string' ? kind : 'invalid'
}

/** A value of a named type as its base. */
function plain(value: GoValue): GoValue {
  return value instanceof GoNamed ? value.base : value
}

function incompatible(a: GoValue, b: GoValue): FunctionError {
  const [left, right] = [typeOf(a).name, typeOf(b).name]
  return new FunctionError(`incompatible types for comparison: ${left} and ${right}`)
}

/** `eq a b…`: whether `a` equals any of the others. */
export function equalsAny(a: GoValue, others: readonly GoValue[]): boolean {
  if (others.length === 0) throw new FunctionError('missing argument for comparison')
  return others.some((b) => equals(a, b))
}

function equals(a: GoValue, b: GoValue): boolean {
  const kindA = basicKind(a)
  const kindB = basicKind(b)
  if (kindA !== kindB) {
    if (isWhole(kindA) && isWhole(kindB)) return wholeOf(a) === wholeOf(b)
    if (a !== null && b !== null) throw incompatible(a, b)
    return false
  }
  if (isWhole(kindA)) return wholeOf(a) === wholeOf(b)
  if (kindA !== 'invalid') return plain(a) === plain(b)
  if (a === null || b === null) return a === b
  return sameObject(a, b)
}

function incomparable(a: GoValue, b: GoValue): FunctionError {
  return new FunctionError(`non-comparable types ${typeOf(a).name}, ${typeOf(b).name}`)
}

function sameObject(a: GoValue, b: GoValue): boolean {
  if (typeOf(a).kind !== typeOf(b).kind) throw incomparable(a, b)
  const isComparable = !(a instanceof GoMap || a instanceof GoSlice)
  if (!isComparable || b instanceof GoMap || b instanceof GoSlice) {
    const nils = [a, b].filter((v) => (v instanceof GoMap || v instanceof GoSlice) && v.isNil)
    if (nils.length > 0) return nils.length === 2
    throw incomparable(a, b)
  }
  if (a === b) return true
  const areStructs = a instanceof GoObject && b instanceof GoObject && a.type.kind === 'struct'
  return areStructs && typeOf(a).name === typeOf(b).name && printValue(a) === printValue(b)
}

function isWhole(kind: BasicKind): boolean {
  return kind === 'int' || kind === 'uint'
}

function wholeOf(value: GoValue): bigint {
  const base = plain(value)
  return base instanceof GoInt ? base.value : 0n
}

/** `lt a b`. */
export function isLess(a: GoValue, b: GoValue): boolean {
  const kindA = basicKind(a)
  const kindB = basicKind(b)
  if (kindA === 'invalid' || kindB === 'invalid') {
    throw new FunctionError('invalid type for comparison')
  }
  if (isWhole(kindA) && isWhole(kindB)) return wholeOf(a) < wholeOf(b)
  if (kindA !== kindB) throw incompatible(a, b)
  if (kindA === 'bool' || kindA === 'complex') {
    throw new FunctionError('invalid type for comparison')
  }
  const [left, right] = [plain(a), plain(b)]
  if (typeof left === 'string' && typeof right === 'string') return left < right
  return typeof left === 'number' && typeof right === 'number' && left < right
}

/** Whether a value counts as true in `if`, `and`, `or`, `not`, `with`. */
export function isTrue(value: GoValue): boolean {
  if (value === null) return false
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value !== 0
  if (typeof value === 'string') return value !== ''
  if (value instanceof GoInt) return value.value !== 0n
  if (value instanceof GoMap) return value.entries.size > 0
  if (value instanceof GoSlice) return value.items.length > 0
  if (value instanceof GoNamed) {
    return value.type.kind === 'complex128' ? value.base !== '(0+0i)' : isTrue(value.base)
  }
  return true
}
