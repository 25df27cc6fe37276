import { BigNumber, equalJson } from '#base'
import {
  type Field,
  type ListShape,
  type Shape,
  type StructShape,
  anyShape,
  childShape,
} from '../kinds/shape.ts'
import { scalarText, copy, get, isFielded, put, type Fielded } from '../object.ts'
import { FieldSet } from './field-set.ts'

/**
 * Structured merge: what `value` is by its shape, which fields two values differ in, and how one is
 * merged into another or freed of fields. Pure functions on JSON values.
 *
 * Source: how kube-apiserver's structured-merge-diff v6 behaves.
 */

type Container = 'map' | 'list' | 'leaf'

// What a value is treated as: an atomic map or list is a leaf; an unknown shape goes by the value.
function containerOf(shape: Shape, value: unknown): Container {
  if (shape.kind === 'any') return isFielded(value) ? 'map' : 'leaf'
  if (shape.kind === 'struct' || shape.kind === 'map') return shape.atomic ? 'leaf' : 'map'
  if (shape.kind === 'list') return shape.relation === 'atomic' ? 'leaf' : 'list'
  return 'leaf'
}

function shapeAt(shape: Shape, key: string): Shape {
  return childShape(shape, key)?.() ?? anyShape
}

// Whether the key is a declared field: those are owned through what is in them.
function isDeclared(shape: Shape, key: string): boolean {
  return shape.kind === 'struct' && shape.fields.has(key)
}

function elementShape(shape: Shape): Shape {
  return shape.kind === 'list' ? shape.element() : anyShape
}

/** The path element of a list item. */
export function itemElement(shape: ListShape, item: unknown, index: number): string {
  if (shape.relation === 'set') return `v:${JSON.stringify(item)}`
  if (shape.relation === 'map' && isFielded(item)) {
    const struct = shape.element()
    const keys: Record<string, unknown> = {}
    for (const key of [...shape.keys].sort()) {
      const value = get(item, key) ?? fallbackOf(struct, key)
      if (value !== undefined) keys[key] = value
    }
    return `k:${JSON.stringify(keys)}`
  }
  return `i:${index}`
}

function fallbackOf(shape: Shape, key: string): Field['fallback'] {
  return shape.kind === 'struct' ? shape.fields.get(key)?.fallback : undefined
}

/** All fields that a value sets. */
export function fieldsOf(value: unknown, shape: Shape): FieldSet {
  const set = new FieldSet()
  collect(value, shape, [], set)
  return set
}

// `path` is where we are; it is the same list all the way down.
function collect(value: unknown, shape: Shape, path: string[], set: FieldSet): void {
  const container = containerOf(shape, value)
  if (container === 'map') {
    if (value === null || value === undefined) return
    if (!isFielded(value)) return set.insert(path)
    for (const key of Object.keys(value)) {
      const item = value[key]
      path.push(`f:${key}`)
      collect(item, shapeAt(shape, key), path, set)
      const isVoid = item === null || (isFielded(item) && Object.keys(item).length === 0)
      if (isVoid || !isDeclared(shape, key)) set.insert(path)
      path.pop()
    }
  } else if (container === 'list') {
    for (const [element, items] of itemsOf(value, shape as ListShape)) {
      path.push(element)
      // What is in items that cannot be told apart belongs to nobody.
      if (items.length === 1) collect(items[0], elementShape(shape), path, set)
      set.insert(path)
      path.pop()
    }
  } else set.insert(path)
}

export interface Comparison {
  readonly added: FieldSet
  readonly modified: FieldSet
  readonly removed: FieldSet
}

/** What differs between two values. */
export function compare(before: unknown, after: unknown, shape: Shape): Comparison {
  const result = noDifference()
  if (before !== after) compareInside(before, after, shape, result)
  return result
}

function noDifference(): Comparison {
  return { added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() }
}

// The same few names stand in everything: made once, each is looked up by its hash from then on.
const elements = new Map<string, string>()
const mostElements = 5_000

function fieldElement(key: string): string {
  let element = elements.get(key)
  if (element === undefined) {
    element = `f:${key}`
    if (elements.size < mostElements) elements.set(key, element)
  }
  return element
}

