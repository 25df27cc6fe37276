import type { ByteString } from './byte-string.ts'
import { formatGeneral } from './float.ts'
import { GoInt, GoMap, GoNamed, type GoObject, GoSlice, type GoValue } from './value.ts'

/** `fmt.Sprintf("%v", value)`; `%+v` of the values here prints the same. */
export function printValue(value: GoValue): ByteString {
  if (value === null) return '<nil>'
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return formatGeneral(value)
    case 'boolean':
      return String(value)
    default:
      return printComposite(value)
  }
}

function printComposite(value: GoInt | GoMap | GoSlice | GoObject | GoNamed): ByteString {
  if (value instanceof GoInt) return value.value.toString()
  if (value instanceof GoMap) {
    const entry = (key: ByteString): ByteString =>
      `${key}:${printValue(value.entries.get(key) ?? null)}`
    return `map[${value.sortedKeys().map(entry).join(' ')}]`
  }
  if (value instanceof GoSlice) return `[${value.items.map(printValue).join(' ')}]`
  if (value.text !== undefined) return value.text()
  if (value instanceof GoNamed) return printValue(value.base)
  const fields = [...value.fields.values()].map(printValue).join(' ')
  return `${value.type.kind === 'ptr' ? '&' : ''}{${fields}}`
}
