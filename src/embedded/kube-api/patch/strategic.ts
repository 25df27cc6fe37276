import { equalJson } from '#base'
import type { PatchStrategy, Shape } from '../kinds/shape.ts'
import { anyShape } from '../kinds/shape.ts'
import { scalarText, copy, drop, get, isFielded, put, type Fielded } from '../object.ts'

/** A strategic merge patch that makes no sense. The message is what the API server says. */
export class StrategicError extends Error {
  override readonly name = 'StrategicError'
}

/** A patch whose shape is not that of the field. */
export class PatchShapeError extends Error {
  override readonly name = 'PatchShapeError'
  readonly patch: string

  constructor(patch: string, why: string) {
    super(why)
    this.patch = patch
  }
}

const directive = '$patch'
const primitiveDeletes = '$deleteFromPrimitiveList/'
const elementOrder = '$setElementOrder/'
const retainKeys = '$retainKeys'

/**
 * Strategic merge patch: as a merge patch, but lists that have a merge key are merged by it, and
 * directives delete, replace and order. Works on a copy.
 */
export function strategicPatch(document: unknown, patch: unknown, shape: Shape): unknown {
  if (!isFielded(patch)) return copy(patch)
  return mergeMap(isFielded(document) ? document : {}, patch, shape, undefined)
}

function mergeMap(
  document: Fielded,
  patch: Fielded,
  shape: Shape,
  strategy: PatchStrategy | undefined,
): Fielded {
  const how = get(patch, directive)
  if (how === 'replace') return without(patch, [directive])
  if (how === 'delete') return {}
  if (how !== undefined && how !== 'merge') {
    throw new StrategicError(`unknown patch type: ${scalarText(how)} in map: ${goMap(patch)}`)
  }
  let result: Fielded = { ...document }
  const kept = get(patch, retainKeys)
  if (Array.isArray(kept)) result = onlyKeys(result, kept as string[])
  else if (strategy?.retainKeys === true && kept !== undefined) result = onlyKeys(result, [])
  for (const key of Object.keys(patch)) {
    if (key === directive || key === retainKeys) continue
    if (key.startsWith(primitiveDeletes)) {
      deletePrimitives(result, key.slice(primitiveDeletes.length), patch[key])
    }
  }
  for (const key of Object.keys(patch)) {
    if (key.startsWith('$')) continue
    mergeField(result, key, patch[key], shape)
  }
  for (const key of Object.keys(patch)) {
    if (key.startsWith(elementOrder))
      orderItems(result, key.slice(elementOrder.length), patch, shape, document)
  }
  return result
}

function mergeField(result: Fielded, key: string, value: unknown, shape: Shape): void {
  if (value === null) return drop(result, key)
  const before = Object.hasOwn(result, key) ? result[key] : undefined
  const { inner, strategy } = fieldOf(shape, key)
  if (isFielded(value)) {
    const isReplace = get(value, directive) === 'replace'
    const base = isFielded(before) && !isReplace ? before : {}
    if (get(value, directive) === 'delete') return drop(result, key)
    put(result, key, mergeMap(base, value, inner, strategy))
  } else if (Array.isArray(value) && (inner.kind === 'map' || inner.kind === 'struct')) {
    throw new PatchShapeError(`map[${key}:${goInner(value)}]`, 'cannot restore map from slice')
  } else if (Array.isArray(value) && strategy?.merge === true) {
    put(result, key, mergeList(Array.isArray(before) ? before : [], value, inner, strategy))
  } else put(result, key, copy(value))
}

function fieldOf(shape: Shape, key: string): { inner: Shape; strategy: PatchStrategy | undefined } {
  if (shape.kind === 'struct') {
    const field = shape.fields.get(key)
    return { inner: field?.shape() ?? anyShape, strategy: field?.patch }
  }
  return { inner: shape.kind === 'map' ? shape.element() : anyShape, strategy: undefined }
}

function without(map: Fielded, keys: readonly string[]): Fielded {
  const result = copy(map)
  for (const key of keys) drop(result, key)
  return result
}

function onlyKeys(map: Fielded, keys: readonly string[]): Fielded {
  const result: Fielded = {}
  for (const key of Object.keys(map)) if (keys.includes(key)) put(result, key, map[key])
  return result
}