// What stands at one element of a map or list, before and after; `around` is told.
function compareAt(
  element: string,
  before: unknown,
  after: unknown,
  shape: Shape,
  around: Comparison,
): void {
  if (before === after) return
  if (before === undefined) return addWhole(element, after, shape, around.added)
  if (after === undefined) return addWhole(element, before, shape, around.removed)
  const container = containerOf(shape, after)
  const isApart = containerOf(shape, before) !== container
  if (isApart || container === 'leaf' || (isVoid(before) && isVoid(after))) {
    if (!equalJson(before, after)) around.modified.add(element)
    return
  }
  const inside = noDifference()
  compareInside(before, after, shape, inside)
  around.added.adopt(element, inside.added)
  around.modified.adopt(element, inside.modified)
  around.removed.adopt(element, inside.removed)
}

function compareInside(before: unknown, after: unknown, shape: Shape, result: Comparison): void {
  const container = containerOf(shape, after)
  if (container === 'map') compareMaps(before, after, shape, result)
  else if (container === 'list') compareLists(before, after, shape as ListShape, result)
}

// Something that only one side has: it, and all that is in it.
function addWhole(element: string, value: unknown, shape: Shape, set: FieldSet): void {
  set.add(element)
  const container = containerOf(shape, value)
  if (container === 'leaf' || isVoid(value)) return
  const inside = new FieldSet()
  if (container === 'list') {
    const items = shape.kind === 'list' ? itemsOf(value, shape) : []
    for (const [item, same] of items) {
      if (same.length === 1) addWhole(item, same[0], elementShape(shape), inside)
      else inside.add(item)
    }
  } else if (isFielded(value)) {
    for (const key of Object.keys(value)) {
      const held = value[key]
      if (held !== undefined) addWhole(fieldElement(key), held, shapeAt(shape, key), inside)
    }
  }
  set.adopt(element, inside)
}

function isVoid(value: unknown): boolean {
  if (value === undefined || value === null) return true
  if (Array.isArray(value)) return value.length === 0
  return isFielded(value) && Object.keys(value).length === 0
}

function compareMaps(before: unknown, after: unknown, shape: Shape, result: Comparison): void {
  const left = isFielded(before) ? before : undefined
  const right = isFielded(after) ? after : undefined
  for (const key of left === undefined ? [] : Object.keys(left)) {
    const next = right !== undefined && Object.hasOwn(right, key) ? right[key] : undefined
    compareAt(fieldElement(key), left?.[key], next, shapeAt(shape, key), result)
  }
  for (const key of right === undefined ? [] : Object.keys(right)) {
    if (left !== undefined && Object.hasOwn(left, key)) continue
    compareAt(fieldElement(key), undefined, right?.[key], shapeAt(shape, key), result)
  }
}

function compareLists(before: unknown, after: unknown, shape: ListShape, result: Comparison): void {
  const left = itemsOf(before, shape)
  const right = itemsOf(after, shape)
  for (const element of new Set([...left.keys(), ...right.keys()])) {
    const [a, b] = [left.get(element) ?? [], right.get(element) ?? []]
    const inner = elementShape(shape)
    if (a.length <= 1 && b.length <= 1) compareAt(element, a[0], b[0], inner, result)
    else if (a.length > 1 && b.length > 1) {
      if (!equalJson(a, b)) result.modified.add(element)
    } else if (a.length > 1) {
      // Told apart from now on: what is in the one that is left is new, and all of them are gone.
      if (b.length > 0) compareAt(element, undefined, b[0], inner, result)
      result.removed.add(element)
    } else {
      if (a.length > 0) compareAt(element, a[0], undefined, inner, result)
      result.added.add(element)
    }
  }
}

function itemsOf(value: unknown, shape: ListShape): Map<string, unknown[]> {
  const items = new Map<string, unknown[]>()
  if (!Array.isArray(value)) return items
  value.forEach((item: unknown, index) => {
    const element = itemElement(shape, item, index)
    const same = items.get(element)
    if (same === undefined) items.set(element, [item])
    else same.push(item)
  })
  return items
}

/** `applied` merged over `live`: maps by key, keyed lists by item, the rest replaced. */
export function merge(live: unknown, applied: unknown, shape: Shape): unknown {
  if (applied === undefined) return copy(live)
  if (live === undefined) return copy(applied)
  const container = containerOf(shape, applied)
  if (containerOf(shape, live) !== container || container === 'leaf') return copy(applied)
  if (container === 'map') {
    if (!isFielded(live) || !isFielded(applied)) return copy(applied ?? live)
    const result: Fielded = {}
    for (const key of Object.keys(live)) {
      put(result, key, merge(live[key], get(applied, key), shapeAt(shape, key)))
    }
    for (const key of Object.keys(applied)) {
      if (!Object.hasOwn(live, key)) put(result, key, copy(applied[key]))
    }
    return result
  }
  if (!Array.isArray(live) || !Array.isArray(applied)) return copy(applied ?? live)
  return mergeLists(live, applied, shape as ListShape)
}

