import { GoSlice, list, sliceOf, typeOf, types, type GoValue } from '#go'

import { FunctionError } from '../template-fault.ts'
import { toInt64 } from './cast.ts'
import type { Args, Body, Context, Family } from './function.ts'
import { deepEqual, isEmpty } from './values.ts'

/** The argument as a list. @throws FunctionError with sprig's words. */
function listAt(args: Args, index: number, doing: string): GoSlice {
  const value = args.any(index)
  if (value instanceof GoSlice) return value
  if (value === null) throw new FunctionError('invalid memory address or nil pointer dereference')
  throw new FunctionError(`Cannot ${doing} on type ${typeOf(value).kind}`)
}

const nilList: GoValue = new GoSlice(types.listOfAny, [], true)

const compact: Body = (args) =>
  list(listAt(args, 0, 'compact').items.filter((item) => !isEmpty(item)))

const uniq: Body = (args, context) => {
  const kept: GoValue[] = []
  for (const item of listAt(args, 0, 'find uniq').items) {
    context.charge(kept.length * 8)
    if (!kept.some((other) => deepEqual(other, item))) kept.push(item)
  }
  return list(kept)
}

const first: Body = (args) => listAt(args, 0, 'find first').items[0] ?? null
const last: Body = (args) => listAt(args, 0, 'find last').items.at(-1) ?? null

const rest: Body = (args) => {
  const { items } = listAt(args, 0, 'find rest')
  return items.length === 0 ? nilList : list(items.slice(1))
}

const initial: Body = (args) => {
  const { items } = listAt(args, 0, 'find initial')
  return items.length === 0 ? nilList : list(items.slice(0, -1))
}

const reverse: Body = (args) => list([...listAt(args, 0, 'find reverse').items].reverse())

const append: Body = (args, context) => {
  const { items } = listAt(args, 0, 'push')
  return counted([...items, args.any(1)], context)
}

const prepend: Body = (args, context) => {
  const { items } = listAt(args, 0, 'prepend')
  return counted([args.any(1), ...items], context)
}

const without: Body = (args) => {
  const omitted = args.rest(1)
  const { items } = listAt(args, 0, 'find without')
  return list(items.filter((item) => !omitted.some((other) => deepEqual(other, item))))
}

const has: Body = (args) => {
  if (args.any(1) === null) return false
  return listAt(args, 1, 'find has').items.some((item) => deepEqual(args.any(0), item))
}

const slice: Body = (args) => {
  const value = listAt(args, 0, 'slice')
  const { items } = value
  if (items.length === 0) return null
  const start = args.length > 1 ? Number(toInt64(args.any(1))) : 0
  const end = args.length > 2 ? Number(toInt64(args.any(2))) : items.length
  if (start < 0 || end < start || end > items.length) {
    throw new FunctionError('slice index out of bounds')
  }
  return new GoSlice(value.type, items.slice(start, end))
}

const concat: Body = (args, context) => {
  const items: GoValue[] = []
  for (const [i, value] of args.values.entries()) {
    if (!(value instanceof GoSlice)) {
      throw new FunctionError(`Cannot concat type ${typeOf(args.any(i)).kind} as list`)
    }
    for (const item of value.items) items.push(item)
  }
  // What nothing was appended to is nil in Go.
  return items.length === 0 ? nilList : counted(items, context)
}

const chunk: Body = (args, context) => {
  const size = args.int(0)
  const { items } = listAt(args, 1, 'chunk')
  const chunks: GoValue[] = []
  if (size <= 0) return new GoSlice(sliceOf(types.listOfAny), oddChunks(items, size))
  context.charge(items.length * 16)
  for (let at = 0; at < items.length; at += size) chunks.push(list(items.slice(at, at + size)))
  return new GoSlice(sliceOf(types.listOfAny), chunks)
}

/** What the peer's arithmetic makes of a size below 1: all of a list of one, nothing of a list of two. */
function oddChunks(items: readonly GoValue[], size: number): GoValue[] {
  const count = size === 0 ? -1 : Math.floor((items.length - 1) / size) + 1
  if (items.length === 1 && size < -1) return [list(items)]
  if (count === 0) return []
  throw new FunctionError('makeslice: len out of range')
}

function counted(items: readonly GoValue[], context: Context): GoSlice {
  context.charge(items.length * 8)
  return list(items)
}

/** sprig's functions on lists; the `must` forms differ only in how Go reports the error. */
export const listFunctions: Family = {
  list: (args) => list(args.values),
  tuple: (args) => list(args.values),
  compact,
  mustCompact: compact,
  uniq,
  mustUniq: uniq,
  first,
  mustFirst: first,
  last,
  mustLast: last,
  rest,
  mustRest: rest,
  initial,
  mustInitial: initial,
  reverse,
  mustReverse: reverse,
  append,
  push: append,
  mustAppend: append,
  mustPush: append,
  prepend,
  mustPrepend: prepend,
  without,
  mustWithout: without,
  has,
  mustHas: has,
  slice,
  mustSlice: slice,
  concat,
  chunk,
  mustChunk: chunk,
}
