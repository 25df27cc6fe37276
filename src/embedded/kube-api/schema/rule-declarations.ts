/**
 * What is wrong with the rules of a schema before any object has met them: rules that do not compile,
 * are of the wrong type, look back where there is no past, or could cost too much.
 */
import { parseCel } from '../cel/parser.ts'
import { checkCel, type Checked } from '../cel/check.ts'
import { costOf, type Sized } from '../cel/cost.ts'
import { declared, requestBytes, type Declared } from '../cel/declare.ts'
import { mistakesText, type Expression, type Mistake } from '../cel/ast.ts'
import { literalMistakes, readyFault } from '../cel/literals.ts'
import type { Type } from '../cel/types.ts'
import { field, type FieldError } from '../errors.ts'
import { get, listAt, textAt } from '../object.ts'
import { goRule } from './go-schema.ts'
import { pathFits } from './rule-path.ts'
import type { Schema } from './schema.ts'

const mostForRule = 10_000_000
const mostForSchema = 100_000_000
const mostContributors = 4

/** Where rules stand. */
export interface RulePlace {
  /** Path of the schema that has them. */
  readonly at: string
  readonly isRoot: boolean
  /** How often the schema can stand in one object; undefined: no limit but the request's. */
  readonly times: number | undefined
  /** Above it is something whose parts have no past; where that is. */
  readonly uncorrelated: string | undefined
}

/** What a rule or its message can cost. */
export interface Priced {
  readonly at: string
  readonly cost: number
}

/** What is said when all rules of a definition together can cost too much. */
export function totalFaults(prices: readonly Priced[], at: string): FieldError[] {
  const total = prices.reduce((sum, { cost }) => sum + cost, 0)
  if (total <= mostForSchema) return []
  const dearest = [...prices].sort((a, b) => b.cost - a.cost).slice(0, mostContributors)
  const shares = dearest
    .filter(({ cost }) => cost > mostForSchema / 100)
    .map((one) =>
      field.forbidden(
        one.at,
        'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema',
      ),
    )
  const what = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema'
  return [...shares, field.forbidden(at, tooDear(what, total / mostForSchema))]
}

/** Faults that need a compiler, of all rules at one schema. */
export function compiledFaults(schema: Schema, place: RulePlace, prices: Priced[]): FieldError[] {
  const self = declared(schema, place.isRoot)
  if (self === undefined) return []
  return listAt(schema, 'x-kubernetes-validations').flatMap((rule, i) => {
    const errors: FieldError[] = []
    const at = `${place.at}.x-kubernetes-validations[${i}]`
    ruleFaults(rule, self, { ...place, at }, errors, prices)
    return errors
  })
}

/** Faults that need none: what is missing, not allowed, or leads nowhere. @param at Path of the schema. */
export function wordFaults(schema: Schema, at: string): FieldError[] {
  return listAt(schema, 'x-kubernetes-validations').flatMap((rule, i) => {
    const where = `${at}.x-kubernetes-validations[${i}]`
    const errors: FieldError[] = []
    messageWords(rule, where, errors)
    const reason = get(rule, 'reason')
    if (typeof reason === 'string' && !reasons.includes(reason)) {
      errors.push(field.notSupported(`${where}.reason`, reason, reasons))
    }
    pathWords(textAt(rule, 'fieldPath'), schema, `${where}.fieldPath`, errors)
    return errors
  })
}

