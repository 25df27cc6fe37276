import { describe, expect, it } from 'vitest'

import { decodeYaml, parseYaml, parseYamlDocuments, whyNotUtf8 } from '../index.ts'

// Asked of sigs.k8s.io/yaml 1.6.0 over go.yaml.in/yaml v2.4.4.
const sentences: readonly (readonly [string, string])[] = [
  ['a: 1\n b: 2', 'yaml: line 2: mapping values are not allowed in this context'],
  ['a: "open', 'yaml: found unexpected end of stream'],
  ['a: @x', 'yaml: found character that cannot start any token'],
  ['a: - b', 'yaml: block sequence entries are not allowed in this context'],
  ['a: [a,,b]', 'yaml: did not find expected node content'],
  ['a: [b\nc: d', "yaml: line 1: did not find expected ',' or ']'"],
  ['a:\n- b\nc\nd: e', "yaml: line 4: could not find expected ':'"],
  ['k: v\n[: "v"', "yaml: line 3: could not find expected ':'"],
  ['a: |\n\tx', 'yaml: line 2: found a tab character where an indentation space is expected'],
  ['%YAML 1.2\n---\na: 1', 'yaml: found incompatible YAML document'],
  ['%FOO\n---\na', 'yaml: found unknown directive name'],
  ['a: !e!x y', 'yaml: found undefined tag handle'],
  ['a: *nope', "yaml: unknown anchor 'nope' referenced"],
  ['a: &x [*x]', "yaml: anchor 'x' value contains itself"],
  ['a: !!null x', 'yaml: cannot decode !!str `x` as a !!null'],
  ['a: !!int 1.5', 'yaml: cannot decode !!float `1.5` as a !!int'],
  ['a: !!binary x', 'yaml: !!binary value contains invalid base64 data'],
  ['? [a]\n: b', 'yaml: invalid map key: []interface {}{"a"}'],
  ['~: a', 'unsupported map key of type: %!s(<nil>), key: <nil>, value: "a"'],
  ['a: -.Inf', 'json: unsupported value: -Inf'],
  ['<<: 1', 'yaml: map merge requires map or sequence of maps as the value'],
]

describe('the peer’s sentences about YAML', () => {
  it.each(sentences)('are given for %j', (text, sentence) =>
    expect(decodeYaml(text)).toEqual({ ok: false, sentence }),
  )

  it('stay out of our own messages where they quote the text', () => {
    for (const text of ['a: *s3cret', 'a: !!null s3cret', '? [s3cret]\n: b', '~: s3cret']) {
      expect(() => parseYaml(text)).toThrow(/^yaml: line 1, column \d+: (?!.*s3cret)/)
    }
  })
})

describe('bytes that are no UTF-8', () => {
  it.each([
    ['a\x80', 'invalid leading UTF-8 octet'],
    ['a\xc3', 'incomplete UTF-8 octet sequence'],
    ['\xc3(', 'invalid trailing UTF-8 octet'],
    ['\xc0\x80', 'invalid length of a UTF-8 sequence'],
    ['\xed\xa0\x80', 'invalid Unicode character'],
    ['\xf4\x90\x80\x80', 'invalid Unicode character'],
    ['\xc3\xa9\xf0\x9f\x99\x82', undefined],
  ])('are refused in the peer’s words: %j', (text, why) => expect(whyNotUtf8(text)).toBe(why))
})

describe('YAML that few write', () => {
  it.each([
    ['"a\\\n  b\n\n  c"', 'ab\nc'],
    ["'p\n\n  q'", 'p\nq'],
    ['a\n b\n\n c', 'a b\nc'],
    ['>\n a\n b\n\n  c\n d\n', 'a b\n\n c\nd\n'],
    ['|2-\n   x\n  y\n\n', ' x\ny'],
    ['%TAG !e! tag:e,2000:\n--- !e!x y', 'y'],
    ['[a: b, ? c, ? d : e]', [{ a: 'b' }, { c: null }, { d: 'e' }]],
    ['{a, b: , ? c}', { a: null, b: null, c: null }],
    ['a: &x {b: 1, c: 2}\nd: {<<: *x, b: 3}', { a: { b: 1, c: 2 }, d: { b: 3, c: 2 } }],
    ['__proto__: {x: 1}', JSON.parse('{"__proto__":{"x":1}}')],
  ])('is read as the peer reads it: %j', (text, value) => expect(parseYaml(text)).toEqual(value))

  it('is read document by document', () => {
    expect(parseYamlDocuments('a: 1\n---\n---\n# c\nb\n...\n--- |\n c\n')).toEqual([
      { value: { a: 1 }, line: 1 },
      { value: null, line: 3 },
      { value: 'b', line: 5 },
      { value: 'c\n', line: 7 },
    ])
  })

  it('is refused behind a whole document only when that is asked for', () => {
    expect(parseYaml('--- {a: 1}\nfoo: [bar')).toEqual({ a: 1 })
    expect(() => parseYamlDocuments('--- {a: 1}\nfoo: [bar')).toThrow(
      'did not find expected <document',
    )
  })
})
