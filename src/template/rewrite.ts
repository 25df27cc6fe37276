import { Fault, isObject, parseJson, textOf } from '#base'
import {
  encodeJson,
  goBytes,
  GoRegexp,
  goString,
  goText,
  goValueOf,
  valueBytes,
  type DataMap,
} from '#go'

import { parseTemplate, render, type RenderOptions } from './template.ts'

/** One step of `dataFrom[].rewrite`: exactly one of its fields is set. */
export interface RewriteStep {
  readonly regexp?: { readonly source: string; readonly target: string }
  readonly transform?: { readonly template: string }
  readonly merge?: RewriteMerge
}

/** `rewrite[].merge`: values that are JSON objects become one map. */
export interface RewriteMerge {
  /** Key for strategy JSON. */
  readonly into?: string
  /** Merged last, in this order: later ones win. */
  readonly priority?: readonly string[]
  readonly priorityPolicy?: string
  readonly conflictPolicy?: string
  readonly strategy?: string
}

/**
 * Renames (or merges) the keys of a map, step by step, as External Secrets does.
 *
 * @throws Fault InvalidSpec with `at` (`rewrite[0].regexp`); never with a value.
 */
export function rewriteKeys(
  data: DataMap,
  steps: readonly RewriteStep[],
  options: RenderOptions = {},
): DataMap {
  let current = data
  for (const [i, step] of steps.entries()) current = rewriteOnce(current, step, i, options)
  return current
}

function rewriteOnce(
  data: DataMap,
  step: RewriteStep,
  index: number,
  options: RenderOptions,
): DataMap {
  const kind = step.regexp ? 'regexp' : step.merge ? 'merge' : 'transform'
  try {
    if (step.regexp !== undefined) return rewriteRegexp(data, step.regexp)
    if (step.merge !== undefined) return rewriteMerge(data, step.merge)
    if (step.transform !== undefined) return rewriteTransform(data, step.transform, options)
    return data
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    const what = `failed rewrite operation[${index}]: ${kind} failed with ${thrown.message}`
    throw new Fault('InvalidSpec', what, { cause: thrown, at: `rewrite[${index}].${kind}` })
  }
}

function rewriteRegexp(
  data: DataMap,
  { source, target }: { readonly source: string; readonly target: string },
): DataMap {
  const expression = new GoRegexp(goString(source))
  const template = goString(target)
  return renamed(data, (key) => goText(expression.replaceAll(goString(key), template)))
}

function rewriteTransform(
  data: DataMap,
  { template }: { readonly template: string },
  options: RenderOptions,
): DataMap {
  const parsed = parseTemplate(template, { engine: 'transform', name: 'transform' })
  return renamed(data, (key) =>
    textOf(render(parsed, new Map([['value', goBytes(goString(key))]]), options)),
  )
}

function renamed(data: DataMap, rename: (key: string) => string): DataMap {
  return new Map([...data].map(([key, value]) => [rename(key), value] as const))
}

function rewriteMerge(data: DataMap, step: RewriteMerge): DataMap {
  const merged = new Map<string, unknown>()
  const conflicts = new Set<string>()
  for (const key of mergeOrder(data, step)) {
    for (const [name, value] of Object.entries(objectAt(data, key))) {
      if (merged.has(name)) conflicts.add(name)
      merged.set(name, value)
    }
  }
  if (step.conflictPolicy !== 'Ignore' && conflicts.size > 0) {
    throw new Fault('InvalidSpec', `conflicts: ${[...conflicts].sort().join(', ')}`)
  }
  if (step.strategy !== 'JSON') {
    return new Map([...merged].map(([name, value]) => [name, valueBytes(value)] as const))
  }
  if (step.into === undefined || step.into === '') {
    throw new Fault('InvalidSpec', `missing 'into' field`)
  }
  const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [name, value] of merged) object[name] = value
  const text = encodeJson(goValueOf(object, 'float64'), false) ?? ''
  return new Map([...data, [step.into, goBytes(text)] as const])
}

/** Keys by name, those with priority last and in their own order. */
function mergeOrder(data: DataMap, { priority = [], priorityPolicy }: RewriteMerge): string[] {
  const first = [...data.keys()].filter((key) => !priority.includes(key)).sort()
  // A value that is no JSON is reported before a key that is missing, as in the peer.
  for (const key of first) objectAt(data, key)
  const present = priority.filter((key) => {
    if (data.has(key)) return true
    if (priorityPolicy === 'IgnoreNotFound') return false
    throw new Fault('InvalidSpec', `key ${JSON.stringify(key)} not found in input map`)
  })
  return [...first, ...present]
}

function objectAt(data: DataMap, key: string): Readonly<Record<string, unknown>> {
  const value = jsonAt(data, key)
  if (value === null) return {}
  if (isObject(value)) return value
  throw new Fault('InvalidSpec', `failed to unmarshal JSON: the value of ${key} is no object`)
}

function jsonAt(data: DataMap, key: string): unknown {
  try {
    return parseJson(textOf(data.get(key) ?? new Uint8Array()))
  } catch {
    throw new Fault('InvalidSpec', `failed to unmarshal JSON: the value of ${key} is not valid`)
  }
}
