import { sortFew, type Fields } from '../object.ts'

const noMembers: ReadonlySet<string> = new Set()
const noChildren: ReadonlyMap<string, FieldSet> = new Map()

/**
 * A set of paths in an object, as `managedFields` records them. Sets that were made of others share
 * what they have in common with them: only a new one may be added to.
 *
 * Path elements are written as in FieldsV1: `f:name` a field, `k:{…}` a list item by its keys,
 * `v:…` an item of a set by its value, `i:n` an item by its place.
 */
export class FieldSet {
  // Most sets have one half only: the other is not made.
  #members: Set<string> | undefined
  #children: Map<string, FieldSet> | undefined

  static readonly empty: FieldSet = new FieldSet()

  /** Elements that belong to the set themselves. */
  get members(): ReadonlySet<string> {
    return this.#members ?? noMembers
  }

  /** What is known of the inside of elements. */
  get children(): ReadonlyMap<string, FieldSet> {
    return this.#children ?? noChildren
  }

  add(element: string): void {
    this.#members ??= new Set()
    this.#members.add(element)
  }

  /** Reads FieldsV1; what is no object is taken as empty. */
  static parse(fields: Fields | undefined): FieldSet {
    const set = new FieldSet()
    if (fields === undefined || fields === null || typeof fields !== 'object') return set
    for (const [element, inner] of Object.entries(fields)) {
      if (element === '.') continue
      const keys = Object.keys(inner ?? {})
      if (keys.length === 0 || keys.includes('.')) set.add(element)
      if (keys.some((key) => key !== '.')) set.put(element, FieldSet.parse(inner))
    }
    return set
  }

  /** As FieldsV1, elements in order. */
  toFields(): Fields {
    const result: Fields = {}
    for (const element of this.#elements()) {
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

  #elements(): string[] {
    const elements = [...this.members]
    for (const element of this.children.keys()) {
      if (!this.members.has(element)) elements.push(element)
    }
    return sortFew(elements)
  }

  isEmpty(): boolean {
    if (this.members.size > 0) return false
    for (const child of this.children.values()) if (!child.isEmpty()) return false
    return true
  }

  insert(path: readonly string[]): void {
    const last = path.at(-1)
    if (last !== undefined) parentOf(this, path).add(last)
  }

  put(element: string, inside: FieldSet): void {
    this.#children ??= new Map()
    this.#children.set(element, inside)
  }

  /** Puts what is known of the inside of an element there; nothing when that is nothing. */
  adopt(element: string, inside: FieldSet): void {
    if (inside.members.size > 0 || inside.children.size > 0) this.put(element, inside)
  }

  has(path: readonly string[]): boolean {
    const [element, ...rest] = path
    if (element === undefined) return false
    return rest.length === 0 ? this.members.has(element) : this.below(element).has(rest)
  }

  /** Whether FieldsV1 that were read would hold every path of this set. */
  isWithin(fields: Fields | undefined): boolean {
    for (const element of this.members) if (!isMember(fields, element)) return false
    for (const [element, child] of this.children) {
      if (!child.isEmpty() && !child.isWithin(insideOf(fields, element))) return false
    }
    return true
  }

  /** Whether FieldsV1 that were read would have a path in common with this set. */
  meets(fields: Fields | undefined): boolean {
    for (const element of this.members) if (isMember(fields, element)) return true
    for (const [element, child] of this.children) {
      if (child.meets(insideOf(fields, element))) return true
    }
    return false
  }

  below(element: string): FieldSet {
    return this.children.get(element) ?? FieldSet.empty
  }

  union(other: FieldSet): FieldSet {
    if (other.isEmpty()) return this
    if (this.isEmpty()) return other
    const result = new FieldSet()
    for (const set of [this, other]) for (const element of set.members) result.add(element)
    for (const [element, child] of this.children) {
      const same = other.children.get(element)
      result.put(element, same === undefined ? child : child.union(same))
    }
    for (const [element, child] of other.children) {
      if (!this.children.has(element)) result.put(element, child)
    }
    return result
  }

  intersection(other: FieldSet): FieldSet {
    const result = new FieldSet()
    for (const element of this.members) {
      if (other.members.has(element)) result.add(element)
    }
    for (const [element, child] of this.children) {
      const same = other.children.get(element)
      if (same !== undefined) result.#keep(element, child.intersection(same))
    }
    return result
  }

  difference(other: FieldSet): FieldSet {
    if (other.isEmpty()) return this
    const result = new FieldSet()
    for (const element of this.members) {
      if (!other.members.has(element)) result.add(element)
    }
    for (const [element, child] of this.children) {
      result.#keep(element, child.difference(other.below(element)))
    }
    return result
  }

  /** Without the paths of `other` and everything below them. */
  recursiveDifference(other: FieldSet): FieldSet {
    if (other.isEmpty()) return this
    const result = new FieldSet()
    for (const element of this.members) {
      if (!other.members.has(element)) result.add(element)
    }
    for (const [element, child] of this.children) {
      if (other.members.has(element)) continue
      result.#keep(element, child.recursiveDifference(other.below(element)))
    }
    return result
  }

  #keep(element: string, child: FieldSet): void {
    if (!child.isEmpty()) this.put(element, child)
  }

  equals(other: FieldSet): boolean {
    return this.difference(other).isEmpty() && other.difference(this).isEmpty()
  }

  /** Every path, elements in order; what is below others comes after all that is not. */
  *paths(prefix: readonly string[] = []): Generator<readonly string[]> {
    for (const element of [...this.members].sort(byElement)) yield [...prefix, element]
    for (const [element, child] of [...this.children].sort(([a], [b]) => byElement(a, b))) {
      yield* child.paths([...prefix, element])
    }
  }
}

const kindsInOrder = ['f', 'k', 'v', 'i']

// As the real server orders them: keys and values by what they are, not by their text.
function byElement(a: string, b: string): number {
  const [x, y] = [a.charAt(0), b.charAt(0)]
  if (x !== y) return kindsInOrder.indexOf(x) - kindsInOrder.indexOf(y)
  if (x === 'f') return a < b ? -1 : 1
  return compareValues(JSON.parse(a.slice(2)), JSON.parse(b.slice(2)))
}

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return compareValues(JSON.stringify(a), JSON.stringify(b))
  }
  const [left, right] = [Object.entries(a).flat(), Object.entries(b).flat()] as const
  for (const [i, part] of left.entries()) {
    if (i >= right.length) return 1
    const order = compareValues(part, right[i])
    if (order !== 0) return order
  }
  return left.length - right.length
}

function insideOf(fields: Fields | undefined, element: string): Fields | undefined {
  if (fields === undefined || fields === null || !Object.hasOwn(fields, element)) return undefined
  return fields[element] ?? {}
}

function isMember(fields: Fields | undefined, element: string): boolean {
  const inside = insideOf(fields, element)
  if (inside === undefined) return false
  return Object.hasOwn(inside, '.') || Object.keys(inside).length === 0
}

// The set that the last element of a path is in, made if it is not there.
function parentOf(root: FieldSet, path: readonly string[]): FieldSet {
  let set = root
  for (let i = 0; i < path.length - 1; i++) {
    const element = path[i] as string
    let next = set.children.get(element)
    if (next === undefined) {
      next = new FieldSet()
      set.put(element, next)
    }
    set = next
  }
  return set
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
