import type { Fields } from '../object.ts'

/**
 * A set of paths in an object, as `managedFields` records them.
 *
 * Path elements are written as in FieldsV1: `f:name` a field, `k:{…}` a list item by its keys,
 * `v:…` an item of a set by its value, `i:n` an item by its place.
 */
export class FieldSet {
  readonly members: Set<string> = new Set()
  readonly children: Map<string, FieldSet> = new Map()

  static readonly empty: FieldSet = new FieldSet()

  /** Reads FieldsV1; what is no object is taken as empty. */
  static parse(fields: Fields | undefined): FieldSet {
    const set = new FieldSet()
    if (fields === undefined || fields === null || typeof fields !== 'object') return set
    for (const [element, inner] of Object.entries(fields)) {
      if (element === '.') continue
      const keys = Object.keys(inner ?? {})
      if (keys.length === 0 || keys.includes('.')) set.members.add(element)
      if (keys.some((key) => key !== '.')) set.children.set(element, FieldSet.parse(inner))
    }
    return set
  }

  /** As FieldsV1, elements in order. */
  toFields(): Fields {
    const elements = [...new Set([...this.members, ...this.children.keys()])].sort(byElement)
    const result: Fields = {}
    for (const element of elements) {
      const child = this.children.get(element)
      if (child === undefined || child.isEmpty()) {
        if (this.members.has(element)) result[element] = {}
      } else {
        result[element] = this.members.has(element)
          ? { '.': {}, ...child.toFields() }
          : child.toFields()
      }
    }
    return result
  }

  isEmpty(): boolean {
    if (this.members.size > 0) return false
    for (const child of this.children.values()) if (!child.isEmpty()) return false
    return true
  }

  insert(path: readonly string[]): void {
    if (path.length === 0) return
    this.down(path.slice(0, -1)).members.add(path[path.length - 1] as string)
  }

  /** The set below a path, made if it is not there. */
  down(path: readonly string[]): FieldSet {
    const [element, ...rest] = path
    if (element === undefined) return this
    let next = this.children.get(element)
    if (next === undefined) {
      next = new FieldSet()
      this.children.set(element, next)
    }
    return next.down(rest)
  }

  has(path: readonly string[]): boolean {
    const [element, ...rest] = path
    if (element === undefined) return false
    return rest.length === 0 ? this.members.has(element) : this.below(element).has(rest)
  }

  below(element: string): FieldSet {
    return this.children.get(element) ?? FieldSet.empty
  }

  union(other: FieldSet): FieldSet {
    return combine(this, other, (a, b) => a || b)
  }

  intersection(other: FieldSet): FieldSet {
    return combine(this, other, (a, b) => a && b)
  }

  difference(other: FieldSet): FieldSet {
    return combine(this, other, (a, b) => a && !b)
  }

  /** Without the paths of `other` and everything below them. */
  recursiveDifference(other: FieldSet): FieldSet {
    const result = new FieldSet()
    for (const element of this.members) {
      if (!other.members.has(element)) result.members.add(element)
    }
    for (const [element, child] of this.children) {
      if (other.members.has(element)) continue
      const less = child.recursiveDifference(other.below(element))
      if (!less.isEmpty()) result.children.set(element, less)
    }
    return result
  }

  equals(other: FieldSet): boolean {
    return this.difference(other).isEmpty() && other.difference(this).isEmpty()
  }

  /** Every path, elements in order. */
  *paths(prefix: readonly string[] = []): Generator<readonly string[]> {
    const elements = [...new Set([...this.members, ...this.children.keys()])].sort(byElement)
    for (const element of elements) {
      const path = [...prefix, element]
      if (this.members.has(element)) yield path
      const child = this.children.get(element)
      if (child !== undefined) yield* child.paths(path)
    }
  }
}

function combine(a: FieldSet, b: FieldSet, keep: (a: boolean, b: boolean) => boolean): FieldSet {
  const result = new FieldSet()
  for (const element of new Set([...a.members, ...b.members])) {
    if (keep(a.members.has(element), b.members.has(element))) result.members.add(element)
  }
  for (const element of new Set([...a.children.keys(), ...b.children.keys()])) {
    const child = combine(a.below(element), b.below(element), keep)
    if (!child.isEmpty()) result.children.set(element, child)
  }
  return result
}

function byElement(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** A path as messages show it: `.spec.ports[port=80,protocol="TCP"].name`. */
export function pathText(path: readonly string[]): string {
  return path.map(elementText).join('')
}

function elementText(element: string): string {
  const rest = element.slice(2)
  if (element.startsWith('f:')) return `.${rest}`
  if (element.startsWith('v:')) return `[=${rest}]`
  if (element.startsWith('i:')) return `[${rest}]`
  const keys = JSON.parse(rest) as Record<string, unknown>
  const parts = Object.entries(keys).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  return `[${parts.join(',')}]`
}
