import { builtinKinds } from './builtin.ts'
import { apiVersionOf, type Kind } from './kind.ts'

export interface ServedGroup {
  readonly name: string
  /** Preferred first. */
  readonly versions: readonly string[]
}

/** Every kind that is served now. Custom kinds come and go with their definitions. */
export class Kinds {
  readonly #builtin = new Map<string, Kind>()
  #custom = new Map<string, Kind>()
  #groups: ServedGroup[] | undefined
  /** Counts changes; what is computed from the kinds is valid for one generation. */
  generation = 0

  constructor() {
    for (const kind of builtinKinds()) this.#builtin.set(keyOf(kind), kind)
  }

  find(group: string, version: string, plural: string): Kind | undefined {
    const key = `${group}/${version}/${plural}`
    return this.#builtin.get(key) ?? this.#custom.get(key)
  }

  /** The kind that an object of this apiVersion and kind belongs to. */
  byKind(apiVersion: string, kind: string): Kind | undefined {
    for (const one of this.all()) {
      if (one.kind === kind && apiVersionOf(one) === apiVersion) return one
    }
    return undefined
  }

  /** The kind in its preferred version. */
  byGroupResource(group: string, plural: string): Kind | undefined {
    for (const one of this.all()) if (one.group === group && one.plural === plural) return one
    return undefined
  }

  *all(): Generator<Kind> {
    yield* this.#builtin.values()
    yield* this.#custom.values()
  }

  /** Kinds of one group and version. */
  in(group: string, version: string): Kind[] {
    return [...this.all()].filter((kind) => kind.group === group && kind.version === version)
  }

  /** Groups other than the core one. */
  groups(): readonly ServedGroup[] {
    if (this.#groups === undefined) {
      const versions = new Map<string, string[]>()
      for (const { group, version } of this.all()) {
        if (group === '') continue
        const list = versions.get(group) ?? []
        if (!list.includes(version)) list.push(version)
        versions.set(group, list)
      }
      this.#groups = [...versions].map(([name, list]) => ({
        name,
        versions: this.isBuiltin(name) ? list : list.sort(byVersionPriority),
      }))
    }
    return this.#groups
  }

  /** Whether the server has the group of itself. */
  isBuiltin(name: string): boolean {
    for (const kind of this.#builtin.values()) if (kind.group === name) return true
    return false
  }

  hasGroup(group: string): boolean {
    return group === '' || this.groups().some(({ name }) => name === group)
  }

  hasVersion(group: string, version: string): boolean {
    if (group === '') return version === 'v1'
    return this.groups().some(({ name, versions }) => name === group && versions.includes(version))
  }

  /** Replaces the custom kinds of one definition. */
  setCustom(definition: string, kinds: readonly Kind[]): void {
    const next = new Map<string, Kind>()
    for (const [key, kind] of this.#custom) {
      if (kind.custom?.definition !== definition) next.set(key, kind)
    }
    if (kinds.length === 0 && next.size === this.#custom.size) return
    for (const kind of kinds) next.set(keyOf(kind), kind)
    this.#custom = new Map([...next].sort(([a], [b]) => (a < b ? -1 : 1)))
    this.#groups = undefined
    this.generation++
  }
}

function keyOf(kind: Kind): string {
  return `${kind.group}/${kind.version}/${kind.plural}`
}

/** Kubernetes' order of versions: v10, v2, v1, v1beta2, v1beta1, v1alpha1, then other words. */
export function byVersionPriority(a: string, b: string): number {
  const [x, y] = [rank(a), rank(b)]
  for (let i = 0; i < 3; i++) {
    const difference = (y[i] ?? 0) - (x[i] ?? 0)
    if (difference !== 0) return difference
  }
  return a < b ? -1 : a > b ? 1 : 0
}

function rank(version: string): number[] {
  const parts = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version)
  if (parts === null) return [0, 0, 0]
  const level = parts[2] === undefined ? 3 : parts[2] === 'beta' ? 2 : 1
  return [level, Number(parts[1]), Number(parts[3] ?? 0)]
}
