/** What is asked, as data that stands for itself: it can be played again, shortened and printed. */
import type { Edit } from './edits.ts'
import type { Json, JsonMap } from './grammar.ts'

/**
 * One question. In its texts `«ns»` stands for the run's namespace, `«uid KIND/NAME»` and
 * `«rv KIND/NAME»` for what the server last said of an object, `«rv0 KIND/NAME»` for what it said first,
 * `«listed»` for the version of the last list, `«continue»` for its token.
 */
export interface Step {
  /** Of HTTP, but for `WATCH`: what has happened until now, and `TICK`: until the next second has begun. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'WATCH' | 'TICK'
  readonly kind: string
  /** Absent: the collection. */
  readonly name?: string
  readonly sub?: string
  readonly query?: Readonly<Record<string, string>>
  readonly type?: string
  readonly accept?: string
  /** User-Agent. */
  readonly agent?: string
  readonly body?: Json
  /** The body is the object as this server last showed it, changed. */
  readonly edits?: readonly Edit[]
}

/** A kind that is asked about. */
export interface KindAddress {
  readonly apiVersion: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
}

export function pathOf(address: KindAddress, step: Step, name: string | undefined): string {
  const root = address.apiVersion.includes('/') ? '/apis' : '/api'
  const place = address.namespaced ? '/namespaces/«ns»' : ''
  const object = name === undefined ? '' : `/${name}`
  const sub = step.sub === undefined ? '' : `/${step.sub}`
  return `${root}/${address.apiVersion}${place}/${address.plural}${object}${sub}`
}

/** Every text in the value, keys too, turned by `turn`. */
export function withTexts(value: Json, turn: (text: string) => string): Json {
  if (typeof value === 'string') return turn(value)
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => withTexts(item, turn))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value as JsonMap).map(([key, inner]) => [turn(key), withTexts(inner, turn)]),
  )
}
