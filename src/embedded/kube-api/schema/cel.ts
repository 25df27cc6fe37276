/**
 * Rules of schemas, as objects meet them: what they say no to, what they cannot be asked, and what all of
 * them together may cost.
 */
import { evaluate, type Outcome } from '../cel/evaluate.ts'
import { parseCel } from '../cel/parser.ts'
import type { Expression } from '../cel/ast.ts'
import { noOverload } from '../cel/cel-error.ts'
import { shownValue } from '../cel/shown.ts'
import { Optional, type Value } from '../cel/values.ts'
import { field, type FieldError } from '../errors.ts'
import { equalJson } from '#base'
import { get, isFielded, type Fielded } from '../object.ts'
import { propertyOf, valuesOf, type Schema, type ValidationRule } from './schema.ts'
import { pastItem } from './values.ts'

/** What all rules of an object may cost together, and one of them alone. */
const mostForObject = 10_000_000
const mostForCall = 1_000_000

const programs = new Map<string, Expression | undefined>()
const mostPrograms = 2_000

/** The expression of a source, read once; undefined for a source that cannot be read. */
function programOf(source: string): Expression | undefined {
  const held = programs.get(source)
  if (held !== undefined) return held
  const parsed = parseCel(source)
  const expression = parsed.kind === 'parsed' ? parsed.expression : undefined
  if (programs.size >= mostPrograms) programs.clear()
  programs.set(source, expression)
  return expression
}

const withRules = new WeakMap<Schema, boolean>()

/** Whether a rule stands anywhere in the schema. */
export function hasRules(schema: Schema): boolean {
  const held = withRules.get(schema)
  if (held !== undefined) return held
  const values = valuesOf(schema)
  const found =
    (schema['x-kubernetes-validations']?.length ?? 0) > 0 ||
    Object.values(schema.properties ?? {}).some(hasRules) ||
    (schema.items !== undefined && hasRules(schema.items)) ||
    (values !== undefined && hasRules(values))
  withRules.set(schema, found)
  return found
}

/**
 * Faults by the rules of a schema, which holds for everything but its rules.
 *
 * @param before The value there was, where the two correspond; undefined when there was none.
 * @param path Where the value stands.
 */
export function ruleFaults(
  value: unknown,
  before: unknown,
  schema: Schema,
  path = '',
): FieldError[] {
  const found: Found = { errors: [], warnings: [], budget: mostForObject }
  walk({ value, before, schema, path, unchanged: () => false, isRoot: false }, found)
  return found.errors
}

/** As `ruleFaults`, for a whole object: what fails for what was so before is only worth a warning. */
export function objectRuleFaults(
  object: Fielded,
  before: Fielded | undefined,
  schema: Schema,
): { readonly errors: readonly FieldError[]; readonly warnings: readonly string[] } {
  const found: Found = { errors: [], warnings: [], budget: mostForObject }
  const unchanged = sameAs(object, before)
  walk({ value: object, before, schema, path: '', unchanged, isRoot: true }, found)
  return found
}

interface Found {
  readonly errors: FieldError[]
  readonly warnings: string[]
  /** What rules may still cost; below 0: no further rule is asked. */
  budget: number
}

interface Place {
  readonly value: unknown
  readonly before: unknown
  readonly schema: Schema
  readonly path: string
  /** An object of the kind itself. */
  readonly isRoot: boolean
  /** Whether this, or what it is in where it has no past of its own, is as it was. */
  readonly unchanged: () => boolean
}

function sameAs(value: unknown, before: unknown): () => boolean {
  return () => before !== undefined && equalJson(value, before)
}

function walk(place: Place, found: Found): void {
  const { value, schema } = place
  if (found.budget < 0 || !hasRules(schema) || value === undefined || value === null) return
  askRules(place, found)
  if (found.budget < 0) return
  if (Array.isArray(value)) walkItems(place, value, found)
  else if (isFielded(value)) walkFields(place, value, found)
}

