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
    const bracket = /^\[(\?\((.*?)\)|'[^']*'|"[^"]*"|\*|-?\d+)\]/.exec(rest)
    if (rest.startsWith('[') && bracket !== null) {
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

function bracketStep(text: string, filter: string | undefined): Step {
  if (filter !== undefined) return filterStep(filter)
  if (text === '*') return (values) => values.flatMap(children)
  if (/^['"]/.test(text)) return fieldStep(text.slice(1, -1))
  const index = Number(text)
  return (values) =>
    values.flatMap((one) => {
      const item: unknown = Array.isArray(one) ? one.at(index) : undefined
      return item === undefined ? [] : [item]
    })
}

function filterStep(filter: string): Step {
  const parts = /^@(\.[\w.]+)\s*(==|!=)\s*(.+)$/.exec(filter.trim())
  if (parts === null) return () => []
  const [, path = '', operator, literal = ''] = parts
  const wanted: unknown = /^['"]/.test(literal.trim())
    ? literal.trim().slice(1, -1)
    : (JSON.parse(literal) as unknown)
  return (values) =>
    values.flatMap(children).filter((item) => {
      const [found] = atJsonPath(item, path)
      return equalJson(found, wanted) === (operator === '==')
    })
}
