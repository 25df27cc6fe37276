import { BigNumber } from '#base'

/** What a walk through a value finds. */
export interface Extent {
  /** Keys of all objects in it. */
  readonly keys: number
  /** Objects and lists inside of one another; 0 for what is neither. */
  readonly depth: number
}

/**
 * Whether an object of a JSON text may have a key twice. False is certain; true says that it is worth
 * looking at every letter, which takes ten times as long.
 *
 * @param text Valid JSON.
 * @param extent Of what it was parsed to: a key that stands twice is kept once.
 */
export function mayRepeatKeys(text: string, extent: Extent): boolean {
  return keysWritten(text) !== extent.keys
}

// Never too few: what only looks like a key, inside of a text, counts as one.
function keysWritten(text: string): number {
  let count = 0
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) {
    let before = at - 1
    while (isSpace(text.charCodeAt(before))) before--
    if (text.charCodeAt(before) === 0x22) count++
  }
  return count
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}

/** Walks through a value, however deep it is. */
export function extentOf(value: unknown): Extent {
  let keys = 0
  let depth = 0
  // Level by level, since a function that calls itself would run out of stack.
  for (let level = [value].filter(isNested); level.length > 0; depth++) {
    const below: object[] = []
    for (const one of level) {
      const items: unknown[] = Array.isArray(one) ? one : Object.values(one)
      if (!Array.isArray(one)) keys += items.length
      for (const item of items) if (isNested(item)) below.push(item)
    }
    level = below
  }
  return { keys, depth }
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof BigNumber)
}
