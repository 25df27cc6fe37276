import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { textOf, utf8 } from '#base'
import { parseTemplate, render, TemplateFault, templateLimits } from './index.ts'

const words = [
  '{{',
  '}}',
  '{{-',
  '-}}',
  ' ',
  '\n',
  '.',
  '.a',
  '.b.c',
  '$',
  '$x',
  ':=',
  '=',
  '|',
  '(',
  ')',
  ',',
  'if',
  'else',
  'end',
  'range',
  'with',
  'define',
  'template',
  'block',
  'break',
  'continue',
  'nil',
  '"s"',
  '`r`',
  "'c'",
  '1',
  '-2',
  '1.5',
  '0x1F',
  '1i',
  '"',
  '`',
  '/*',
  '*/',
  'printf',
  '"%[2]*.3d"',
  'index',
  'list',
  'dict',
  'repeat',
  'until',
  'toYaml',
  'fromYaml',
  'fromJson',
  'toJson',
  'split',
  'regexFind',
  'merge',
  'trunc',
  'wrap',
  'indent',
  'b64dec',
  'upper',
  'default',
  '\u00e9',
  '\ud800',
]

const limits = { steps: 20_000, outputBytes: 100_000, workBytes: 1_000_000, depth: 50 }

function run(template: string, data: Uint8Array): void {
  try {
    const values = new Map([
      ['a', data],
      ['b', Buffer.from('{"c":[1,null,{"d":"x"}]}')],
    ])
    render(parseTemplate(template, { engine: 'eso' }), values, { limits })
  } catch (thrown) {
    if (!(thrown instanceof TemplateFault)) throw thrown
    expect(thrown.line).toBeGreaterThan(0)
  }
}

describe('any template over any bytes', () => {
  it('is rendered or refused with its line, when it is made of words of the language', () => {
    const template = fc
      .array(fc.constantFrom(...words), { maxLength: 40 })
      .map((all) => all.join(' '))
    fc.assert(fc.property(template, fc.uint8Array({ maxLength: 50 }), run), { numRuns: 3000 })
  })

  it('is rendered or refused with its line, when a well-formed action calls anything', () => {
    const operand = fc.constantFrom(...words.filter((word) => /^[\w."$'(`-]/.test(word)))
    const action = fc
      .array(operand, { minLength: 1, maxLength: 5 })
      .map((all) => `{{ ${all.join(' ')} }}`)
    fc.assert(fc.property(action, fc.uint8Array({ maxLength: 50 }), run), { numRuns: 3000 })
  })

  it('is rendered or refused with its line, when it is noise', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.uint8Array(), run), {
      numRuns: 1000,
    })
  })
})

describe('an error', () => {
  it('never holds a value of the data', () => {
    const secret = 'hunter2-canary'
    const uses = [
      'range .a',
      'index .a "x"',
      '.a.x',
      'repeat .a "x"',
      'fromJson .a | first',
      'mustFromJson .a',
      'regexFind .a "x"',
      'regexReplaceAll (print "[" .a) "x" ""',
      'fail .a',
      'atoi .a | until .a',
      'template .a',
      'printf .a .a .a | int | index (list 1)',
      'lt .a 1',
      'eq .a (list)',
      'get . .a',
      'dig .a "x" .a',
      'index . .a | required',
      'dict .a | dig .a .a',
      'index (list .a) .a',
      'semver .a',
      'semverCompare .a "1.2.3"',
      'mustToDate "2006" .a',
      'urlParse (print ":" .a)',
      'set . .a .a',
      'len (index (list .a) 3)',
      'call .a',
      'slice (list .a) .a 9',
      'join .a | first',
    ]
    for (const use of uses) {
      let said = ''
      try {
        const data = new Map([['a', Buffer.from(secret)]])
        render(parseTemplate(`{{ ${use} }}`, { engine: 'eso' }), data)
      } catch (thrown) {
        if (!(thrown instanceof TemplateFault)) throw thrown
        said = JSON.stringify([thrown.message, thrown.hint, thrown.at, String(thrown.cause)])
      }
      expect(said, use).not.toContain('hunter2')
    }
  })
})

