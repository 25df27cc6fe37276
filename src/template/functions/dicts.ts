import {
  dict,
  GoMap,
  GoObject,
  GoSlice,
  list,
  printValue,
  stringList,
  type ByteString,
  type GoValue,
} from '#go'

import { FunctionError } from '../template-fault.ts'
import type { Args, Body, Family } from './function.ts'
import { copiedVersion } from './semver.ts'
import { isEmpty } from './values.ts'

/** The maps among the arguments from `from` on. */
function mapsOf(args: Args, from: number): GoMap[] {
  return args.rest(from).map((_, i) => args.map(from + i))
}

/** The first map; in place of nil a new one, once there is something to put into it. */
function targetOf(args: Args): GoMap {
  return args.map(0).isNil && args.length > 1 ? dict() : args.map(0)
}

/** The peer's merge: what it cannot merge makes an empty text, or an error in the `must` form. */
function merger(overwrite: boolean, mustFit: boolean): Body {
  return (args) => {
    const target = targetOf(args)
    try {
      for (const source of mapsOf(args, 1)) mergeInto(target, source, overwrite, 0)
    } catch (thrown) {
      if (mustFit || !(thrown instanceof Unmergeable)) throw thrown
      return ''
    }
    return target
  }
}

/** A pointer to one thing would be filled in from another thing. */
class Unmergeable extends FunctionError {
  constructor() {
    super('src and dst must be of same type')
  }
}

const deepCopy: Body = (args) => {
  const value = args.any(0)
  if (value === null) throw new FunctionError('cannot copy nil')
  return copied(value, 0)
}

/** sprig's functions on dictionaries. */
export const dictFunctions: Family = {
  dict: (args) => makeDict(args.values),
  get: (args) => args.map(0).entries.get(args.string(1)) ?? (has(args) ? null : ''),
  set: (args) => {
    const map = args.map(0)
    if (map.isNil) throw new FunctionError('assignment to entry in nil map')
    map.entries.set(args.string(1), args.any(2))
    return map
  },
  unset: (args) => {
    args.map(0).entries.delete(args.string(1))
    return args.map(0)
  },
  hasKey: (args) => has(args),
  pluck: (args) => {
    const key = args.string(0)
    const having = mapsOf(args, 1).filter((map) => map.entries.has(key))
    return list(having.map((map) => map.entries.get(key) ?? null))
  },
  // Go's order is random; ours is that of the keys.
  keys: (args) => stringList(mapsOf(args, 0).flatMap((map) => map.sortedKeys())),
  values: (args) => {
    const map = args.map(0)
    return list(map.sortedKeys().map((key) => map.entries.get(key) ?? null))
  },
  pick: (args) => {
    const { entries } = args.map(0)
    const wanted = args.rest(1).map((_, i) => args.string(i + 1))
    const found = wanted.filter((key) => entries.has(key))
    return dict(found.map((key) => [key, entries.get(key) ?? null] as const))
  },
  omit: (args) => {
    const omitted = new Set(args.rest(1).map((_, i) => args.string(i + 1)))
    return dict([...args.map(0).entries].filter(([key]) => !omitted.has(key)))
  },
  merge: merger(false, false),
  mustMerge: merger(false, true),
  mergeOverwrite: merger(true, false),
  mustMergeOverwrite: merger(true, true),
  deepCopy,
  mustDeepCopy: deepCopy,
  dig: (args) => dig(args),
}

function has(args: Args): boolean {
  return args.map(0).entries.has(args.string(1))
}

function makeDict(values: readonly GoValue[]): GoMap {
  const map = dict()
  for (let i = 0; i < values.length; i += 2) {
    map.entries.set(
      printValue(values[i] ?? null),
      i + 1 < values.length ? (values[i + 1] ?? null) : '',
    )
  }
  return map
}

const deepest = 500

/** Fills in (or overwrites) entries, maps within maps; nested maps are shared with the source. */
function mergeInto(target: GoMap, source: GoMap, overwrite: boolean, depth: number): void {
  if (depth > deepest) throw new FunctionError('nested too deeply', 'limit')
  for (const [key, value] of source.entries) {
    const own = target.entries.get(key)
    // The peer passes over nil, even where the target has nothing.
    if (value === null && !overwrite) continue
    if (!overwrite && isUnlike(own, value)) throw new Unmergeable()
    if (own instanceof GoMap && value instanceof GoMap) {
      if (own !== value) mergeInto(own, value, overwrite, depth + 1)
    } else if (overwrite || own === undefined || isEmpty(own)) {
      setEntry(target, source, key, value)
    }
  }
}

function isUnlike(own: GoValue | undefined, value: GoValue): boolean {
  if (!(own instanceof GoObject) || own.type.kind !== 'ptr') return false
  if (value instanceof GoMap) return true
  const isStruct = value instanceof GoObject && value.type.kind === 'struct'
  return isStruct && `*${value.type.name}` !== own.type.name
}

function setEntry(target: GoMap, source: GoMap, key: ByteString, value: GoValue): void {
  const isWider = source.type.elem?.kind === 'interface' && target.type.elem?.kind !== 'interface'
  if (isWider) {
    const type = target.type.elem?.name ?? ''
    throw new FunctionError(`value of type interface {} is not assignable to type ${type}`)
  }
  target.entries.set(key, value)
}

function copied(value: GoValue, depth: number): GoValue {
  if (depth > deepest) throw new FunctionError('nested too deeply', 'limit')
  if (value instanceof GoMap) {
    const entries = [...value.entries].map(
      ([key, entry]) => [key, copied(entry, depth + 1)] as const,
    )
    return new GoMap(value.type, entries, value.isNil)
  }
  if (value instanceof GoObject) return copiedVersion(value) ?? value
  if (!(value instanceof GoSlice)) return value
  return new GoSlice(
    value.type,
    value.items.map((item) => copied(item, depth + 1)),
    value.isNil,
  )
}

function dig(args: Args): GoValue {
  if (args.length < 3) throw new FunctionError('dig needs at least three arguments')
  const path = args.values.slice(0, -2).map((key): ByteString => {
    if (typeof key !== 'string') throw new FunctionError('a key of dig must be a string')
    return key
  })
  let current: GoValue = args.any(args.length - 1)
  for (const key of path) {
    if (!(current instanceof GoMap) || current.type.elem?.kind !== 'interface') {
      throw new FunctionError('dig expects a dictionary')
    }
    const next = current.entries.get(key)
    if (next === undefined) return args.any(args.length - 2)
    current = next
  }
  return current
}
