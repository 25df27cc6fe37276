import { createRequire } from 'node:module'
import type * as Re2 from 're2js'

let loaded: typeof Re2.RE2JS | undefined

/**
 * A regular expression as Go reads it. Its library is loaded with the first: most servers need none, and
 * nobody who asks can wait.
 *
 * @throws Error in Go's words when it cannot be read.
 */
export function re2(pattern: string): Re2.RE2JS {
  loaded ??= (createRequire(import.meta.url)('re2js') as typeof Re2).RE2JS
  return loaded.compile(pattern)
}
