/** Changes of a value that is there already, and the patches of each type that bring them about. */
import {
  grow,
  growItem,
  idOf,
  isList,
  isMap,
  type Grammar,
  type Growth,
  type Json,
} from './grammar.ts'

/** One change: `set` at a path, or, without it, taken away. A number is a place in a list; `-` its end. */
export interface Edit {
  readonly at: readonly (string | number)[]
  readonly set?: Json
}

/** A change of `live` that follows the grammar. */
export function editOf(live: Json | undefined, grammar: Grammar, growth: Growth): Edit {
  const { dice } = growth
  const at: (string | number)[] = []
  let [value, rule] = [live, grammar]
  for (;;) {
    if (rule.is === 'map' && isMap(value)) {
      const name = dice.pick(Object.keys(rule.fields))
      const inner: Grammar = rule.fields[name] as Grammar
      const held: Json | undefined = value[name]
      at.push(name)
      const isHolder = (isMap(held) || isList(held)) && dice.chance(0.8)
      if (!isHolder) {
        const isNeeded = rule.always.includes(name) && !dice.chance(growth.oddity * 5)
        if (held !== undefined && !isNeeded && dice.chance(0.35)) return { at }
        return { at, set: grow(inner, growth) }
      }
      value = held
      rule = inner
    } else if (rule.is === 'list' && isList(value)) {
      const place = dice.below(value.length + 1)
      if (place === value.length) {
        const set = growItem(rule, growth)
        const list = rule
        const isTwin = value.some((item) => idOf(list, item) === idOf(list, set))
        if (rule.keys !== undefined && isTwin && !dice.chance(growth.oddity)) return { at }
        return { at: [...at, '-'], set }
      }
      at.push(place)
      if (dice.chance(0.3)) return { at }
      if (dice.chance(0.3)) return { at, set: growItem(rule, growth) }
      value = value[place]
      rule = rule.of
    } else return { at, set: grow(rule, growth) }
  }
}

/** `value` with the edits done, those left out that lead nowhere. */
export function edited(value: Json, edits: readonly Edit[]): Json {
  return edits.reduce((now, { at, set }) => editedAt(now, at, set), value)
}

function editedAt(value: Json, at: Edit['at'], set: Json | undefined): Json {
  const [step, ...rest] = at
  if (step === undefined) return set ?? value
  if (isList(value)) {
    if (step === '-') return set === undefined ? value : [...value, set]
    if (typeof step !== 'number' || step >= value.length) return value
    if (rest.length === 0 && set === undefined) return value.filter((_, i) => i !== step)
    return value.map((item, i) => (i === step ? editedAt(item, rest, set) : item))
  }
  if (!isMap(value) || typeof step === 'number') return value
  if (rest.length > 0) {
    const inner = value[step]
    if (inner === undefined && set === undefined) return value
    return { ...value, [step]: editedAt(inner ?? {}, rest, set) }
  }
  const others = Object.fromEntries(Object.entries(value).filter(([key]) => key !== step))
  return set === undefined ? others : { ...others, [step]: set }
}

/** A merge patch that makes `before` into `after`. */
export function mergePatchOf(before: Json | undefined, after: Json): Json {
  if (!isMap(before) || !isMap(after)) return after
  const patch: Record<string, Json> = {}
  for (const [key, value] of Object.entries(after)) {
    if (!same(before[key], value)) patch[key] = mergePatchOf(before[key], value)
  }
  for (const key of Object.keys(before)) if (!(key in after)) patch[key] = null
  return patch
}

/** The operations of a JSON patch for the edits, done one after the other. */
export function jsonPatchOf(before: Json, edits: readonly Edit[]): Json[] {
  let now = before
  return edits.map((edit): Json => {
    const path = edit.at.map(
      (part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`,
    )
    const isThere = valueAt(now, edit.at) !== undefined
    now = edited(now, [edit])
    if (edit.set === undefined) return { op: 'remove', path: path.join('') }
    return { op: isThere ? 'replace' : 'add', path: path.join(''), value: edit.set }
  })
}

export function valueAt(value: Json | undefined, at: Edit['at']): Json | undefined {
  return at.reduce<Json | undefined>((held, step) => {
    if (isList(held)) return typeof step === 'number' ? held[step] : undefined
    return isMap(held) ? held[step] : undefined
  }, value)
}

/** A strategic merge patch that makes `before` into `after`, as kubectl would write it. */
export function strategicPatchOf(before: Json | undefined, after: Json, grammar: Grammar): Json {
  if (!isMap(before) || !isMap(after) || grammar.is !== 'map') return after
  const patch: Record<string, Json> = {}
  for (const [key, value] of Object.entries(after)) {
    const held = before[key]
    if (same(held, value)) continue
    const rule = grammar.fields[key]
    if (rule?.is === 'list' && isList(held) && isList(value)) {
      Object.assign(patch, listPatch(key, held, value, rule))
    } else
      patch[key] =
        rule === undefined ? mergePatchOf(held, value) : strategicPatchOf(held, value, rule)
  }
  for (const key of Object.keys(before)) if (!(key in after)) patch[key] = null
  return patch
}

function listPatch(
  name: string,
  before: readonly Json[],
  after: readonly Json[],
  rule: Grammar & { is: 'list' },
): Record<string, Json> {
  const { mergeKey } = rule
  if (mergeKey === undefined) return { [name]: after }
  if (mergeKey === '~') {
    const gone = before.filter((item) => !after.some((other) => same(item, other)))
    const fresh = after.filter((item) => !before.some((other) => same(item, other)))
    return {
      [`$setElementOrder/${name}`]: after,
      ...(gone.length === 0 ? {} : { [`$deleteFromPrimitiveList/${name}`]: gone }),
      ...(fresh.length === 0 ? {} : { [name]: fresh }),
    }
  }
  const keyOf = (item: Json): Json => (isMap(item) ? (item[mergeKey] ?? null) : null)
  const items: Json[] = []
  for (const item of after) {
    const held = before.find((other) => same(keyOf(other), keyOf(item)))
    if (held === undefined) items.push(item)
    else if (!same(held, item)) {
      const change = strategicPatchOf(held, item, rule.of)
      items.push(isMap(change) ? { ...change, [mergeKey]: keyOf(item) } : change)
    }
  }
  for (const item of before) {
    if (after.some((other) => same(keyOf(other), keyOf(item)))) continue
    items.push({ $patch: 'delete', [mergeKey]: keyOf(item) })
  }
  const order = after.map((item): Json => ({ [mergeKey]: keyOf(item) }))
  return { [`$setElementOrder/${name}`]: order, ...(items.length === 0 ? {} : { [name]: items }) }
}

/** Whether two values are the same, the order of a map's keys aside. */
export function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => same(item, b[i]))
  if (!isMap(a) || !isMap(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]))
  )
}
