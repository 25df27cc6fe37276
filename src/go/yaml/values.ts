import { goString, goText } from '../byte-string.ts'
import { formatGeneral } from '../float.ts'
import { printf } from '../printf.ts'
import { GoInt, types } from '../value.ts'
import { YamlProblem, type Mark } from './problem.ts'
import { jsonScalar, type YamlScalar } from './scalar.ts'

/** What a document holds. */
export type YamlValue = YamlScalar | YamlMap | readonly YamlValue[]

interface Entry {
  readonly value: YamlValue
  /** Where its key stands. */
  readonly start: Mark
}

/** A map whose keys are of any type: `1` and `"1"` are two. */
export class YamlMap {
  readonly #entries = new Map<string, Entry & { readonly key: YamlScalar }>()

  has(key: YamlScalar): boolean {
    return this.#entries.has(identityOf(key))
  }

  set(key: YamlScalar, entry: Entry): void {
    this.#entries.set(identityOf(key), { ...entry, key })
  }

  entries(): IterableIterator<Entry & { readonly key: YamlScalar }> {
    return this.#entries.values()
  }
}

function identityOf(key: YamlScalar): string {
  return `${typeof key} ${String(key)}`
}

/** What YAML can say and JSON cannot. */
export class NotJson extends YamlProblem {
  constructor(mark: Mark, what: string, peerWhat: string) {
    super('decoder', mark, what, peerWhat)
  }
}

/**
 * A value as JSON: keys are texts, whole numbers beyond 2^53 keep their digits.
 *
 * @param asText Booleans and numbers as text, as reading into a map of strings has them.
 * @param infiniteAt Where the first number stands that is infinite or none.
 * @throws NotJson for a key that is null, an infinity or no number.
 */
export function jsonOf(value: YamlValue, asText: boolean, infiniteAt: Mark | undefined): unknown {
  const json = converted(value, asText)
  if (infiniteAt !== undefined) refuseInfinite(json, infiniteAt)
  return json
}

function converted(value: YamlValue, asText: boolean): unknown {
  if (Array.isArray(value)) return value.map((item: YamlValue) => converted(item, asText))
  if (!(value instanceof YamlMap)) return scalarOf(value as YamlScalar, asText)
  const object: Record<string, unknown> = {}
  for (const { key, value: entry, start } of value.entries()) {
    if (key === null || (typeof key === 'bigint' && key >= beyondInt)) {
      throw new NotJson(start, 'a key must not be null', unusableKey(key, entry))
    }
    setOwn(object, keyText(key), converted(entry, asText))
  }
  return object
}

// Beyond int64 the peer has a type that it knows no key of.
const beyondInt = 1n << 63n

function scalarOf(value: YamlScalar, asText: boolean): unknown {
  if (!asText || value === null) return jsonScalar(value)
  return typeof value === 'number' ? formatGeneral(value) : String(value)
}

function refuseInfinite(json: unknown, mark: Mark): void {
  if (typeof json === 'number' && !Number.isFinite(json)) {
    const peer = `json: unsupported value: ${formatGeneral(json)}`
    throw new NotJson(mark, 'a number that JSON cannot hold', peer)
  }
  if (typeof json !== 'object' || json === null) return
  for (const entry of Object.values(json)) refuseInfinite(entry, mark)
}

function keyText(key: YamlScalar): string {
  if (typeof key !== 'number') return String(key)
  if (Number.isNaN(key)) return '.nan'
  if (!Number.isFinite(key)) return key > 0 ? '.inf' : '-.inf'
  // Float keys pass through 32 bits in the peer's conversion to JSON.
  return formatGeneral(Number(Math.fround(key).toPrecision(8)))
}

function unusableKey(key: bigint | null, value: YamlValue): string {
  const type = key === null ? '%!s(<nil>)' : 'uint64'
  const shown = value === null ? '<nil>' : goSyntax(value)
  return `unsupported map key of type: ${type}, key: ${key === null ? '<nil>' : goSyntax(key)}, value: ${shown}`
}

/** A value as Go source writes it. */
export function goSyntax(value: YamlValue): string {
  if (value === null) return 'interface {}(nil)'
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (value instanceof YamlMap) {
    const entries = [...value.entries()]
      .map((entry) => ({ ...entry, rank: rankOf(entry.key) }))
      .sort((a, b) => (a.rank < b.rank ? -1 : 1))
      .map(({ key, value: entry }) => `${goSyntax(key)}:${goSyntax(entry)}`)
    return `map[interface {}]interface {}{${entries.join(', ')}}`
  }
  if (typeof value === 'string') return goText(printf('%#v', [goString(value)]))
  if (typeof value !== 'bigint') return printf('%#v', [value as number | boolean])
  return printf('%#v', [new GoInt(value, value < beyondInt ? types.int : types.uint64)])
}

/** Go prints keys by type, then by value. */
function rankOf(key: YamlScalar): string {
  const kind = ['object', 'string', 'bigint', 'number', 'boolean'].indexOf(typeof key)
  return `${kind} ${typeof key === 'bigint' ? key.toString().padStart(20, '0') : String(key)}`
}

/** Assigns an own property, whatever its name. */
function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') object[key] = value
  else {
    Object.defineProperty(object, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
}
