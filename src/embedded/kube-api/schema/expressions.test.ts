import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Fielded } from '../object.ts'
import { ruleFaults } from './cel.ts'
import { openApiFaults } from './open-api-faults.ts'
import type { Schema, ValidationRule } from './schema.ts'

/** An expression, why a rule with it was refused, or what a message with it said of the value. */
interface Asked {
  readonly expression: string
  readonly refused?: readonly string[]
  readonly says?: readonly string[]
}

const url = new URL('../../../../test/kube-api-recorded/expressions.jsonl', import.meta.url)
const [head = '', ...lines] = readFileSync(url, 'utf8').trim().split('\n')
const { schema: properties, value } = JSON.parse(head) as {
  readonly schema: Readonly<Record<string, Schema>>
  readonly value: Fielded
}
const asked = lines.map((line) => JSON.parse(line) as Asked)

function withRule(rule: ValidationRule): Schema {
  return { type: 'object', properties, 'x-kubernetes-validations': [rule] }
}

function refusals(expression: string): string[] {
  const schema = withRule({ rule: `type(${expression}) == string` })
  return openApiFaults({ type: 'object', properties: { p: schema } }, 'at', true)
    .filter(({ field }) => field !== 'at')
    .map(({ message }) =>
      message
        .replace(/selfType\d+/g, 'selfType')
        .replace(/^Invalid value: \{.*?"OptionalOldSelf":null\}: /, ''),
    )
    .filter((message) => !message.includes('contributed to'))
}

it('expressions are refused when a definition is made, and with what is said of them, as by kube-apiserver', () => {
  expect(asked.length).toBeGreaterThan(900)
  for (const { expression, refused = [] } of asked) {
    expect(refusals(expression), expression).toEqual(refused)
  }
})

it('expressions come to what they come to in kube-apiserver, and fail in its words', () => {
  const met = asked.filter(({ says }) => says !== undefined)
  expect(met.length).toBeGreaterThan(700)
  for (const { expression, says } of met) {
    const schema = withRule({
      rule: `dyn(${expression}) == '~never~'`,
      message: 'static',
      messageExpression: `'%s'.format([dyn(${expression})])`,
    })
    const found = ruleFaults(value, undefined, schema, 'p').map(({ message }) => message)
    expect(found, expression).toEqual(says)
  }
})
