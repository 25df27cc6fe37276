import { describe, expect, it } from 'vitest'

import { parseTemplate, render, TemplateFault, type Engine } from './index.ts'

const text = (
  template: string,
  data: Record<string, string> = {},
  engine: Engine = 'eso',
): string =>
  Buffer.from(
    render(
      parseTemplate(template, { engine }),
      new Map(Object.entries(data).map(([key, value]) => [key, Buffer.from(value)])),
    ),
  ).toString()

function faultOf(work: () => unknown): TemplateFault {
  try {
    work()
  } catch (thrown) {
    if (thrown instanceof TemplateFault) return thrown
    throw thrown
  }
  throw new Error('it did not fail')
}

describe('a template', () => {
  it('puts values of the data into its text', () => {
    const template = 'user={{ .user }}; {{- /* c */ -}} host={{ .host }}'
    expect(text(template, { user: 'u', host: 'é' })).toBe('user=u;host=é')
  })

  it('keeps bytes that are no UTF-8', () => {
    const data = new Map([['b', Uint8Array.of(0xff, 0, 0x80)]])
    expect([...render(parseTemplate('{{ .b }}', { engine: 'eso' }), data)]).toEqual([255, 0, 128])
  })

  it('fails on a missing key for External Secrets, and says no value for Sealed Secrets', () => {
    expect(faultOf(() => text('a\n{{ .nope }}')).message).toBe(
      'template: template:2:3: map has no entry for key "nope"',
    )
    expect(text('{{ .nope }}', {}, 'sealed')).toBe('<no value>')
  })

  it('says line and column, and nothing of the data', () => {
    const fault = faultOf(() => text('\n{{ range .password }}{{ end }}', { password: 'hunter2' }))
    expect([fault.phase, fault.line, fault.at]).toEqual(['exec', 2, 'line 2'])
    expect(fault.message).not.toContain('hunter2')
  })

  it('is refused when parsed, not when run, if a function does not exist', () => {
    const fault = faultOf(() =>
      parseTemplate('{{ if false }}{{ env "HOME" }}{{ end }}', { engine: 'eso' }),
    )
    expect([fault.phase, fault.fault]).toEqual(['parse', 'no-function'])
  })

  it.each([
    ['parse', '{{ .a }}\n  {{ nope }}', 2, 5, 'function "nope" not defined'],
    ['parse', '{{ if .a }}x', 1, 12, 'unexpected EOF'],
    ['exec', 'a\n{{ .nope }}', 2, 3, 'map has no entry for key "nope"'],
  ])('tells where it fails to %s: %j', (phase, source, line, column, what) => {
    const fault = faultOf(() => text(source))
    expect(fault).toMatchObject({ phase, line, column, what })
  })

  it('is parsed once for the same text', () => {
    const options = { engine: 'eso', name: 'a' } as const
    expect(parseTemplate('{{ .a }}', options)).toBe(parseTemplate('{{ .a }}', options))
  })
})

describe('functions where sprig surprises', () => {
  // Asked of sprig 3.3.0 on Go 1.26.
  it.each([
    ['{{ kebabcase "2020-02-29T10:11Z" }}', '2020-02-29-t10:11-z'],
    ['{{ snakecase "a+b" }}', 'a_+_b'],
    ['{{ camelcase "__" }}', '___'],
    ['{{ atoi "9223372036854775808" }}', '9223372036854775807'],
    ['{{ merge (dict "a" 1) (dict "b" nil) | toJson }}', '{"a":1}'],
    ['{{ mergeOverwrite (dict "a" 1) (dict "b" nil) | toJson }}', '{"a":1,"b":null}'],
    ['{{ merge (dict "a" (semver "1.2.3")) (dict "a" (dict)) | quote }}', '""'],
    ['{{ concat (list) | toJson }}', 'null'],
    ['{{ chunk -3 (list 1) | toJson }}{{ chunk -3 (list 1 2) | toJson }}', '[[1]][]'],
    ['{{ regexReplaceAll "a" "aXa" "$é" }}', 'X'],
    ['{{ semverCompare "!=1.2.3" "1.2.4-rc1" }}', 'false'],
    ['{{ fromJson "[1,1e999]" | toJson }}', '[1,null]'],
    ['{{ printf "%+.w|%#." nil 1.5 }}', '%!w(<nil>)|%!.(float64=1.50000)'],
    ['{{ toYaml "a\u2028b" }}', "'a\u2028  b'"],
    ['{{ toYaml (dict "10" 1 "1e3" 2) }}', '"10": 1\n"1e3": 2'],
  ])('%s', (template, wanted) => expect(text(template)).toBe(wanted))

  it.each([
    '{{ chunk -1 (list 1) }}',
    '{{ regexMatch "a" 1 }}',
    '{{ mustRegexMatch "\\xff(" "a" }}',
    '{{ semverCompare ">=1<2" "1.0.0" }}',
    '{{ urlParse "http://h:80:90/" }}',
    '{{ eq (semver "1.0.0") (toDate "2006" "2020") }}',
    '{{ mustMerge (dict "a" (semver "1.2.3")) (dict "a" (dict)) }}',
  ])('%s fails', (template) => {
    expect(faultOf(() => text(template)).phase).toBe('exec')
  })
})

describe('a hostile template', () => {
  it.each([
    ['{{ range 1000000000000 }}{{ end }}', 'steps'],
    [
      '{{ range 100000000 }}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{{ end }}',
      'steps|bytes',
    ],
    ['{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}', 'depth'],
    ['{{ $s := "aaaaaaaaaaaaaaaa" }}{{ range 100 }}{{ $s = print $s $s }}{{ end }}', 'bytes'],
    ['{{ range 1000 }}{{ $x := printf "%999999d" 1 }}{{ end }}', 'bytes'],
    ['{{ until 200000 | uniq | len }}', 'bytes'],
    [
      '{{ $s := repeat 1000000 "a" }}{{ range 100000 }}{{ $x := regexMatch "b$" $s }}{{ end }}',
      'bytes',
    ],
  ])('is stopped: %s', (template, why) => {
    expect(faultOf(() => text(template)).message).toMatch(new RegExp(why))
  })

  it('cannot nest without end', () => {
    for (const part of [
      '{{ if true }}',
      '{{ (',
      '{{ with 1 }}{{ else with 1 }}',
      '{{ if 1 }}{{ else if 1 }}',
    ]) {
      expect(faultOf(() => text(part.repeat(20_000))).phase).toBe('parse')
    }
  })
})
