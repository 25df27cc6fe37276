import { propertyOf, valuesOf, type Schema } from './schema.ts'

/**
 * Whether a rule's `fieldPath` leads to a field of the schema: `.a.b`, `.map['key']`; never into a list.
 */
export function pathFits(path: string, schema: Schema): boolean {
  let at: Schema | undefined = schema
  let rest = path
  while (rest !== '' && at !== undefined) {
    const step = /^(?:\.([^.[\]]+)|\['([^']*)'\])/.exec(rest)
    if (step === null) return false
    const name = step[1] ?? step[2] ?? ''
    if (step[2] !== undefined && valuesOf(at) === undefined && propertyOf(at, name) === undefined) {
      return false
    }
    at = propertyOf(at, name) ?? valuesOf(at)
    rest = rest.slice(step[0].length)
  }
  return at !== undefined
}
