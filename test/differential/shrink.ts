/** Makes a sequence that fails as small as it can be while it still fails. */
import type { Edit } from './edits.ts'
import { isList, isMap, type Json } from './grammar.ts'
import type { Step } from './step.ts'

/**
 * @param fails Whether the steps still show what was found. Asked at most `limit` times.
 * @returns the smallest that was found to fail.
 */
export async function shrink(
  steps: readonly Step[],
  fails: (steps: readonly Step[]) => Promise<boolean>,
  limit = 400,
): Promise<readonly Step[]> {
  let best = steps
  const asked = { times: 0 }
  const isSpent = (): boolean => asked.times >= limit
  const holds = async (candidate: readonly Step[]): Promise<boolean> => {
    if (asked.times++ >= limit || !(await fails(candidate))) return false
    best = candidate
    return true
  }
  let before = -1
  while (before !== sizeOf(best) && !isSpent()) {
    before = sizeOf(best)
    for (let size = Math.max(1, best.length >> 1); size >= 1; size >>= 1) {
      // The last is the one that differs.
      for (let from = best.length - 1 - size; from >= 0; from -= size) {
        await holds(best.filter((_, i) => i < from || i >= from + size))
      }
    }
    for (let i = best.length - 1; i >= 0; i--) {
      let again = true
      while (again && !isSpent()) {
        again = false
        for (const smaller of smallerSteps(best[i] as Step)) {
          again = await holds(best.map((step, j) => (i === j ? smaller : step)))
          if (again) break
        }
      }
    }
  }
  return best
}

const sizeOf = (steps: readonly Step[]): number => JSON.stringify(steps).length

function* smallerSteps(step: Step): Generator<Step> {
  const { query, body, edits, accept, agent, ...rest } = step
  const kept = {
    ...(query === undefined ? {} : { query }),
    ...(body === undefined ? {} : { body }),
    ...(edits === undefined ? {} : { edits }),
    ...(accept === undefined ? {} : { accept }),
    ...(agent === undefined ? {} : { agent }),
  }
  if (accept !== undefined) yield without({ ...rest, ...kept }, 'accept')
  if (agent !== undefined) yield without({ ...rest, ...kept }, 'agent')
  for (const name of Object.keys(query ?? {})) {
    yield { ...rest, ...kept, query: without(query ?? {}, name) }
  }
  for (let i = 0; i < (edits ?? []).length; i++) {
    yield { ...rest, ...kept, edits: (edits ?? []).filter((_, j) => i !== j) }
    for (const smaller of smallerEdits((edits ?? [])[i] as Edit)) {
      yield { ...rest, ...kept, edits: (edits ?? []).map((one, j) => (i === j ? smaller : one)) }
    }
  }
  if (body !== undefined) {
    for (const smaller of smallerValues(body)) yield { ...rest, ...kept, body: smaller }
  }
}

function* smallerEdits({ at, set }: Edit): Generator<Edit> {
  if (set !== undefined) for (const smaller of smallerValues(set)) yield { at, set: smaller }
}

// Without these another fault would be found.
const kept: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'name', 'replicas'])

function* smallerValues(value: Json): Generator<Json> {
  if (isMap(value)) {
    const keys = Object.keys(value)
    // What is empty is another thing than what is not there.
    for (const key of keys) if (!kept.has(key) && keys.length > 1) yield without(value, key)
    for (const [key, inner] of Object.entries(value)) {
      for (const smaller of smallerValues(inner)) yield { ...value, [key]: smaller }
    }
  } else if (isList(value)) {
    for (let i = 0; i < value.length; i++) yield value.filter((_, j) => i !== j)
    for (let i = 0; i < value.length; i++) {
      for (const smaller of smallerValues(value[i] as Json)) {
        yield value.map((item, j) => (i === j ? smaller : item))
      }
    }
  }
}

function without<T extends object>(map: T, key: string): T {
  return Object.fromEntries(Object.entries(map).filter(([name]) => name !== key)) as T
}