function deletePrimitives(result: Fielded, key: string, gone: unknown): void {
  const list = get(result, key)
  if (!Array.isArray(list) || !Array.isArray(gone)) return
  const left = list.filter((item: unknown) => !gone.some((one: unknown) => equalJson(one, item)))
  put(result, key, left)
}

function mergeList(
  before: readonly unknown[],
  patch: readonly unknown[],
  shape: Shape,
  strategy: PatchStrategy,
): unknown[] {
  const element = shape.kind === 'list' ? shape.element() : anyShape
  if (strategy.mergeKey === '' || !patch.some(isFielded)) {
    const kept = before.filter((one) => !patch.some((item) => equalJson(one, item)))
    const unique = patch.filter((item, i) => patch.findIndex((one) => equalJson(one, item)) === i)
    return interleaved(unique, kept, before, (item) => item)
  }
  if (patch.some((item) => get(item, directive) === 'replace')) {
    return patch.filter((item) => get(item, directive) !== 'replace').map((item) => copy(item))
  }
  const key = strategy.mergeKey
  const gone: unknown[] = []
  const patched: unknown[] = []
  for (const item of patch) {
    if (!isFielded(item)) throw new StrategicError('invalid item in a list that merges by key')
    const id = get(item, key)
    if (id === undefined) {
      throw new StrategicError(`map: ${goMap(item)} does not contain declared merge key: ${key}`)
    }
    const same = (one: unknown): boolean => equalJson(get(one, key), id)
    if (get(item, directive) === 'delete') gone.push(id)
    else {
      const held = before.find(same)
      patched.push(mergeMap(isFielded(held) ? held : {}, item, element, undefined))
    }
  }
  const idOf = (item: unknown): unknown => get(item, key)
  const taken = [...gone, ...patched.map(idOf)]
  const kept = before.filter((one) => !taken.some((id) => equalJson(idOf(one), id)))
  return interleaved(patched, kept, before, idOf)
}

// Patched items in the order of the patch, the others where the live list has them before those.
function interleaved(
  patched: readonly unknown[],
  kept: readonly unknown[],
  live: readonly unknown[],
  idOf: (item: unknown) => unknown,
): unknown[] {
  const place = (item: unknown): number => live.findIndex((one) => equalJson(idOf(one), idOf(item)))
  const result: unknown[] = []
  let i = 0
  let j = 0
  while (i < patched.length || j < kept.length) {
    if (i >= patched.length) result.push(kept[j++])
    else if (j >= kept.length) result.push(patched[i++])
    else {
      const [a, b] = [place(patched[i]), place(kept[j])]
      result.push(a >= 0 && b >= 0 && b < a ? kept[j++] : patched[i++])
    }
  }
  return result
}

function goInner(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one: unknown) => goInner(one)).join(' ')}]`
  return isFielded(value) ? goMap(value) : scalarText(value)
}

function goMap(item: Fielded): string {
  const parts = Object.keys(item)
    .sort()
    .map((key) => `${key}:${isFielded(item[key]) ? goMap(item[key]) : goInner(item[key])}`)
  return `map[${parts.join(' ')}]`
}

// Items in the order given, the others where the live list has them.
function orderItems(
  result: Fielded,
  key: string,
  patch: Fielded,
  shape: Shape,
  document: Fielded,
): void {
  const order = patch[`${elementOrder}${key}`]
  const list = get(result, key)
  if (!Array.isArray(order) || !Array.isArray(list)) return
  const { strategy } = fieldOf(shape, key)
  const mergeKey = strategy?.mergeKey ?? ''
  const idOf = (item: unknown): unknown =>
    mergeKey === '' || !isFielded(item) ? item : get(item, mergeKey)
  const rank = new Map<string, number>()
  order.forEach((item: unknown, index) => rank.set(JSON.stringify(idOf(item)), index))
  const rankOf = (item: unknown): number | undefined => rank.get(JSON.stringify(idOf(item)))
  const named = (list as unknown[]).filter((item) => rankOf(item) !== undefined)
  named.sort((a, b) => (rankOf(a) ?? 0) - (rankOf(b) ?? 0))
  const kept = (list as unknown[]).filter((item) => rankOf(item) === undefined)
  const live = get(document, key)
  put(result, key, interleaved(named, kept, Array.isArray(live) ? live : [], idOf))
}
