import { BigNumber } from '#base'

import { decodeBase64 } from '../base64.ts'
import { goString, goText } from '../byte-string.ts'

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

/** What a tagged scalar is, or the peer's words for why its text does not fit. */
export type Tagged =
  | { readonly ok: true; readonly value: YamlScalar }
  | { readonly ok: false; readonly why: string }

const standard = 'tag:yaml.org,2002:'
const timestamp =
  /^\d{4}-\d\d?-\d\d?(?:[Tt]\d\d?:\d\d?:\d\d?(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)| \d\d?:\d\d?:\d\d?(?:\.\d+)?)?$/

/** A scalar with an explicit tag, in full; tags that are not known make a text. */
export function resolveTagged(tag: string, text: string): Tagged {
  const name = tag.startsWith(standard) ? tag.slice(standard.length) : ''
  switch (name) {
    case 'binary': {
      const decoded = decodeBase64(goString(text))
      if (decoded.ok) return { ok: true, value: goText(decoded.value) }
      return { ok: false, why: '!!binary value contains invalid base64 data' }
    }
    case 'timestamp':
      if (timestamp.test(text)) return { ok: true, value: text }
      break
    case 'int':
    case 'float':
    case 'bool':
    case 'null':
      break
    default:
      return { ok: true, value: text }
  }
  const value = resolvePlain(text)
  const type = typeName(value)
  if (type === name) return { ok: true, value }
  const isInt64 = typeof value === 'bigint' && value < 1n << 63n
  if (name === 'float' && isInt64) return { ok: true, value: Number(value) }
  return { ok: false, why: `cannot decode !!${type} \`${text}\` as a !!${name}` }
}

function typeName(value: YamlScalar): string {
  if (value === null) return 'null'
  switch (typeof value) {
    case 'bigint':
      return 'int'
    case 'number':
      return 'float'
    case 'boolean':
      return 'bool'
    default:
      return 'str'
  }
}

/** A scalar as JSON holds it; whole numbers beyond 2^53 keep their digits. */
export function jsonScalar(value: YamlScalar): null | boolean | string | number | BigNumber {
  if (typeof value !== 'bigint') return value
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : new BigNumber(value.toString())
}
