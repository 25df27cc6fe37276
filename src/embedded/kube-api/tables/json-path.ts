import { equalJson } from '#base'
import { get, isFielded } from '../object.ts'

type Step = (values: readonly unknown[]) => unknown[]

const cache = new Map<string, readonly Step[]>()

/** The values at a JSON path such as `.status.conditions[?(@.type=="Ready")].status`. */
export function atJsonPath(value: unknown, path: string): unknown[] {
  let steps = cache.get(path)
  if (steps === undefined) {
    steps = parse(path)
    if (cache.size < 500) cache.set(path, steps)
  }
  let values: unknown[] = [value]
  for (const step of steps) values = step(values)
  return values
}

function parse(path: string): readonly Step[] {
  const steps: Step[] = []
  let rest = path.replace(/^\{|\}$/g, '')
  while (rest !== '') {
    const name = /^\.?((?:[^.[\\]|\\.)+)/.exec(rest)
    const bracket = /^\[(\?\((.*?)\)|'[^']*'|"[^"]*"|\*|-?\d*(?::-?\d*){0,2})\]/.exec(rest)
    if (rest.startsWith('..')) {
      steps.push((values) => values.flatMap(descendants))
      rest = rest.slice(1)
    } else if (rest.startsWith('[') && bracket !== null) {
      steps.push(bracketStep(bracket[1] ?? '', bracket[2]))
      rest = rest.slice(bracket[0].length)
    } else if (!rest.startsWith('[') && name !== null) {
      steps.push(fieldStep((name[1] ?? '').replace(/\\(.)/g, '$1')))
      rest = rest.slice(name[0].length)
    } else return [() => []]
  }
  return steps
}

function fieldStep(key: string): Step {
  if (key === '*') return (values) => values.flatMap(children)
  return (values) => values.map((one) => get(one, key)).filter((one) => one !== undefined)
}

function children(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  return isFielded(value) ? Object.values(value) : []
}

/** A value with everything inside it. */
function descendants(value: unknown): unknown[] {
  return typeof value === 'object' ? [value, ...children(value).flatMap(descendants)] : []
}

// From, to and step, each of which may be left out; negative ones count from the end. What reaches beyond
// the list is nothing at all.
function slice(value: unknown, text: string): unknown[] {
  if (!Array.isArray(value)) return []
  const { length } = value
  const [from = '', to = '', step = ''] = text.split(':')
  const place = (index: string, otherwise: number): number => {
    const at = index === '' ? otherwise : Number(index)
    return at < 0 ? at + length : at
  }
  const [start, end, every] = [place(from, 0), place(to, length), Number(step === '' ? 1 : step)]
  if (start < 0 || start > end || end > length || every <= 0) return []
  return value.slice(start, end).filter((_, i) => i % every === 0)
}

function bracketStep(text: string, filter: string | undefined): Step {
  if (filter !== undefined) return filterStep(filter)
  if (text === '*') return (values) => values.flatMap(children)
  // A key in quotes is a path, too: of one with a dot the dot must be escaped.
  if (text.startsWith("'")) {
    const steps = parse(`.${text.slice(1, -1)}`)
    return (values) => steps.reduce((found: unknown[], step) => step(found), [...values])
  }
  if (text.startsWith('"')) return fieldStep(text.slice(1, -1))
  if (text.includes(':')) return (values) => values.flatMap((one) => slice(one, text))
  const index = Number(text)
  return (values) =>
    values.flatMap((one) => {
      const item: unknown = Array.isArray(one) ? one.at(index) : undefined
      return item === undefined ? [] : [item]
    })
}

function filterStep(filter: string): Step {
  const there = /^@(\.[^\s=!<>]+)$/.exec(filter.trim())?.[1]
  if (there !== undefined) {
    return (values) => values.flatMap(children).filter((item) => atJsonPath(item, there).length > 0)
  }
  const parts = /^@(\.[^\s=!<>]+)\s*(==|!=|<=|>=|<|>)\s*(.+)$/.exec(filter.trim())
  if (parts === null) return () => []
  const [, path = '', operator, literal = ''] = parts
  const wanted = literalOf(literal.trim())
  if (wanted === undefined) return () => []
  return (values) =>
    values.flatMap(children).filter((item) => {
      const [found] = atJsonPath(item, path)
      return compared(found, operator ?? '', wanted)
    })
}

// A definition may have anything there: what is no value is equal to none.
function literalOf(text: string): unknown {
  if (/^['"]/.test(text)) return text.slice(1, -1)
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function compared(found: unknown, operator: string, wanted: unknown): boolean {
  if (operator === '==' || operator === '!=') {
    return equalJson(found, wanted) === (operator === '==')
  }
  const isOrdered =
    (typeof found === 'number' && typeof wanted === 'number') ||
    (typeof found === 'string' && typeof wanted === 'string')
  if (!isOrdered) return false
  if (operator === '<') return found < wanted
  if (operator === '>') return found > wanted
  return operator === '<=' ? found <= wanted : found >= wanted
}
