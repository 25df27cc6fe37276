import { utf8 } from '#base'
import { describe, expect, it } from 'vitest'
import { badRequest } from '../errors.ts'
import { decodeYaml } from './body.ts'

const rows: readonly (readonly [string, string])[] = [
  ['a: [', 'yaml: line 1: did not find expected node content'],
  ['\ta: 1', 'yaml: found character that cannot start any token'],
  ['a: b: c', 'yaml: mapping values are not allowed in this context'],
  ['a: 1\n b: 2', 'yaml: line 2: mapping values are not allowed in this context'],
  ['a: "x', 'yaml: found unexpected end of stream'],
  ['a: *x', "yaml: unknown anchor 'x' referenced"],
  ['%x', 'yaml: found unknown directive name'],
  ['a:\n- b\nc', "yaml: line 4: could not find expected ':'"],
  ['kind: C\nmetadata:\n  name: y\n data:\n', 'yaml: line 3: did not find expected key'],
]

describe('a body that is no YAML is refused in the words of Go', () => {
  for (const [text, why] of rows) {
    it(`${JSON.stringify(text)}: ${why}`, () => {
      expect(() => decodeYaml(utf8(text), badRequest)).toThrow(why)
    })
  }
})
