/**
 * The text that a patched object has before it is read again, which a refusal quotes. What a patch has not
 * gone into stands there as Go wrote it, fields as they are declared; the maps it went into have their keys
 * in order.
 *
 * Source: how kube-apiserver's json-patch library behaves.
 */
import { stringifyJson } from '#base'
import { anyShape, childShape, type Shape } from '../kinds/shape.ts'
import { get, isFielded, type Fielded } from '../object.ts'

/** Where a patch has been: what it went into, level by level; undefined: it has not been here. */
export type Touched = ReadonlyMap<string, Touched | undefined> | 'everywhere'

/** Where a merge patch goes: into maps that are there already; what is new is its own all the way down. */
export function touchedByMerge(live: unknown, patch: unknown): Touched {
  if (!isFielded(patch) || !isFielded(live)) return 'everywhere'
  return new Map(Object.keys(patch).map((key) => [key, touchedByMerge(live[key], patch[key])]))
}

/** Where the operations of a JSON patch go: into all that is above their paths. */
export function touchedByOperations(operations: readonly unknown[]): Touched {
  const root: Level = new Map()
  for (const one of operations) {
    for (const name of ['path', 'from']) {
      const path = get(one, name)
      if (typeof path === 'string') into(root, path.split('/').slice(1, -1))
    }
  }
  return root
}

type Level = Map<string, Level>

function into(root: Level, steps: readonly string[]): void {
  let here = root
  for (const step of steps) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    const below: Level = here.get(key) ?? new Map()
    here.set(key, below)
    here = below
  }
}

/** The text of `value`, an object of the shape, after a patch that has been at `touched`. */
export function patchedText(value: unknown, shape: Shape, touched: Touched | undefined): string {
  return stringifyJson(arranged(value, shape, touched)).replaceAll(
    /[<>&\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function arranged(value: unknown, shape: Shape, touched: Touched | undefined): unknown {
  if (Array.isArray(value)) {
    const element = shape.kind === 'list' ? shape.element() : anyShape
    return value.map((item: unknown, i) => arranged(item, element, below(touched, String(i))))
  }
  if (!isFielded(value)) return value
  const order = touched === undefined ? asDeclared(value, shape) : Object.keys(value).toSorted()
  return Object.fromEntries(
    order.map((key): [string, unknown] => {
      const inner = childShape(shape, key)?.() ?? anyShape
      return [key, arranged(value[key], inner, below(touched, key))]
    }),
  )
}

function below(touched: Touched | undefined, key: string): Touched | undefined {
  return touched === 'everywhere' ? touched : touched?.get(key)
}

function asDeclared(value: Fielded, shape: Shape): string[] {
  const keys = Object.keys(value)
  if (shape.kind !== 'struct') return keys.toSorted()
  const known = [...shape.fields.keys()].filter((key) => Object.hasOwn(value, key))
  return [...known, ...keys.filter((key) => !shape.fields.has(key)).toSorted()]
}
