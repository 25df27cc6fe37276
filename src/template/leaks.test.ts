import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultOf, utf8 } from '#base'
import { functionsOf } from './functions/index.ts'
import { parseTemplate, render } from './index.ts'

/** Values that parsers stumble over; each holds the canary. */
const secrets: readonly string[] = [
  'canary7',
  'canary7(',
  '[canary7',
  '{"canary7": canary7}',
  '{"a": "canary7"',
  'a: canary7: [',
  '*canary7',
  '%canary7',
  'http://canary7:80x/%zz',
  '-----BEGIN CANARY7-----\ncanary7\n-----END CANARY7-----\n',
  '1.canary7.0',
  'canary7\n\t"',
  '99999999999999999999canary7',
  'canary7=',
]

const args = ['.s', '.t', '1', '-1', '"x"', 'nil', 'true', '(list .s .t)', '(dict "k" .s)', '2.5']
const deps = { now: () => 0, randomBytes: (count: number) => new Uint8Array(count) }

describe('what a template says when it fails', () => {
  it.each(['eso', 'sealed'] as const)('never holds a value: %s', (engine) => {
    const names = [...functionsOf(engine).keys()]
    const call = fc
      .tuple(fc.constantFrom(...names), fc.array(fc.constantFrom(...args), { maxLength: 4 }))
      .map(([name, given]) => `(${[name, ...given].join(' ')})`)
    const text = fc.oneof(
      call.map((inner) => `{{ ${inner} }}`),
      fc.tuple(call, fc.constantFrom(...names)).map(([inner, outer]) => `{{ ${outer} ${inner} }}`),
      call.map((inner) => `{{ range ${inner} }}{{ .x.y }}{{ end }}`),
      call.map((inner) => `{{ with ${inner} }}{{ .x }}{{ index . 9 }}{{ end }}`),
      call.map((inner) => `{{ template ${inner} }}`),
    )
    const secret = fc.constantFrom(...secrets)
    fc.assert(
      fc.property(text, secret, secret, (source, s, t) => {
        const values = new Map([
          ['s', utf8(s)],
          ['t', utf8(t)],
        ])
        try {
          render(parseTemplate(source, { engine, name: 'x' }), values, { deps })
        } catch (thrown) {
          const fault = faultOf(thrown)
          const told = `${fault.message} ${fault.hint ?? ''} ${fault.at ?? ''}`
          expect(told.toLowerCase(), source).not.toContain('canary7')
          expect(fault.reason, source).not.toBe('InternalError')
        }
      }),
      { numRuns: Number(process.env['LOCKSTEP_RUNS'] ?? 1500) },
    )
  })
})