/**
 * Shared items keep the order of `applied`; those of `live` alone stay before the next shared item;
 * new ones come after them. Items of `live` that cannot be told apart are not merged with, but replaced.
 */
function mergeLists(live: unknown[], applied: unknown[], shape: ListShape): unknown[] {
  const left = live.map((item, index) => itemElement(shape, item, index))
  const right = applied.map((item, index) => itemElement(shape, item, index))
  const held = itemsOf(live, shape)
  const inRight = new Set(right)
  const shared = right.filter((element) => held.has(element))
  const element = elementShape(shape)
  const taken = new Set<string>()
  const result: unknown[] = []
  let l = 0
  let r = 0
  let next = shared.shift()
  const takeRight = (): void => {
    const theirs = right[r] as string
    const same = held.get(theirs) ?? []
    taken.add(theirs)
    result.push(merge(same.length > 1 ? null : same[0], applied[r], element))
    if (next === theirs) next = shared.shift()
    r++
  }
  while (l < left.length || r < right.length) {
    const here = left[l]
    if (here !== undefined && here === right[r]) {
      takeRight()
      l++
    } else if (
      here !== undefined &&
      r < right.length &&
      inRight.has(here) &&
      next !== undefined &&
      next !== here
    ) {
      l++ // shared, and taken when its turn comes
    } else if (here !== undefined && !inRight.has(here)) {
      result.push(copy(live[l]))
      l++
    } else {
      if (here !== undefined && taken.has(here)) l++
      if (r < right.length) takeRight()
    }
  }
  return result
}

/** `value` without the fields of `set`. A map or list that loses everything is there, but empty. */
export function removeFields(value: unknown, set: FieldSet, shape: Shape): unknown {
  if (set.isEmpty()) return value
  const container = containerOf(shape, value)
  if (container === 'map' && isFielded(value)) {
    const result: Fielded = {}
    for (const key of Object.keys(value)) {
      const element = `f:${key}`
      if (set.members.has(element)) continue
      put(result, key, removeFields(value[key], set.below(element), shapeAt(shape, key)))
    }
    return result
  }
  if (container === 'list' && Array.isArray(value)) {
    const result: unknown[] = []
    value.forEach((item: unknown, index) => {
      const element = itemElement(shape as ListShape, item, index)
      if (set.members.has(element)) return
      result.push(removeFields(item, set.below(element), elementShape(shape)))
    })
    return result
  }
  return value
}

/** Adds the declared fields that are only on the way to other paths. */
export function withNamedFields(set: FieldSet, shape: Shape): FieldSet {
  const result = new FieldSet()
  for (const element of set.members) result.add(element)
  for (const [element, child] of set.children) {
    const name = element.slice(2)
    if (element.startsWith('f:') && isDeclared(shape, name)) result.add(element)
    const inner = element.startsWith('f:') ? shapeAt(shape, name) : elementShape(shape)
    result.put(element, withNamedFields(child, inner))
  }
  return result
}

/** Where `value` does not fit its shape, all places, as apply refuses it; undefined when it fits. */
export function misfit(value: unknown, shape: Shape): string | undefined {
  const all = misfits(value, shape, '')
  return all.length < 2 ? all[0] : ['errors:', ...all.map((one) => `  ${one}`)].join('\n')
}

const nothing: readonly string[] = []

function misfits(value: unknown, shape: Shape, path: string): readonly string[] {
  if (value === null || value === undefined) return nothing
  switch (shape.kind) {
    case 'any':
      return nothing
    case 'scalar': {
      const found = scalarMisfit(value, shape.type, path)
      return found === undefined ? nothing : [found]
    }
    case 'list':
      return listMisfits(value, shape, path)
    case 'map':
    case 'struct':
      return mapMisfits(value, shape, path)
  }
}

/** A value as Go prints it behind a pointer, in the messages of a type mismatch. */
function goValue(value: unknown): string {
  if (isFielded(value)) {
    const keys = Object.keys(value).sort()
    return `&{map[${keys.map((key) => `${key}:${goInner(value[key])}`).join(' ')}]}`
  }
  if (Array.isArray(value)) return `&{[${value.map((item: unknown) => goInner(item)).join(' ')}]}`
  return `&{${goInner(value)}}`
}

