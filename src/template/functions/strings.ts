import type { Family } from './function.ts'

/** Strings. */
export const stringFunctions: Family = {
  hello: () => 'Hello!',
}