describe('rendering', () => {
  it('touches no clock, randomness, environment or network', () => {
    const ambient = { date: Date.now, random: Math.random, fetch: globalThis.fetch }
    const bite = (): never => {
      throw new Error('ambient')
    }
    Date.now = bite
    Math.random = bite
    globalThis.fetch = bite
    try {
      const template = parseTemplate(
        '{{ range $i, $e := splitList "," .a }}{{ $i }}={{ $e | upper | b64enc | quote }};{{ end }}{{ toYaml (fromJson .j) }}{{ sha256sum .a }}',
        { engine: 'eso', name: 'purity' },
      )
      const data = new Map([
        ['a', Buffer.from('x,y')],
        ['j', Buffer.from('{"k":[1,2]}')],
      ])
      const first = Buffer.from(render(template, data)).toString()
      for (let i = 0; i < 2000; i++) {
        expect(Buffer.from(render(template, data)).toString()).toBe(first)
      }
    } finally {
      Date.now = ambient.date
      Math.random = ambient.random
      globalThis.fetch = ambient.fetch
    }
  })

  it('refuses what needs a clock or randomness where it is given none', () => {
    for (const use of ['shuffle "abc"', 'randInt 1 9']) {
      expect(() => render(parseTemplate(`{{ ${use} }}`, { engine: 'eso' }), new Map())).toThrow(
        'not available here',
      )
    }
  })
})

describe('what fuzzing found', () => {
  it.each([
    ['a pattern of brackets', '{{ regexSplit (repeat 100000 "[") "x" 1 }}'],
    ['a pattern of groups', '{{ regexMatch (repeat 100000 "(?<") "x" | ternary "" (fail "no") }}'],
  ])('%s: an error, soon', (_what, text) => {
    expect(() => render(parseTemplate(text, { engine: 'eso' }), new Map())).toThrow(TemplateFault)
  })

  it('a random number of a large range is drawn', () => {
    const template = parseTemplate('{{ randInt -9223372036854775807 9 }}', { engine: 'eso' })
    const randomBytes = (count: number): Uint8Array => new Uint8Array(count).fill(77)
    expect(textOf(render(template, new Map(), { deps: { randomBytes } }))).toMatch(/^-\d{17,19}$/)
  })

  it.each([
    ['beginnings without an end', '-----BEGIN X-----\n', 'found junk'],
    ['ends without a beginning', '\n-----END X-----', 'PEM with too many broken blocks'],
  ])('PEM of %s, by the thousand: an error, soon', (_what, text, error) => {
    const data = new Map([['a', utf8(text.repeat(60_000))]])
    const template = parseTemplate('{{ filterPEM "X" .a }}', { engine: 'eso' })
    expect(() => render(template, data)).toThrow(error)
  })

  const limits = { ...templateLimits.render }
  it.each([
    [
      'lists within lists, printed',
      '{{ $x := list }}{{ range 60000 }}{{ $x = list $x }}{{ end }}{{ $x }}',
    ],
    ['a map that holds itself', '{{ $x := dict }}{{ $_ := set $x "a" $x }}{{ toJson $x }}'],
    [
      'thirty lists that stand for a billion',
      '{{ $x := dict }}{{ range 30 }}{{ $x = list $x $x }}{{ end }}{{ toPrettyJson $x }}',
    ],
    [
      'the same, compared',
      '{{ $x := list }}{{ $y := list }}{{ range 40 }}{{ $x = list $x $x }}{{ $y = list $y $y }}{{ end }}{{ deepEqual $x $y }}',
    ],
    [
      'blocks within templates that call themselves',
      `{{ define "r" }}${'{{ if true }}{{ with . }}'.repeat(90)}{{ template "r" . }}${'{{ end }}{{ end }}'.repeat(90)}{{ end }}{{ template "r" . }}`,
    ],
    ['quotes of quotes', '{{ $x := "\\"" }}{{ range 60 }}{{ $x = toJson $x }}{{ end }}'],
  ])('%s: an error with its line, soon', (_what, template) => {
    const work = (): unknown =>
      render(parseTemplate(template, { engine: 'eso' }), new Map([['a', utf8('x')]]), { limits })
    expect(work).toThrow(TemplateFault)
    expect(work).toThrow(/^template: template:1:\d+: .*(deep|more than)/)
  })

  it('many long templates are not all kept', () => {
    const long = (i: number): string => `${i}${'x'.repeat(200_000)}`
    expect(parseTemplate(long(0), { engine: 'eso' })).not.toBe(
      parseTemplate(long(0), { engine: 'eso' }),
    )
    const kept = parseTemplate('kept {{ .a }}', { engine: 'eso' })
    for (let i = 0; i < 200; i++) {
      parseTemplate(`${i}${'x'.repeat(60_000)}`, { engine: 'eso' })
    }
    expect(parseTemplate('kept {{ .a }}', { engine: 'eso' })).not.toBe(kept)
  })
})
