/**
 * Groups of recorded lines that are not all answered as recorded yet: [passing, all]. A group that is
 * not here passes whole. The numbers may only grow; `test/template-conformance.test.ts` holds them.
 */
export const notYet: Readonly<Record<string, readonly [number, number]>> = {
  // The runtime's own zone data: Lord Howe of 1970, Casablanca's fasting months from 2030 on.
  'fn/dateInZone': [137, 140],
  // A copied version keeps its number; Go's copy loses what it may not see and prints 0.0.0.
  'fn/deepCopy': [12, 13],
  // The answer is an error text as a value: ours says the same in words that never hold the input.
  'fn/fromYaml': [108, 124],
  'fn/mustDeepCopy': [12, 13],
  // The two read back alike: a byte order mark before other text, and U+0085, which Go loses.
  'fn/toYaml': [89, 91],
  // %d of a time shows the insides of Go's struct.
  'printf/d': [16, 17],
}
