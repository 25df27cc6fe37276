import { BigNumber } from '#base'

/**
 * Whether an object of a JSON text may have a key twice. False is certain; true says that it is worth
 * looking at every letter, which takes ten times as long.
 *
 * @param text Valid JSON.
 * @param value What it was parsed to: a key that stands twice is kept once.
 */
export function mayRepeatKeys(text: string, value: unknown): boolean {
  return keysWritten(text) !== keysKept(value)
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

function keysKept(value: unknown): number {
  if (typeof value !== 'object' || value === null || value instanceof BigNumber) return 0
  let count = Array.isArray(value) ? 0 : Object.keys(value).length
  for (const item of Object.values(value)) count += keysKept(item)
  return count
}
