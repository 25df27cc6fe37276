import { describe, expect, it } from 'vitest'

import type { Secret } from '#api'
import { base64, utf8 } from '#base'
import {
  annotationFor,
  keptRendering,
  mayChange,
  renderedAnnotation,
  type Inputs,
} from './kept-rendering.ts'

const inputs: Inputs = {
  jobs: [{ name: 'pass', text: '{{ randAlphaNum 8 }}', part: 'data' }],
  values: new Map([['user', utf8('ann')]]),
  mergePolicy: undefined,
}

const made = {
  data: new Map([['pass', utf8('Xy12Zz89')]]),
  labels: new Map([['tier', 'gold']]),
  annotations: new Map<string, string>(),
}

const stamp = annotationFor(inputs, made)

function secret(change: Partial<Secret> = {}, note: string = stamp): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'app',
      labels: { tier: 'gold', other: 'x' },
      annotations: { [renderedAnnotation]: note, seen: 'by others' },
    },
    data: { pass: base64(utf8('Xy12Zz89')), beside: 'YQ==' },
    ...change,
  }
}

describe('what a template made by chance', () => {
  it('is kept while inputs and target are what they were; what others put beside it is theirs', () => {
    expect(keptRendering(secret(), inputs)).toEqual(made)
  })

  it.each<[string, Inputs]>([
    ['a value', { ...inputs, values: new Map([['user', utf8('bob')]]) }],
    ['a new value', { ...inputs, values: new Map([...inputs.values, ['b', utf8('')]]) }],
    ['the template', { ...inputs, jobs: [{ ...inputs.jobs[0]!, text: '{{ randAlpha 8 }}' }] }],
    ['the key', { ...inputs, jobs: [{ ...inputs.jobs[0]!, name: 'word' }] }],
    ['the merge policy', { ...inputs, mergePolicy: 'Merge' }],
  ])('is not kept when %s changes', (_what, changed) => {
    expect(keptRendering(secret(), changed)).toBeUndefined()
  })

  it.each([
    ['its value was changed', secret({ data: { pass: base64(utf8('other')) } })],
    ['its key is gone', secret({ data: {} })],
    ['a label was changed', secret({ metadata: { ...secret().metadata, labels: { tier: 'x' } } })],
    ['there is no note', secret({ metadata: { name: 'app' } })],
    ['the note is no JSON', secret({}, '{')],
    ['the note is another thing', secret({}, '{"hash":1,"data":"pass"}')],
    ['the note names no keys', secret({}, '{"hash":"x","data":[1],"labels":[],"annotations":[]}')],
    ['the note names nothing real', secret({}, stamp.replace('"pass"', '"__proto__"'))],
  ])('is not kept when %s', (_what, existing) => {
    expect(keptRendering(existing, inputs)).toBeUndefined()
  })

  it('leaves no trace of a value in the note that could be tried', () => {
    const other = annotationFor(inputs, { ...made, data: new Map([['pass', utf8('Xy12Zz88')]]) })
    expect(other).not.toBe(stamp)
    expect(stamp).not.toContain('Xy12')
  })

  it.each(['{{ randAlphaNum 8 }}', '{{now}}', '{{ genCA "x" 1 }}', '{{ date "2006" .x }}'])(
    'is looked for in %s',
    (text) => expect(mayChange({ name: 'x', text })).toBe(true),
  )

  it('is not looked for where nothing can change', () => {
    expect(mayChange({ name: 'x', text: '{{ .password | b64enc }}' })).toBe(false)
  })
})
