import { equalJson } from '#base'
import type { PatchStrategy, Shape } from '../kinds/shape.ts'
import { anyShape } from '../kinds/shape.ts'
import { goText } from './go-text.ts'
import { copy, drop, get, isFielded, put, type Fielded } from '../object.ts'

/** A strategic merge patch that makes no sense. The message is what the API server says. */
export class StrategicError extends Error {
  override readonly name = 'StrategicError'
}

/** A patch that is refused as a bad request: a directive of the wrong form. */
export class DirectiveError extends Error {
  override readonly name = 'DirectiveError'
}

/** A patch that is understood, but contradicts itself. */
export class ContradictionError extends Error {
  override readonly name = 'ContradictionError'
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
  return mergeMap(isFielded(document) ? document : {}, patch, shape)
}

function mergeMap(document: Fielded, patch: Fielded, shape: Shape): Fielded {
  const how = get(patch, directive)
  if (how === 'replace') return without(patch, [directive])
  if (how === 'delete') return {}
  if (how !== undefined) {
    throw new StrategicError(`unknown patch type: ${goText(how)} in map: ${goText(patch)}`)
  }
  let result: Fielded = { ...document }
  const kept = get(patch, retainKeys)
  if (kept !== undefined) result = onlyKeys(result, keptKeys(kept, patch))
  checkOrders(patch, shape)
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

// A patch that says which keys stay may name no others.
function keptKeys(kept: unknown, patch: Fielded): readonly string[] {
  if (!Array.isArray(kept) || kept.some((one) => typeof one !== 'string')) {
    throw new DirectiveError('invalid patch format of retainKeys')
  }
  const keys = kept as readonly string[]
  const isOther = (key: string): boolean => !key.startsWith('$') && !keys.includes(key)
  if (Object.keys(patch).some((key) => isOther(key) && patch[key] !== null)) {
    throw new ContradictionError("patch content doesn't match retainKeys list")
  }
  return keys
}

// What is patched must come in the order that is asked for.
function checkOrders(patch: Fielded, shape: Shape): void {
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(elementOrder)) continue
    const [order, list] = [patch[key], patch[key.slice(elementOrder.length)] ?? []]
    if (!Array.isArray(order) || !Array.isArray(list)) {
      throw new StrategicError('expected a []interface {}, but received a ' + goType(order))
    }
    if (order.length === 0) continue
    const mergeKey = fieldOf(shape, key.slice(elementOrder.length)).strategy?.mergeKey ?? ''
    const idOf = (item: unknown): unknown => (mergeKey === '' ? item : get(item, mergeKey))
    let at = 0
    for (const item of list) {
      if (get(item, directive) !== undefined) continue
      while (at < order.length && !equalJson(idOf(order[at]), idOf(item))) at++
      if (at >= order.length) {
        throw new StrategicError(
          `The order in patch list:\n${goText(list)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`,
        )
      }
      at++
    }
  }
}

function goType(value: unknown): string {
  if (isFielded(value)) return 'map[string]interface {}'
  return typeof value === 'number' ? 'int64' : typeof value === 'boolean' ? 'bool' : typeof value
}

function mergeField(result: Fielded, key: string, value: unknown, shape: Shape): void {
  if (value === null) return drop(result, key)
  const before = Object.hasOwn(result, key) ? result[key] : undefined
  const { inner, strategy } = fieldOf(shape, key)
  if (isFielded(value)) {
    const isReplace = get(value, directive) === 'replace'
    const base = isFielded(before) && !isReplace ? before : {}
    if (get(value, directive) === 'delete') return drop(result, key)
    put(result, key, mergeMap(base, value, inner))
  } else if (Array.isArray(value) && strategy?.merge === true) {
    const merged = Array.isArray(before)
      ? mergeList(before, value, inner, strategy)
      : withoutDirectives(value)
    put(result, key, merged)
  } else put(result, key, copy(value))
}

// A list that is new is taken as it comes, but for what was said about merging it.
function withoutDirectives(list: readonly unknown[]): unknown[] {
  return list.flatMap((item) => {
    if (!isFielded(item)) return [copy(item)]
    const how = get(item, directive)
    if (how === 'delete' || (how === 'replace' && Object.keys(item).length === 1)) return []
    return [mergeMap({}, without(item, [directive]), anyShape)]
  })
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
  checkTypes(before, patch)
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
    if (!isFielded(item)) continue // refused above, or when the whole is read
    const id = get(item, key)
    if (id === undefined) {
      throw new StrategicError(`map: ${goText(item)} does not contain declared merge key: ${key}`)
    }
    const same = (one: unknown): boolean => equalJson(get(one, key), id)
    const how = get(item, directive)
    if (how === 'merge') {
      throw new StrategicError('merging lists cannot yet be specified in the patch')
    }
    if (how === 'delete') gone.push(id)
    else {
      const held = before.find(same)
      patched.push(mergeMap(isFielded(held) ? held : {}, item, element))
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

function checkTypes(before: readonly unknown[], patch: readonly unknown[]): void {
  const types = new Set([...before, ...patch].map((one) => (one === null ? 'nil' : goType(one))))
  if (types.size <= 1) return
  throw new StrategicError(`list element types are not identical: ${goText([before, patch])}`)
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
