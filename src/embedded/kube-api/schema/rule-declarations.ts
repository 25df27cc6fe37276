/**
 * What is wrong with the rules of a schema before any object has met them: rules that do not compile,
 * are of the wrong type, look back where there is no past, or could cost too much.
 */
import { parseCel } from '../cel/parser.ts'
import { checkCel, type Checked } from '../cel/check.ts'
import { costOf } from '../cel/cost.ts'
import { declared, requestBytes, type Declared } from '../cel/declare.ts'
import { mistakesText, type Expression, type Mistake } from '../cel/ast.ts'
import { literalMistakes, patternFault } from '../cel/literals.ts'
import type { Type } from '../cel/types.ts'
import { field, type FieldError } from '../errors.ts'
import { get, isFielded, listAt, textAt } from '../object.ts'
import { pathFits } from './rule-path.ts'
import { valuesOf, type Schema } from './schema.ts'

const mostForRule = 10_000_000
const mostForSchema = 100_000_000
const mostContributors = 4

interface Place {
  readonly at: string
  readonly isRoot: boolean
  /** How often the schema can stand in one object; undefined: no limit but the request's. */
  readonly times: number | undefined
  /** Above it is a list whose items have no past; where that is. */
  readonly uncorrelated: string | undefined
}

interface Priced {
  readonly at: string
  readonly cost: number
}

/** Faults of all rules in a schema. @param at Path of the schema, for messages. */
export function ruleDeclarationFaults(schema: Schema, at: string): FieldError[] {
  const errors: FieldError[] = []
  const prices: Priced[] = []
  walk(schema, { at, isRoot: true, times: 1, uncorrelated: undefined }, errors, prices)
  const total = prices.reduce((sum, { cost }) => sum + cost, 0)
  if (total > mostForSchema) {
    const dearest = [...prices].sort((a, b) => b.cost - a.cost).slice(0, mostContributors)
    for (const one of dearest.filter(({ cost }) => cost > mostForSchema / 100)) {
      errors.push(
        field.forbidden(
          one.at,
          'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema',
        ),
      )
    }
    const what = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema'
    errors.push(field.forbidden(at, tooDear(what, total / mostForSchema)))
  }
  return errors
}

function walk(schema: Schema, place: Place, errors: FieldError[], prices: Priced[]): void {
  const { at, uncorrelated } = place
  const rules = listAt(schema, 'x-kubernetes-validations')
  if (rules.length > 0) {
    const self = declared(schema, place.isRoot)
    for (const [i, rule] of rules.entries()) {
      const where = `${at}.x-kubernetes-validations[${i}]`
      ruleFaults(rule, self, schema, { ...place, at: where }, errors, prices)
    }
  }
  const inside = { isRoot: false, uncorrelated }
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    if (!isFielded(inner)) continue
    walk(inner, { ...inside, at: `${at}.properties[${name}]`, times: place.times }, errors, prices)
  }
  const values = valuesOf(schema)
  if (isFielded(values)) {
    const times = product(place.times, schema.maxProperties)
    walk(values, { ...inside, at: `${at}.additionalProperties`, times }, errors, prices)
  }
  if (isFielded(schema.items)) {
    const isKeyed = schema['x-kubernetes-list-type'] === 'map'
    const next = {
      at: `${at}.items`,
      isRoot: false,
      times: product(place.times, schema.maxItems),
      uncorrelated: uncorrelated ?? (isKeyed ? undefined : at),
    }
    walk(schema.items, next, errors, prices)
  }
}

function product(times: number | undefined, most: number | undefined): number | undefined {
  return times === undefined || most === undefined ? undefined : times * most
}

function ruleFaults(
  rule: unknown,
  self: Declared | undefined,
  schema: Schema,
  place: Place,
  errors: FieldError[],
  prices: Priced[],
): void {
  const { at } = place
  const text = textAt(rule, 'rule')
  const isEmpty = text.trim() === ''
  if (isEmpty) errors.push(field.required(`${at}.rule`, 'rule is not specified'))
  const early: FieldError[] = []
  wordFaults(rule, schema, at, early)
  if (isEmpty || early.length > 0 || self === undefined) {
    errors.push(...early)
    return
  }
  const names = new Map<string, Type>([['self', self.type]])
  const isOptional = get(rule, 'optionalOldSelf')
  const past: Type = isOptional === true ? { kind: 'optional', of: self.type } : self.type
  const compiled = compile(text, new Map(names).set('oldSelf', past))
  const looksBack = compiled.kind === 'compiled' && compiled.checked.names.has('oldSelf')
  if (compiled.kind === 'mistaken') {
    errors.push(shownRule(`${at}.rule`, rule, `compilation failed: ${compiled.text}`))
  } else if (!isBool(compiled.checked.type)) {
    errors.push(shownRule(`${at}.rule`, rule, 'cel expression must evaluate to a bool'))
  } else {
    const pattern = patternFault(compiled.expression)
    if (pattern === undefined) price(compiled, self, place, errors, prices)
    else errors.push(shownRule(`${at}.rule`, rule, `program instantiation failed: ${pattern}`))
  }
  if (looksBack && place.uncorrelated !== undefined) {
    errors.push(
      field.invalid(
        `${at}.rule`,
        text,
        `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelated}`,
      ),
    )
  }
  messageFaults(rule, new Map(names).set('oldSelf', past), at, errors)
  if (typeof isOptional === 'boolean' && !looksBack) {
    errors.push(
      field.invalid(
        `${at}.optionalOldSelf`,
        isOptional,
        'may not be set if oldSelf is not used in rule',
      ),
    )
  }
}

