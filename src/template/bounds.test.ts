import { describe, expect, it } from 'vitest'

import { parseTemplate, render, templateLimits, TemplateFault, type RenderLimits } from './index.ts'

function failure(text: string, limits: Partial<RenderLimits> = {}): TemplateFault {
  try {
    render(parseTemplate(text, { engine: 'eso', name: 'conf' }), new Map(), { limits })
  } catch (thrown) {
    if (thrown instanceof TemplateFault) return thrown
    throw thrown
  }
  throw new Error('nothing was refused')
}

const { render: bounds, nesting, textBytes } = templateLimits

// Each begins on the second line.
const cases: readonly [string, string, string, Partial<RenderLimits>?][] = [
  ['steps', '{{ range 1000000000 }}{{ end }}', `takes more than ${bounds.steps} steps`],
  ['output', '{{ range 9 }}12345{{ end }}', 'writes more than 40 bytes', { outputBytes: 40 }],
  ['a value', '{{ repeat 3000000 "x" }}', `makes more than ${bounds.valueBytes} bytes at once`],
  [
    'a width',
    '{{ printf "%999999d" 1 }}',
    'makes more than 9999 bytes at once',
    { valueBytes: 9999 },
  ],
  ['an indent', '{{ indent 3000000 "x" }}', 'bytes'],
  ['a list', '{{ until 100000000 }}', 'bytes'],
  [
    'work',
    '{{ range 1000 }}{{ $x := repeat 100000 "x" }}{{ end }}',
    `makes more than ${bounds.workBytes} bytes`,
  ],
  [
    'recursion',
    '{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}',
    `exceeded maximum template depth (${bounds.depth})`,
  ],
  ['doubling', '{{ $s := "aa" }}{{ range 99 }}{{ $s = print $s $s }}{{ end }}', 'bytes'],
  [
    'long patterns',
    '{{ $p := repeat 3000 "(a|b)" }}{{ range 99 }}{{ regexMatch $p "a" }}{{ end }}',
    `makes more than ${bounds.workBytes} bytes`,
  ],
  ['lists in lists', '{{ $l := list }}{{ range 9999 }}{{ $l = list $l }}{{ end }}{{ $l }}', ''],
]

describe('a template beyond its bounds', () => {
  it.each(cases)('is told by name and line: %s', (_what, text, why, limits = {}) => {
    const fault = failure(`{{ 1 }}\n${text}`, limits)
    expect(fault.message).toMatch(/^template: conf:2:\d+: /)
    expect(fault.message).toContain(why)
    expect(['limit', 'depth']).toContain(fault.fault)
    expect(fault.line).toBe(2)
  })

  it('is refused before it runs when it nests too deeply, with its line', () => {
    for (const part of ['{{ if 1 }}', '{{ range 1 }}{{ else }}{{ if 1 }}']) {
      const fault = failure(`\n\n${part.repeat(nesting + 1)}`)
      expect(fault.phase).toBe('parse')
      expect(fault.message).toMatch(/^template: conf:3: /)
      expect(fault.fault).toBe('limit')
    }
    expect(failure(`\n{{ ${'('.repeat(nesting + 1)}`).message).toMatch(/^template: conf:2: /)
  })

  it('is refused before it is read when it is too long', () => {
    const fault = failure('x'.repeat(textBytes + 1))
    expect(fault.message).toBe(`template: conf:1: longer than ${textBytes} bytes`)
  })

  it('runs when it stays within them', () => {
    const text = '{{ range 1000 }}{{ printf "%5d" . }}{{ end }}'
    const template = parseTemplate(text, { engine: 'sealed', name: 'conf' })
    expect(render(template, new Map()).length).toBe(5000)
  })
})
