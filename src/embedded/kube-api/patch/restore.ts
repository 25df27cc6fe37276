/**
 * Reads a patched object as Go's converter of untyped objects does, which strategic merge patch uses instead
 * of a JSON decoder: it has words of its own for what does not fit.
 *
 * Source: k8s.io/apimachinery pkg/runtime/converter.go
 */
import { BigNumber, fromBase64 } from '#base'
import { childShape, type ScalarType, type Shape } from '../kinds/shape.ts'
import { get, isFielded, scalarText } from '../object.ts'

/** Why the value cannot be read as the shape, in the converter's words; undefined when it can. */
export function misrestored(value: unknown, shape: Shape): string | undefined {
  if (value === null || value === undefined) return undefined
  switch (shape.kind) {
    case 'any':
      return undefined
    case 'scalar':
      return misfitScalar(value, shape.type, shape.goType)
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

function misfitScalar(
  value: unknown,
  type: ScalarType,
  goType = goTypes[type] ?? type,
): string | undefined {
  const is = goKind(value)
  if (type === 'bytes') {
    if (typeof value === 'string') {
      const wrong = whyNotBase64(value)
      return wrong === undefined ? undefined : `error decoding from json: ${wrong}`
    }
    if (is === 'slice') return undefined
    return `cannot restore slice from ${is}`
  }
  const wanted = goTypes[type]
  if (wanted === undefined) return misread(value, type)
  const isNumber = is === 'int64' || is === 'float64'
  if (wanted === 'string') {
    if (is === 'string') return undefined
    return is === 'int64' ? `cannot convert int64 to ${goType}` : 'unrecognized type: string'
  }
  if (wanted === 'bool') return is === 'bool' ? undefined : 'unrecognized type: bool'
  if (!isNumber) return `unrecognized type: ${wanted}`
  const isWhole = is === 'int64' || wanted === 'float64'
  return isWhole ? undefined : `cannot convert float64 to ${goType}`
}

// Times, quantities and the like read themselves, from JSON.
function misread(value: unknown, type: ScalarType): string | undefined {
  const is = typeof value === 'boolean' ? 'bool' : Array.isArray(value) ? 'array' : goJson(value)
  if (type === 'intstr') {
    const isEither = is === 'string' || is === 'number'
    return isEither ? undefined : `json: cannot unmarshal ${is} into Go value of type int32`
  }
  if (type !== 'time' && type !== 'microtime') return undefined
  if (is !== 'string') return `json: cannot unmarshal ${is} into Go value of type string`
  return timeFault(scalarText(value), type)
}

const layouts = {
  time: '2006-01-02T15:04:05Z07:00',
  microtime: '2006-01-02T15:04:05.000000Z07:00',
} as const

function timeFault(text: string, type: 'time' | 'microtime'): string | undefined {
  if (text === '' || /^\d{4}/.test(text)) return undefined
  const layout = layouts[type]
  return `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(text)} as "2006"`
}

function goJson(value: unknown): string {
  if (value instanceof BigNumber) return 'number'
  return isFielded(value) ? 'object' : typeof value
}

/** Why Go does not read a text as base64: the first letter that cannot be, or the end of what can be read. */
export function whyNotBase64(text: string): string | undefined {
  if (Buffer.from(text, 'base64').toString('base64') === text) return undefined
  if (fromBase64(text) !== undefined) return undefined
  const bare = text.replace(/[\r\n]/g, '')
  const wrong = bare.search(/[^A-Za-z0-9+/=]/)
  const place = wrong >= 0 ? wrong : withoutPadding(bare).length & ~3
  return `illegal base64 data at input byte ${place}`
}

function withoutPadding(text: string): string {
  let end = text.length
  while (text[end - 1] === '=') end--
  return text.slice(0, end)
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'slice'
  if (value instanceof BigNumber) return 'int64'
  if (isFielded(value)) return 'map'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return 'string'
}
