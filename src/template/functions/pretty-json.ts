import type { ByteString } from '#go'

import type { Context } from './function.ts'

/** Compact JSON laid out with two blanks a level, as json.MarshalIndent does. */
export function prettyJson(json: ByteString, context: Context): ByteString {
  const out: ByteString[] = []
  let depth = 0
  const line = (): string => {
    // A long list deep inside is mostly blanks.
    context.spend(2 * depth)
    return `\n${'  '.repeat(depth)}`
  }
  for (let i = 0; i < json.length; i++) {
    const char = json[i]!
    if (char === '"') {
      const end = stringEnd(json, i)
      out.push(json.slice(i, end))
      i = end - 1
    } else if (char === '{' || char === '[') {
      const close = json[i + 1]
      if (close === '}' || close === ']') {
        out.push(char + close)
        i++
      } else {
        depth++
        out.push(char + line())
      }
    } else if (char === '}' || char === ']') {
      depth--
      out.push(line() + char)
    } else if (char === ',') out.push(char + line())
    else out.push(char === ':' ? ': ' : char)
  }
  return out.join('')
}

function stringEnd(json: ByteString, start: number): number {
  let i = start + 1
  while (i < json.length && json[i] !== '"') i += json[i] === '\\' ? 2 : 1
  return i + 1
}
