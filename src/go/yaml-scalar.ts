import { BigNumber } from '#base'

import { decodeBase64 } from './base64.ts'
import { goText } from './byte-string.ts'

const words: ReadonlyMap<string, null | boolean | number> = new Map(
  (
    [
      [['', '~', 'null', 'Null', 'NULL'], null],
      [['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'], true],
      [['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'], false],
      [['.nan', '.NaN', '.NAN'], NaN],
      [['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'], Infinity],
      [['-.inf', '-.Inf', '-.INF'], -Infinity],
    ] as const
  ).flatMap(([texts, value]) => texts.map((text) => [text, value] as const)),
)

/** A whole number that is kept exact, or a float. */
export type YamlNumber = bigint | number

/** What a plain scalar can be. */
export type YamlScalar = null | boolean | string | YamlNumber

const decimalFloat = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/

/** A plain scalar by the rules of YAML 1.1 as Kubernetes' parser has them. */
export function resolvePlain(text: string): YamlScalar {
  const word = words.get(text)
  if (word !== undefined || text === '') return word ?? null
  if (text.startsWith('.')) return floatOf(text) ?? text
  if (!/^[-+\d]/.test(text)) return text
  const digits = text.replaceAll('_', '')
  return wholeOf(digits) ?? floatOf(digits) ?? text
}

/** strconv.ParseInt and ParseUint with base 0. */
function wholeOf(text: string): bigint | undefined {
  const [, sign = '', body = ''] = /^([-+]?)(.*)$/.exec(text) ?? []
  const octal = /^0[oO]?([0-7]+)$/.exec(body)?.[1]
  const isWhole = octal !== undefined || /^(0|[1-9]\d*|0[xX][\da-fA-F]+|0[bB][01]+)$/.test(body)
  if (!isWhole) return undefined
  const size = BigInt(octal === undefined ? body.toLowerCase() : `0o${octal}`)
  const value = sign === '-' ? -size : size
  return value < -(1n << 63n) || value >= 1n << 64n ? undefined : value
}

function floatOf(text: string): number | undefined {
  if (!decimalFloat.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** A scalar with an explicit tag; `undefined` when the text does not fit the tag. */
export function resolveTagged(tag: string, text: string, isPlain: boolean): YamlScalar | undefined {
  switch (tag.replace('tag:yaml.org,2002:', '')) {
    case 'binary': {
      const decoded = decodeBase64(text)
      return decoded.ok ? goText(decoded.value) : undefined
    }
    case 'int': {
      const value = resolvePlain(text)
      return typeof value === 'bigint' ? value : undefined
    }
    case 'float': {
      const value = resolvePlain(text)
      if (typeof value === 'number') return value
      return typeof value === 'bigint' ? Number(value) : undefined
    }
    case 'bool':
    case 'null': {
      const value = resolvePlain(text)
      return typeof value === 'boolean' || value === null ? value : undefined
    }
    default:
      void isPlain
      return text
  }
}

/** A scalar as JSON holds it; whole numbers beyond 2^53 keep their digits. */
export function jsonScalar(value: YamlScalar): null | boolean | string | number | BigNumber {
  if (typeof value !== 'bigint') return value
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : new BigNumber(value.toString())
}