function goInner(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item: unknown) => goInner(item)).join(' ')}]`
  if (isFielded(value)) {
    const keys = Object.keys(value).sort()
    return `map[${keys.map((key) => `${key}:${goInner(value[key])}`).join(' ')}]`
  }
  return value === null ? '<nil>' : scalarText(value)
}

const wantedWords: Readonly<Record<string, string>> = {
  string: 'string',
  bytes: 'string',
  time: 'string',
  microtime: 'string',
  bool: 'boolean',
}

function scalarMisfit(value: unknown, type: string, path: string): string | undefined {
  if (type === 'intstr' || type === 'quantity') {
    const isScalar = typeof value !== 'object' || value instanceof BigNumber
    return isScalar ? undefined : `${path}: expected scalar, got ${goValue(value)}`
  }
  const wanted = wantedWords[type] ?? 'numeric'
  const isNumber = typeof value === 'number' || value instanceof BigNumber
  const is = isNumber ? 'numeric' : typeof value
  if (is === wanted) return undefined
  if (wanted === 'numeric') return `${path}: expected numeric (int or float), got ${goKind(value)}`
  if (wanted === 'boolean') return `${path}: expected boolean, got ${goValue(value)}`
  return `${path}: expected ${wanted}, got &value.valueUnstructured{Value:${goSyntax(value)}}`
}

// As `%#v` has it.
function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (Array.isArray(value)) {
    return `[]interface {}{${value.map((item: unknown) => goSyntax(item)).join(', ')}}`
  }
  if (isFielded(value)) {
    const keys = Object.keys(value).sort()
    const pairs = keys.map((key) => `${JSON.stringify(key)}:${goSyntax(value[key])}`)
    return `map[string]interface {}{${pairs.join(', ')}}`
  }
  return typeof value === 'string' ? JSON.stringify(value) : scalarText(value)
}

function goKind(value: unknown): string {
  if (typeof value === 'boolean') return 'bool'
  if (Array.isArray(value)) return '[]interface {}'
  return isFielded(value) ? 'map[string]interface {}' : typeof value
}

function listMisfits(value: unknown, shape: ListShape, path: string): readonly string[] {
  if (!Array.isArray(value)) return [`${path}: expected list, got ${goValue(value)}`]
  const found: string[] = []
  const seen = new Set<string>()
  for (const [index, item] of (value as unknown[]).entries()) {
    const element = itemElement(shape, item, index)
    const at = shape.relation === 'atomic' ? `${path}[${index}]` : `${path}[${keyed(element)}]`
    if (shape.relation !== 'atomic') {
      if (shape.relation === 'map' && !isFielded(item)) {
        found.push(
          `${path}: element ${index}: associative list with keys may not have non-map elements`,
        )
        continue
      }
      const missing =
        shape.relation === 'map' && shape.keys.every((key) => get(item, key) === undefined)
      if (missing && shape.keys.every((key) => fallbackOf(shape.element(), key) === undefined)) {
        found.push(
          `${path}: element ${index}: associative list with keys has an element that omits all key fields [${shape.keys.map((key) => JSON.stringify(key)).join(' ')}] (and doesn't have default values for any key fields)`,
        )
        continue
      }
      if (seen.has(element)) found.push(`${path}: duplicate entries for key [${keyed(element)}]`)
      seen.add(element)
    }
    found.push(...misfits(item, elementShape(shape), at))
  }
  return found
}

function keyed(element: string): string {
  if (element.startsWith('v:')) return `=${element.slice(2)}`
  if (!element.startsWith('k:')) return element.slice(2)
  const keys = JSON.parse(element.slice(2)) as Record<string, unknown>
  return Object.entries(keys)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')
}

function mapMisfits(
  value: unknown,
  shape: StructShape | (Shape & { kind: 'map' }),
  path: string,
): readonly string[] {
  if (!isFielded(value)) return [`${path}: expected map, got ${goValue(value)}`]
  const found: string[] = []
  for (const key of Object.keys(value).sort()) {
    const inner = childShape(shape, key)
    if (inner === undefined) {
      found.push(`${path}.${key}: field not declared in schema`)
      break
    }
    found.push(...misfits(value[key], inner(), `${path}.${key}`))
  }
  return found
}
