import type { ByteString } from '#go'

/** Compact JSON laid out with two blanks a level, as json.MarshalIndent does. */
export function prettyJson(json: ByteString): ByteString {
  let out = ''
  let depth = 0
  const line = (): string => `\n${'  '.repeat(depth)}`
  for (let i = 0; i < json.length; i++) {
    const char = json[i]!
    if (char === '"') {
      const end = stringEnd(json, i)
      out += json.slice(i, end)
      i = end - 1
    } else if (char === '{' || char === '[') {
      const close = json[i + 1]
      if (close === '}' || close === ']') {
        out += char + close
        i++
      } else {
        depth++
        out += char + line()
      }
    } else if (char === '}' || char === ']') {
      depth--
      out += line() + char
    } else if (char === ',') out += char + line()
    else out += char === ':' ? ': ' : char
  }
  return out
}

function stringEnd(json: ByteString, start: number): number {
  let i = start + 1
  while (i < json.length && json[i] !== '"') i += json[i] === '\\' ? 2 : 1
  return i + 1
}