function ruleFaults(
  rule: unknown,
  self: Declared,
  place: RulePlace,
  errors: FieldError[],
  prices: Priced[],
): void {
  const { at } = place
  const text = textAt(rule, 'rule')
  const names = new Map<string, Type>([['self', self.type]])
  const isOptional = get(rule, 'optionalOldSelf')
  const past: Type = isOptional === true ? { kind: 'optional', of: self.type } : self.type
  const both = new Map(names).set('oldSelf', past)
  const compiled = compile(text, both)
  const looksBack = compiled.kind === 'compiled' && compiled.checked.names.has('oldSelf')
  if (compiled.kind === 'mistaken') {
    errors.push(shownRule(`${at}.rule`, rule, `compilation failed: ${compiled.text}`))
  } else if (!isBool(compiled.checked.type)) {
    errors.push(shownRule(`${at}.rule`, rule, 'cel expression must evaluate to a bool'))
  } else {
    const unready = readyFault(compiled.expression)
    if (unready === undefined) price(compiled, self, place, errors, prices)
    else errors.push(shownRule(`${at}.rule`, rule, `program instantiation failed: ${unready}`))
  }
  messageFaults(rule, self, both, at, errors, prices)
  if (looksBack && place.uncorrelated !== undefined) {
    errors.push(
      field.invalid(
        `${at}.rule`,
        text,
        `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelated}`,
      ),
    )
  } else if (typeof isOptional === 'boolean' && !looksBack) {
    const why = 'may not be set if oldSelf is not used in rule'
    errors.push(field.invalid(`${at}.optionalOldSelf`, isOptional, why))
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
  const literals = literalMistakes(expression, checked)
  return literals.length > 0 ? mistaken(literals) : { kind: 'compiled', expression, checked }
}

function isBool(type: Type): boolean {
  return type.kind === 'dyn' || (type.kind === 'plain' && type.name === 'bool')
}

function rootsOf(self: Declared): ReadonlyMap<string, Sized> {
  return new Map([
    ['self', self.sized],
    ['oldSelf', self.sized],
  ])
}

function price(
  { expression, checked }: Compiled,
  self: Declared,
  { at, times }: RulePlace,
  errors: FieldError[],
  prices: Priced[],
): void {
  const most = times ?? Math.floor(requestBytes / (self.fewestBytes + 1))
  const cost = costOf(expression, checked, rootsOf(self)) * most
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

// A message is made for one value: how many there can be does not count.
function messageFaults(
  rule: unknown,
  self: Declared,
  names: ReadonlyMap<string, Type>,
  at: string,
  errors: FieldError[],
  prices: Priced[],
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
  if (type.kind !== 'plain' || type.name !== 'string') {
    errors.push(shownRule(where, rule, 'messageExpression must evaluate to a string'))
    return
  }
  const cost = costOf(compiled.expression, compiled.checked, rootsOf(self))
  prices.push({ at: where, cost })
  if (cost > mostForRule) {
    const what = 'estimated messageExpression cost'
    errors.push(field.forbidden(where, tooDear(what, cost / mostForRule)))
  }
}

const reasons = [
  'FieldValueDuplicate',
  'FieldValueForbidden',
  'FieldValueInvalid',
  'FieldValueRequired',
]

const lineBreak = /[\n\r]/

function messageWords(rule: unknown, at: string, errors: FieldError[]): void {
  const text = textAt(rule, 'rule').trim()
  const message = textAt(rule, 'message')
  const trimmed = message.trim()
  if (text === '') errors.push(field.required(`${at}.rule`, 'rule is not specified'))
  else if (message !== '' && trimmed === '') {
    errors.push(field.invalid(`${at}.message`, message, 'must be non-empty if specified'))
  } else if (lineBreak.test(trimmed)) {
    errors.push(field.invalid(`${at}.message`, message, 'must not contain line breaks'))
  } else if (lineBreak.test(text) && trimmed === '') {
    const why = 'message must be specified if rule contains line breaks'
    errors.push(field.required(`${at}.message`, why))
  }
  const source = textAt(rule, 'messageExpression')
  if (source !== '' && source.trim() === '') {
    const why = 'messageExpression must be non-empty if specified'
    errors.push(field.required(`${at}.messageExpression`, why))
  }
}

function pathWords(path: string, schema: Schema, at: string, errors: FieldError[]): void {
  if (path === '') return
  if (path.trim() === '') errors.push(field.invalid(at, path, 'must be non-empty if specified'))
  if (lineBreak.test(path)) errors.push(field.invalid(at, path, 'must not contain line breaks'))
  if (!pathFits(path, schema)) errors.push(field.invalid(at, path, 'must be a valid path'))
}

// The whole rule as Go shows it: every field, with `<`, `>` and `&` escaped.
function shownRule(at: string, rule: unknown, why: string): FieldError {
  const shown = JSON.stringify(goRule(rule)).replace(
    /[<>&]/g,
    (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`,
  )
  return { type: 'Invalid', field: at, message: `Invalid value: ${shown}: ${why}` }
}
