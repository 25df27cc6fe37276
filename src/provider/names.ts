import { Fault } from '#base'
import { RE2JS } from 're2js'

/**
 * Tests names against `find.name.regexp`: RE2, so in linear time, and not anchored.
 *
 * @throws Fault InvalidSpec when it does not compile.
 */
export function nameMatcher(source: string): (name: string) => boolean {
  try {
    const compiled = RE2JS.compile(source)
    return (name) => compiled.matcher(name).find()
  } catch (thrown) {
    // The author's own words; no secret stands in a spec.
    const why = thrown instanceof Error ? thrown.message : 'invalid expression'
    throw new Fault('InvalidSpec', `could not compile find.name.regexp [${source}]: ${why}`, {
      at: 'find.name.regexp',
    })
  }
}
