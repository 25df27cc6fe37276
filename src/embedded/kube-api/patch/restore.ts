/**
 * Reads a patched object as Go's converter of untyped objects does, which strategic merge patch uses instead
 * of a JSON decoder: it has words of its own for what does not fit.
 *
 * Source: k8s.io/apimachinery pkg/runtime/converter.go
 */
import { BigNumber } from '#base'
import { childShape, type ScalarType, type Shape } from '../kinds/shape.ts'
import { get, isFielded } from '../object.ts'

/** Why the value cannot be read as the shape, in the converter's words; undefined when it can. */
export function misrestored(value: unknown, shape: Shape): string | undefined {
  if (value === null || value === undefined) return undefined
  switch (shape.kind) {
    case 'any':
      return undefined
    case 'scalar':
      return misfitScalar(value, shape.type)
    case 'list':
      if (!Array.isArray(value)) return `cannot restore slice from ${goKind(value)}`
      return firstOf(value, (item) => misrestored(item, shape.element()))
    case 'map':
      if (!isFielded(value)) return `cannot restore map from ${goKind(value)}`
      return firstOf(Object.keys(value), (key) => misrestored(get(value, key), shape.element()))
    case 'struct':
      if (!isFielded(value)) return `cannot restore struct from: ${goKind(value)}`
      return firstOf(Object.keys(value), (key) => {
        const inner = childShape(shape, key)
        return inner === undefined ? undefined : misrestored(get(value, key), inner())
      })
  }
}

function firstOf<T>(
  items: readonly T[],
  fault: (item: T) => string | undefined,
): string | undefined {
  for (const item of items) {
    const found = fault(item)
    if (found !== undefined) return found
  }
  return undefined
}

const goTypes: Readonly<Partial<Record<ScalarType, string>>> = {
  string: 'string',
  int32: 'int32',
  int64: 'int64',
  double: 'float64',
  bool: 'bool',
}

function misfitScalar(value: unknown, type: ScalarType): string | undefined {
  const is = goKind(value)
  if (type === 'bytes') {
    if (is === 'string' || is === 'slice') return undefined
    return `cannot restore slice from ${is}`
  }
  const wanted = goTypes[type]
  // Times, quantities and the like read themselves.
  if (wanted === undefined) return undefined
  const isNumber = is === 'int64' || is === 'float64'
  if (wanted === 'string') {
    if (is === 'string') return undefined
    return is === 'int64' ? 'cannot convert int64 to string' : 'unrecognized type: string'
  }
  if (wanted === 'bool') return is === 'bool' ? undefined : 'unrecognized type: bool'
  if (!isNumber) return `unrecognized type: ${wanted}`
  const isWhole = is === 'int64' || wanted === 'float64'
  return isWhole ? undefined : `cannot convert float64 to ${wanted}`
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'slice'
  if (value instanceof BigNumber) return 'int64'
  if (isFielded(value)) return 'map'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return 'string'
}
