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
import type { Body, Family } from './function.ts'

const compiled = new Map<ByteString, GoRegexp>()
const mostCompiled = 500

function expression(source: ByteString): GoRegexp {
  const known = compiled.get(source)
  if (known !== undefined) return known
  try {
    const fresh = new GoRegexp(source)
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

const find: Body = (args) => {
  const match = expression(args.string(0)).find(args.string(1))
  return match === undefined ? '' : groupText(args.string(1), match, 0)
}

const findAll: Body = (args) => {
  const text = args.string(1)
  const all = expression(args.string(0)).findAll(text, args.int(2))
  return stringsOrNil(all.length === 0 ? null : all.map((match) => groupText(text, match, 0)))
}

const replaceAll: Body = (args) =>
  expression(args.string(0)).replaceAll(args.string(1), args.string(2))

const replaceLiteral: Body = (args) =>
  expression(args.string(0)).replaceLiteral(args.string(1), args.string(2))

const split: Body = (args) =>
  stringsOrNil(expression(args.string(0)).split(args.string(1), args.int(2)))

/** sprig's regular expressions. */
export const regexFunctions: Family = {
  regexMatch: (args) => {
    try {
      return expression(args.string(0)).matches(args.string(1))
    } catch (thrown) {
      if (thrown instanceof FunctionError) return false
      throw thrown
    }
  },
  mustRegexMatch: (args) => expression(args.string(0)).matches(args.string(1)),
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
