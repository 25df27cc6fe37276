/** What is wrong with literals, and with what stands beside them, once types are known. */
import type { Call, Expression, Mistake } from './ast.ts'
import { CelError } from './cel-error.ts'
import type { Checked } from './check.ts'
import { literalValue, refusalOf } from './evaluate.ts'
import { clausesOf } from './format-text.ts'
import { run } from './run.ts'
import { typeText, type Type } from './types.ts'
import { List, type Value } from './values.ts'
import { re2 } from '../re2.ts'

/**
 * Literal arguments that can never be read (a pattern, a duration, a time), elements of one list that are
 * of different types, and clauses of `format` that do not fit what they are given.
 */
export function literalMistakes(expression: Expression, { types }: Checked): Mistake[] {
  const mistakes: Mistake[] = []
  walk(expression, types, mistakes, false)
  return mistakes
}

type Types = ReadonlyMap<Expression, Type>

function walk(
  expression: Expression,
  types: Types,
  mistakes: Mistake[],
  isFormatted: boolean,
): void {
  // What is formatted may be of any types, however deep inside.
  const isFormat = expression.kind === 'call' && expression.name === 'format'
  for (const part of partsOf(expression)) walk(part, types, mistakes, isFormatted || isFormat)
  if (expression.kind === 'call') {
    if (isFormat) formatMistakes(expression, types, mistakes)
    else argumentMistakes(expression, mistakes)
  } else if (expression.kind === 'list' && !isFormatted) {
    sameTypes(expression.items, expression.optional, types, mistakes)
  } else if (expression.kind === 'map' && !isFormatted) {
    const { entries } = expression
    const optional = new Set(
      entries.flatMap(([, , isOptional], i) => (isOptional === true ? [i] : [])),
    )
    sameTypes(
      entries.map(([key]) => key),
      undefined,
      types,
      mistakes,
    )
    sameTypes(
      entries.map(([, value]) => value),
      optional,
      types,
      mistakes,
    )
  }
}

function sameTypes(
  items: readonly Expression[],
  optional: ReadonlySet<number> | undefined,
  types: Types,
  mistakes: Mistake[],
): void {
  let wanted: string | undefined
  for (const [i, item] of items.entries()) {
    const held = types.get(item)
    const type = optional?.has(i) === true && held?.kind === 'optional' ? held.of : held
    const text = type === undefined ? 'dyn' : typeText(type)
    wanted ??= text
    if (text !== wanted) {
      mistakes.push({ pos: item.pos, message: `expected type '${wanted}' but found '${text}'` })
    }
  }
}

const read = ['duration', 'timestamp', 'matches']

function argumentMistakes({ name, args }: Call, mistakes: Mistake[]): void {
  const last = args[args.length - 1]
  if (last?.kind !== 'literal' || !read.includes(name)) return
  const isFit =
    name === 'matches'
      ? last.type !== 'string' || isPattern(last.text)
      : ran(name, literalValue(last.type, last.text)) === undefined
  if (!isFit) mistakes.push({ pos: last.pos, message: `invalid ${name} argument` })
}

// Why a conversion of what is known beforehand fails.
function ran(name: string, value: Value): string | undefined {
  try {
    return run(name, [value]) === undefined ? refusalOf(name, [value]) : undefined
  } catch (error) {
    if (error instanceof CelError) return error.message
    throw error
  }
}

/** The value of what is known before anything is: literals, and lists of them, `dyn` of them. */
function knownValue(expression: Expression): Value | undefined {
  switch (expression.kind) {
    case 'literal':
      return literalValue(expression.type, expression.text)
    case 'list': {
      const items = expression.items.map(knownValue)
      return items.includes(undefined) ? undefined : new List(items.map((one) => one ?? null))
    }
    case 'call': {
      const [first] = expression.args
      return expression.name === 'dyn' && first !== undefined ? knownValue(first) : undefined
    }
    default:
      return undefined
  }
}

function formatMistakes({ target, args, pos }: Call, types: Types, mistakes: Mistake[]): void {
  const [list] = args
  if (target?.kind !== 'literal' || target.type !== 'string' || list?.kind !== 'list') return
  try {
    const clauses = clausesOf(target.text)
    for (const [i, { takes, why }] of clauses.entries()) {
      const item = list.items[i]
      if (item === undefined) throw new CelError(`index ${i} out of range`)
      const type = types.get(item)
      const name = type === undefined ? 'dyn' : shortName(type)
      if (name === 'dyn' || takes.includes(name)) continue
      const message = `error during formatting: ${why}, was given ${name}`
      mistakes.push({ pos: item.pos, message })
    }
    if (list.items.length > clauses.length) {
      throw new CelError(
        `too many arguments supplied to string.format (expected ${clauses.length}, got ${list.items.length})`,
      )
    }
  } catch (error) {
    if (!(error instanceof CelError)) throw error
    mistakes.push({ pos, message: error.message })
  }
}

function shortName(type: Type): string {
  switch (type.kind) {
    case 'list':
    case 'map':
    case 'type':
      return type.kind
    case 'optional':
      return 'optional_type'
    default:
      return typeText(type)
  }
}

function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'name':
      return []
    case 'select':
      return [expression.of]
    case 'list':
      return expression.items
    case 'map':
      return expression.entries.flatMap(([key, value]) => [key, value])
    case 'fold':
      return [expression.range, expression.start, expression.step, expression.result]
    case 'call':
      return expression.target === undefined
        ? expression.args
        : [expression.target, ...expression.args]
  }
}

const converting = ['int', 'uint', 'double', 'bool', 'string', 'bytes', 'duration', 'timestamp']

/**
 * What is found only when a rule is made ready to run: patterns of `find`, and conversions of literals,
 * which are done once and for all then.
 */
export function readyFault(expression: Expression): string | undefined {
  for (const part of partsOf(expression)) {
    const found = readyFault(part)
    if (found !== undefined) return found
  }
  if (expression.kind !== 'call') return undefined
  const { name, target, args } = expression
  const [first] = args
  if (first === undefined) return undefined
  if (name.startsWith('find')) {
    return first.kind === 'literal' ? patternFault(first.text) : undefined
  }
  if (target !== undefined || !converting.includes(name)) return undefined
  const value = knownValue(first)
  return value === undefined ? undefined : ran(name, value)
}

function patternFault(pattern: string): string | undefined {
  try {
    re2(pattern)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
}

function isPattern(text: string): boolean {
  return patternFault(text) === undefined
}