function walkFields(
  { value, before, schema, path, unchanged }: Place,
  map: Fielded,
  found: Found,
): void {
  const values = valuesOf(schema)
  for (const key of Object.keys(map)) {
    const own = propertyOf(schema, key)
    const inner = own ?? values
    if (inner === undefined) continue
    const [now, past] = [get(value, key), get(before, key)]
    const at = own === undefined ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`
    const same = past === undefined ? unchanged : sameAs(now, past)
    walk(
      { value: now, before: past, schema: inner, path: at, unchanged: same, isRoot: false },
      found,
    )
  }
}

// Only items with keys have a past of their own.
function walkItems(place: Place, list: readonly unknown[], found: Found): void {
  const { before, schema, path, unchanged } = place
  const { items } = schema
  if (items === undefined) return
  for (const [i, item] of list.entries()) {
    const past = pastItem(item, schema, before === undefined ? undefined : { value: before })?.value
    const same = past === undefined ? unchanged : sameAs(item, past)
    walk(
      {
        value: item,
        before: past,
        schema: items,
        path: `${path}[${i}]`,
        unchanged: same,
        isRoot: false,
      },
      found,
    )
  }
}

const spent =
  'validation failed due to running out of cost budget, no further validation rules will be run'

function askRules(place: Place, found: Found): void {
  const { schema, before } = place
  const rules = schema['x-kubernetes-validations'] ?? []
  if (rules.length === 0) return
  if (found.budget <= 0) {
    end(place, spent, found)
    return
  }
  const names = namesFor(place)
  for (const rule of rules) {
    if (found.budget < 0) return
    const program = programOf(rule.rule)
    if (program === undefined) continue
    const looksBack = mentionsOld(program)
    if (looksBack && before === undefined && rule.optionalOldSelf !== true) continue
    const known = names(rule.optionalOldSelf === true)
    const outcome = evaluate(program, known, mostForCall)
    if (outcome.cost > found.budget) {
      end(place, spent, found)
      return
    }
    found.budget -= outcome.cost
    if (outcome.kind === 'value' && outcome.value === true) continue
    if (outcome.kind === 'value') refuse(rule, place, known, looksBack, found)
    else broken(rule, outcome, place, found)
  }
}

// A rule that cannot be paid for is the last that is asked.
function end({ path, schema }: Place, why: string, found: Found): void {
  found.errors.push(field.invalid(placeText(path), schema.type ?? '', why))
  found.budget = -1
}

function placeText(path: string): string {
  return path === '' ? '<nil>' : path
}

type Names = ReadonlyMap<string, () => Value>

// Both are read when a rule first asks for them, and once for all rules of a place.
function namesFor({ value, before, schema, isRoot }: Place): (isOptional: boolean) => Names {
  const self = once(() => shownValue(value, schema, isRoot))
  const old = once(() => shownValue(before, schema, isRoot))
  const plain: Names = new Map([
    ['self', self],
    ...(before === undefined ? [] : ([['oldSelf', old]] as const)),
  ])
  const optional = (): Value => new Optional(before === undefined ? undefined : old())
  return (isOptional) => (isOptional ? new Map([...plain, ['oldSelf', optional]]) : plain)
}

function once(read: () => Value): () => Value {
  let held: Value | undefined
  return () => (held ??= read())
}

const withOld = new WeakMap<Expression, boolean>()

function mentionsOld(program: Expression): boolean {
  const held = withOld.get(program)
  if (held !== undefined) return held
  const found = JSON.stringify(program, (key, value: unknown) =>
    key === 'text' ? undefined : value instanceof Set ? [] : value,
  ).includes('"name":"oldSelf"')
  withOld.set(program, found)
  return found
}

function refuse(
  rule: ValidationRule,
  place: Place,
  names: Names,
  looksBack: boolean,
  found: Found,
): void {
  const told = messageOf(rule, names, found.budget)
  const { value, schema, path } = place
  const error =
    told.kind === 'stopped'
      ? field.invalid(placeText(path), schema.type ?? '', told.why)
      : refusal(rule, value, schema, path, told.text)
  found.budget = told.kind === 'stopped' ? -1 : found.budget - told.cost
  if (!looksBack && place.unchanged()) found.warnings.push(`${error.field}: ${error.message}`)
  else found.errors.push(error)
}

const longestMessage = 5 * 1024

type Told =
  | { readonly kind: 'told'; readonly text: string; readonly cost: number }
  | { readonly kind: 'stopped'; readonly why: string }

function messageOf(rule: ValidationRule, names: Names, budget: number): Told {
  const message = rule.message?.trim() ?? ''
  const text = message === '' ? `failed rule: ${rule.rule.trim()}` : message
  const source = rule.messageExpression ?? ''
  const program = source === '' ? undefined : programOf(source)
  if (program === undefined) return { kind: 'told', text, cost: 0 }
  const outcome = evaluate(program, names, mostForCall)
  const { cost } = outcome
  if (cost > budget) {
    const why = 'messageExpression evaluation failed due to running out of cost budget'
    return { kind: 'stopped', why: `${why}, no further validation rules will be run` }
  }
  if (outcome.kind === 'stopped') {
    const why = 'no further validation rules will be run due to call cost exceeds limit for'
    return { kind: 'stopped', why: `${why} messageExpression: ${JSON.stringify(source)}` }
  }
  const own = outcome.kind === 'value' && typeof outcome.value === 'string' ? outcome.value : ''
  const trimmed = own.trim()
  const isFit = trimmed !== '' && !/[\n\r]/.test(trimmed) && trimmed.length <= longestMessage
  return { kind: 'told', text: isFit ? trimmed : text, cost }
}

function broken(
  rule: ValidationRule,
  outcome: Exclude<Outcome, { readonly kind: 'value' }>,
  place: Place,
  found: Found,
): void {
  const message = rule.message?.trim() ?? ''
  const said = message === '' ? rule.rule.trim() : message
  const { why } = outcome
  if (outcome.kind === 'stopped') {
    const last = 'no further validation rules will be run due to call cost exceeds limit for rule'
    end(place, `'${why}': ${last}: ${said}`, found)
    return
  }
  const text = why.startsWith(noOverload)
    ? `'${why}': call arguments did not match a supported operator, function or macro signature for rule: ${said}`
    : `${why} evaluating rule: ${said}`
  found.errors.push(field.invalid(placeText(place.path), place.schema.type ?? '', text))
}

function refusal(
  rule: ValidationRule,
  value: unknown,
  schema: Schema,
  path: string,
  detail: string,
): FieldError {
  const inner = rule.fieldPath ?? ''
  const full = path === '' ? inner.replace(/^\./, '') : `${path}${inner}`
  const at = full === '' ? '<nil>' : full
  const isShown = schema.type !== 'object' && schema.type !== 'array'
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return field.forbidden(at, detail)
    case 'FieldValueRequired':
      return field.required(at, detail)
    case 'FieldValueDuplicate':
      return isShown
        ? field.duplicate(at, value)
        : { type: 'Duplicate', field: at, message: 'Duplicate value' }
    default:
      return isShown
        ? field.invalid(at, value, detail)
        : { type: 'Invalid', field: at, message: `Invalid value: ${detail}` }
  }
}
