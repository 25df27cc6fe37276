import { Fault } from '#base'
import {
  GoRegexp,
  GoSlice,
  groupText,
  quoteMeta,
  stringList,
  types,
  type ByteString,
  type GoValue,
} from '#go'

import { FunctionError } from '../template-fault.ts'
import type { Body, Context, Family } from './function.ts'

const compiled = new Map<ByteString, GoRegexp>()
// A pattern becomes some seventy times its length in memory, and a value of half a megabyte may be one:
// a longer one is read each time, which takes as long as so much work for each of its bytes.
const longestKept = 1_024
const readingBytes = 64
const mostCompiled = 50
/** What a match takes while it is kept, in bytes of work. */
const matchBytes = 32

function expression(source: ByteString, context: Context): GoRegexp {
  const known = compiled.get(source)
  if (known !== undefined) return known
  const isLong = source.length > longestKept
  if (isLong) context.spend(readingBytes * source.length)
  try {
    const fresh = new GoRegexp(source)
    if (isLong) return fresh
    if (compiled.size >= mostCompiled) compiled.clear()
    compiled.set(source, fresh)
    return fresh
  } catch (thrown) {
    if (thrown instanceof Fault) throw new FunctionError(thrown.message)
    throw thrown
  }
}

function stringsOrNil(parts: readonly ByteString[] | null): GoValue {
  return parts === null ? new GoSlice(types.listOfString, [], true) : stringList(parts)
}

const find: Body = (args, context) => {
  const match = expression(args.string(0), context).find(args.string(1))
  return match === undefined ? '' : groupText(args.string(1), match, 0)
}

const findAll: Body = (args, context) => {
  const text = args.string(1)
  const all = expression(args.string(0), context).findAll(text, args.int(2), () =>
    context.spend(matchBytes),
  )
  return stringsOrNil(all.length === 0 ? null : all.map((match) => groupText(text, match, 0)))
}

const replaceAll: Body = (args, context) => {
  const [found, text, template] = [
    expression(args.string(0), context),
    args.string(1),
    args.string(2),
  ]
  return found.replace(text, (match) => {
    const made = found.expand(template, text, match)
    context.spend(made.length)
    return made
  })
}

const replaceLiteral: Body = (args, context) => {
  const replacement = args.string(2)
  return expression(args.string(0), context).replace(args.string(1), () => {
    context.spend(replacement.length)
    return replacement
  })
}

const split: Body = (args, context) => {
  const onMatch = (): void => context.spend(matchBytes)
  return stringsOrNil(
    expression(args.string(0), context).split(args.string(1), args.int(2), onMatch),
  )
}

/** sprig's regular expressions. */
export const regexFunctions: Family = {
  regexMatch: (args, context) => {
    try {
      return expression(args.string(0), context).matches(args.string(1))
    } catch (thrown) {
      if (thrown instanceof FunctionError && thrown.fault !== 'limit') return false
      throw thrown
    }
  },
  mustRegexMatch: (args, context) => expression(args.string(0), context).matches(args.string(1)),
  regexFind: find,
  mustRegexFind: find,
  regexFindAll: findAll,
  mustRegexFindAll: findAll,
  regexReplaceAll: replaceAll,
  mustRegexReplaceAll: replaceAll,
  regexReplaceAllLiteral: replaceLiteral,
  mustRegexReplaceAllLiteral: replaceLiteral,
  regexSplit: split,
  mustRegexSplit: split,
  regexQuoteMeta: (args) => quoteMeta(args.string(0)),
}
