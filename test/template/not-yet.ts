/**
 * Groups of recorded lines that are not all answered as recorded yet: [passing, all]. A group that is
 * not here passes whole. The numbers may only grow; `test/template-conformance.test.ts` holds them.
 */
export const notYet: Readonly<Record<string, readonly [number, number]>> = {
  // The answer is an error text as a value: ours says the same in words that never hold the input.
  'fn/fromYaml': [108, 124],
  // The two read back alike: a byte order mark before other text, and U+0085, which Go loses.
  'fn/toYaml': [89, 91],
}