interface Compiled {
  readonly kind: 'compiled'
  readonly expression: Expression
  readonly checked: Checked
}

function compile(
  source: string,
  names: ReadonlyMap<string, Type>,
): Compiled | { readonly kind: 'mistaken'; readonly text: string } {
  const parsed = parseCel(source)
  const mistaken = (mistakes: readonly Mistake[]): { kind: 'mistaken'; text: string } => ({
    kind: 'mistaken',
    text: mistakesText(source, mistakes),
  })
  if (parsed.kind === 'mistaken') return mistaken(parsed.mistakes)
  const { expression } = parsed
  const checked = checkCel(expression, names)
  if (checked.mistakes.length > 0) return mistaken(checked.mistakes)
  const literals = literalMistakes(expression)
  return literals.length > 0 ? mistaken(literals) : { kind: 'compiled', expression, checked }
}

function isBool(type: Type): boolean {
  return type.kind === 'dyn' || (type.kind === 'plain' && type.name === 'bool')
}

function price(
  { expression, checked }: Compiled,
  self: Declared,
  { at, times }: Place,
  errors: FieldError[],
  prices: Priced[],
): void {
  const roots = new Map([
    ['self', self.sized],
    ['oldSelf', self.sized],
  ])
  const most = times ?? Math.floor(requestBytes / (self.fewestBytes + 1))
  const cost = costOf(expression, checked, roots) * most
  prices.push({ at: `${at}.rule`, cost })
  if (cost > mostForRule) {
    errors.push(field.forbidden(`${at}.rule`, tooDear('estimated rule cost', cost / mostForRule)))
  }
}

const advice =
  '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)'

function tooDear(what: string, factor: number): string {
  const shown =
    factor > 100 ? 'more than 100x' : `${factor < 1.5 ? factor.toFixed(6) : factor.toFixed(1)}x`
  return `${what} exceeds budget by factor of ${shown} ${advice}`
}

function messageFaults(
  rule: unknown,
  names: ReadonlyMap<string, Type>,
  at: string,
  errors: FieldError[],
): void {
  const source = get(rule, 'messageExpression')
  if (typeof source !== 'string' || source === '') return
  const where = `${at}.messageExpression`
  const compiled = compile(source, names)
  if (compiled.kind === 'mistaken') {
    const why = `messageExpression compilation failed: ${compiled.text}`
    errors.push(shownRule(where, rule, why))
    return
  }
  const { type } = compiled.checked
  if (type.kind === 'plain' && type.name === 'string') return
  errors.push(shownRule(where, rule, 'messageExpression must evaluate to a string'))
}

const reasons = [
  'FieldValueDuplicate',
  'FieldValueForbidden',
  'FieldValueInvalid',
  'FieldValueRequired',
]

// What needs no compiler.
function wordFaults(rule: unknown, schema: Schema, at: string, errors: FieldError[]): void {
  const message = textAt(rule, 'message')
  const text = textAt(rule, 'rule')
  if (message !== '' && message.trim() === '') {
    errors.push(field.invalid(`${at}.message`, message, 'must be non-empty if specified'))
  } else if (message.includes('\n')) {
    errors.push(field.invalid(`${at}.message`, message, 'must not contain line breaks'))
  } else if (text.trim().includes('\n') && message === '') {
    const why = 'message must be specified if rule contains line breaks'
    errors.push(field.required(`${at}.message`, why))
  }
  const source = textAt(rule, 'messageExpression')
  if (source !== '' && source.trim() === '') {
    const why = 'messageExpression must be non-empty if specified'
    errors.push(field.required(`${at}.messageExpression`, why))
  }
  const path = textAt(rule, 'fieldPath')
  if (path !== '' && !pathFits(path, schema)) {
    errors.push(field.invalid(`${at}.fieldPath`, path, 'must be a valid path'))
  }
  const reason = get(rule, 'reason')
  if (typeof reason === 'string' && !reasons.includes(reason)) {
    errors.push(field.notSupported(`${at}.reason`, reason, reasons))
  }
}

// The whole rule as Go shows it: every field, with `<`, `>` and `&` escaped.
function shownRule(at: string, rule: unknown, why: string): FieldError {
  const shown = JSON.stringify({
    Rule: textAt(rule, 'rule'),
    Message: textAt(rule, 'message'),
    MessageExpression: textAt(rule, 'messageExpression'),
    Reason: get(rule, 'reason') ?? null,
    FieldPath: textAt(rule, 'fieldPath'),
    OptionalOldSelf: get(rule, 'optionalOldSelf') ?? null,
  }).replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`)
  return { type: 'Invalid', field: at, message: `Invalid value: ${shown}: ${why}` }
}
