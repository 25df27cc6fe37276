import { parseTime } from '#base'
import type { Expression, Mistake } from './ast.ts'
import { re2 } from '../re2.ts'

const ofText: Readonly<Record<string, (text: string) => boolean>> = {
  duration: (text) => /^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.test(text),
  timestamp: (text) => parseTime(text) !== undefined,
  matches: isPattern,
}

/** Literal arguments that can never be read: a pattern, a duration, a time. */
export function literalMistakes(expression: Expression): Mistake[] {
  const inner = partsOf(expression).flatMap(literalMistakes)
  if (expression.kind !== 'call') return inner
  const { name, args } = expression
  const last = args[args.length - 1]
  const reads = Object.hasOwn(ofText, name) ? ofText[name] : undefined
  if (last?.kind !== 'literal' || last.type !== 'string' || reads?.(last.text) !== false) {
    return inner
  }
  return [...inner, { pos: last.pos, message: `invalid ${name} argument` }]
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
      return expression.entries.flat()
    case 'fold':
      return [expression.range, expression.step]
    case 'call':
      return expression.target === undefined
        ? expression.args
        : [expression.target, ...expression.args]
  }
}

/** What is wrong with the patterns of `find`, which are read only when a rule is made ready to run. */
export function patternFault(expression: Expression): string | undefined {
  for (const part of partsOf(expression)) {
    const found = patternFault(part)
    if (found !== undefined) return found
  }
  if (expression.kind !== 'call' || !expression.name.startsWith('find')) return undefined
  const [pattern] = expression.args
  if (pattern?.kind !== 'literal') return undefined
  try {
    re2(pattern.text)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
}

function isPattern(text: string): boolean {
  try {
    re2(text)
    return true
  } catch {
    return false
  }
}
