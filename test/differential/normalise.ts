/**
 * Takes out of an answer what two servers cannot have in common, and keeps how it hangs together: which
 * uid is the same as which, which version is newer.
 */
import { isList, isMap, type Json, type JsonMap } from './grammar.ts'

const uidText = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** What each namespace is given by the server's own controllers. */
const furniture: ReadonlySet<Json> = new Set(['kube-root-ca.crt', 'default'])

export class Normaliser {
  readonly #uids = new Map<string, string>()
  readonly #generated = new Map<string, string>()
  readonly #versions = new Map<number, string>()

  /** `actual` is a name that the server made up; it is shown as `shown`. */
  names(actual: string, shown: string): void {
    this.#generated.set(actual, shown)
  }

  value(value: Json): Json {
    return this.#value(value, '', false)
  }

  text(text: string): string {
    let result = text
      .replace(uidText, (uid) => (uid.startsWith('11111111-') ? uid : told(this.#uids, uid, 'uid')))
      .replace(/\bmade-[a-z0-9]{5}\b/g, 'made-#')
      .replace(/\b10\.(?:0|96)\.\d+\.\d+/g, '«ip»')
      .replace(/:3\d{4}\/(TCP|UDP)/g, ':«port»/$1')
      .replace(/(ResourceVersion in (?:the precondition|record) \()\d+/g, '$1…')
      .replace(/(ResourceVersion in (?:precondition|object meta): )\d+/g, '$1…')
      .replace(/(current: |resource version: )\d+(?: \(\d+\))?/g, '$1…')
    for (const [actual, shown] of this.#generated) result = result.replaceAll(actual, shown)
    // The order of what is quoted there is the one thing known to differ.
    return result.replace(
      /(is invalid: patch: Invalid value: |^Invalid value: )"(?:[^"\\]|\\.)*"(?=: (?:json|strict|error|unrec|cannot|v1|Go|\w+\.))/,
      '$1"…"',
    )
  }

  #value(value: Json, key: string, inList: boolean): Json {
    if (typeof value === 'string') {
      if (key === 'resourceVersion') return this.#version(value, inList)
      if (key === 'continue' && value !== '') return '«continue»'
      // The API's own documentation is no fact of its behaviour.
      if (key === 'description') return '«any»'
      return this.text(value)
    }
    if (typeof value === 'number' && key.endsWith('odePort') && value >= 30_000) {
      return '«port»'
    }
    if (isList(value)) {
      const own = value.filter(
        (item) =>
          !(
            isMap(item) &&
            isMap(item['metadata']) &&
            furniture.has(item['metadata']['name'] ?? null)
          ),
      )
      const shown = own.map((item) => this.#value(item, '', false))
      // In the order in which Go happens to go through a map.
      return shown.every(isConflict) ? shown.toSorted(byText) : shown
    }
    if (!isMap(value)) return value
    if (isOfCustom(value)) return this.#value(inOneOrder(value), key, inList)
    const hasItems = 'items' in value || value['kind'] === 'Table' || isBookmark(value)
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        this.text(name),
        this.#value(inner, name, name === 'metadata' ? hasItems : inList && key === 'metadata'),
      ]),
    )
  }

  // Of an object: which it is, and how many are older. Of a list: how many are not newer.
  #version(text: string, inList: boolean): string {
    const version = Number(text)
    if (text === '' || Number.isNaN(version)) return text
    const older = [...this.#versions.keys()].filter((one) => one < version).length
    if (inList) return `≥${older + (this.#versions.has(version) ? 1 : 0)}`
    const held = this.#versions.get(version)
    if (held !== undefined) return held
    const token = `v${this.#versions.size + 1}@${older}`
    this.#versions.set(version, token)
    return token
  }
}

// What is wrong with a custom object is told in the order in which Go happens to go through a map.
function isOfCustom({ kind, message, details }: JsonMap): boolean {
  const group = isMap(details) ? details['group'] : ''
  const isMany = isMap(details) && isList(details['causes']) && details['causes'].length > 1
  return kind === 'Status' && message !== '…' && isMany && isCustomGroup(group)
}

function isCustomGroup(group: Json | undefined): boolean {
  return typeof group === 'string' && group.includes('.') && !group.endsWith('.k8s.io')
}

function inOneOrder(status: JsonMap): JsonMap {
  const { details } = status
  if (!isMap(details) || !isList(details['causes'])) return status
  const causes = details['causes'].toSorted(byText)
  return { ...status, message: '…', details: { ...details, causes } }
}

function isConflict(value: Json): boolean {
  return isMap(value) && value['reason'] === 'FieldManagerConflict'
}

function byText(a: Json, b: Json): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1
}

function isBookmark(value: { readonly [key: string]: Json }): boolean {
  const { metadata } = value
  return (
    isMap(metadata) && metadata['name'] === undefined && metadata['resourceVersion'] !== undefined
  )
}

function told<T>(known: Map<T, string>, value: T, what: string): string {
  const token = known.get(value) ?? `«${what} ${known.size + 1}»`
  known.set(value, token)
  return token
}

/** One place where two values differ; absent on a side: undefined. */
export interface Difference {
  readonly at: string
  readonly real: Json | undefined
  readonly ours: Json | undefined
}

export function differences(real: Json | undefined, ours: Json | undefined, at = ''): Difference[] {
  if (isMap(real) && isMap(ours)) {
    const keys = [...new Set([...Object.keys(real), ...Object.keys(ours)])]
    return keys.flatMap((key) => differences(real[key], ours[key], `${at}/${key}`))
  }
  if (isList(real) && isList(ours) && real.length === ours.length) {
    return real.flatMap((item, i) => differences(item, ours[i], `${at}/${i}`))
  }
  return JSON.stringify(real) === JSON.stringify(ours) ? [] : [{ at, real, ours }]
}
