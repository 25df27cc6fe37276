/**
 * Flux's post-build substitution: an object is written as YAML, its variables are put in, and it is
 * read anew; so a value can turn a text into a number, a list, or a broken document.
 */
import { at, Fault, isObject, stringOf, type JsonObject } from '#base'
import { goString, goText, parseYaml, writeYaml, type ByteString } from '#go'

import { Budget } from './budget.ts'
import {
  maxBytes,
  parseSubstitutions,
  SubstitutionFault,
  variableNames,
  type Piece,
} from './envsubst.ts'
import { operate } from './operations.ts'

export { SubstitutionFault } from './envsubst.ts'

/** Values by name. */
export type Variables = ReadonlyMap<string, string>

/** Where each variable is set whose value is no text, as in `Secret/vars`. */
export type Textless = ReadonlyMap<string, string>

/** What a missing variable is, and whether substitution takes place without any variable. */
export interface SubstituteOptions {
  /** Absent or false: a variable that is not set is empty. */
  readonly strict?: boolean
  /** `spec.postBuild.substituteStrategy: Always`. */
  readonly always?: boolean
}

/** What is put in, made ready once for many objects. */
class Values {
  readonly #values: Variables
  readonly #textless: Textless
  readonly #made = new Map<string, ByteString>()

  constructor(variables: Variables, textless: Textless = new Map()) {
    this.#values = variables
    this.#textless = textless
  }

  /** Undefined when it is not set. @throws SubstitutionFault when it is set to what is no text. */
  get(name: string): ByteString | undefined {
    const source = this.#textless.get(name)
    if (source !== undefined) {
      const hint = 'put text in its place, such as the bytes as base64'
      throw new SubstitutionFault('exec', `the value of ${name} in ${source} is no text`, hint)
    }
    const value = this.#values.get(name)
    if (value === undefined) return undefined
    const made = this.#made.get(name) ?? goString(value)
    this.#made.set(name, made)
    return made
  }
}

/**
 * Puts variables into a text; the answer is a Go string, because parts are counted in bytes.
 *
 * @throws SubstitutionFault naming variables, never values.
 */
export function substituteText(
  text: string,
  variables: Variables,
  options: SubstituteOptions = {},
  budget: Budget = new Budget(),
): ByteString {
  return textWith(text, new Values(variables), options, budget)
}

function textWith(
  text: string,
  values: Values,
  options: SubstituteOptions,
  budget: Budget,
): ByteString {
  const failing = options.strict ?? false
  let size = 0
  const evaluate = (piece: Piece): ByteString => {
    const made = piece.kind === 'text' ? goString(piece.text) : valueOf(piece)
    size += made.length
    if (size > maxBytes) throw new SubstitutionFault('exec', `makes more than ${maxBytes} bytes`)
    budget.make(made.length)
    return made
  }
  const valueOf = (piece: Piece & { readonly kind: 'variable' }): ByteString => {
    const operands = piece.operands.map(evaluate)
    const value = values.get(piece.name)
    if (value === undefined && failing && !hasDefault(piece.operation)) {
      throw new SubstitutionFault('exec', `variable not set (strict mode): "${piece.name}"`)
    }
    return operate(piece.operation, value ?? '', operands, budget)
  }
  return parseSubstitutions(text).map(evaluate).join('')
}

function hasDefault(operation: string): boolean {
  return /^:?[-+=?]$/.test(operation)
}

const optOut = 'kustomize.toolkit.fluxcd.io/substitute'

/** Whether the object asks to be left as it is, by label or annotation. */
export function isLeftOut(object: JsonObject): boolean {
  return ['labels', 'annotations'].some((place) => {
    return at(object, 'metadata', place, optOut) === 'disabled'
  })
}

/**
 * An object with its variables put in. The same object when it is left out, or when there are no
 * variables and the strategy is not Always.
 *
 * @throws SubstitutionFault
 */
export function substituteObject(
  object: JsonObject,
  variables: Variables,
  options: SubstituteOptions = {},
): JsonObject {
  return substitution(variables, options)(object)
}

/** {@link substituteObject} for many objects, which share one {@link Budget}. */
export function substitution(
  variables: Variables,
  options: SubstituteOptions = {},
  textless: Textless = new Map(),
): (object: JsonObject) => JsonObject {
  const values = new Values(withoutLineBreaks(variables), textless)
  const isNothing = variables.size === 0 && textless.size === 0
  const budget = new Budget()
  return (object) => {
    if (isLeftOut(object) || (isNothing && options.always !== true)) return object
    for (const name of variables.keys()) checkName(name)
    const text = framed(() => textWith(writeYaml(object), values, options, budget))
    const value = reread(goText(text))
    if (!isObject(value)) throw unreadable()
    return value
  }
}

function checkName(name: string): void {
  if (/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name)) return
  const rule = "must match '^[_[:alpha:]][_[:alpha:][:digit:]]*$'"
  throw new SubstitutionFault('exec', `envsubst error: '${name}' var name is invalid, ${rule}`)
}

function withoutLineBreaks(variables: Variables): Variables {
  return new Map([...variables].map(([name, value]) => [name, value.replaceAll('\n', '')]))
}

function framed<T>(run: () => T): T {
  try {
    return run()
  } catch (thrown) {
    if (!(thrown instanceof SubstitutionFault)) throw thrown
    const what = `envsubst error: variable substitution failed: ${thrown.message}`
    throw new SubstitutionFault(thrown.phase, what, thrown.hint)
  }
}

function unreadable(): SubstitutionFault {
  const hint = 'a value with ": ", " #" or a bracket changes the document; quote it in the value'
  return new SubstitutionFault(
    'exec',
    'envsubst error: the object is not valid YAML any more',
    hint,
  )
}

function reread(text: string): unknown {
  try {
    return parseYaml(text)
  } catch (thrown) {
    // The parser's own words may stand beside values.
    if (thrown instanceof Fault) throw unreadable()
    throw thrown
  }
}

/** A ConfigMap or Secret that variables come from; `data` is null when it was proved absent. */
export interface VariableSource {
  readonly kind: string
  readonly name: string
  readonly optional?: boolean
  readonly data: ReadonlyMap<string, string> | null
  /** Keys whose value is no text. */
  readonly textless?: readonly string[]
}

/**
 * Variables of `substituteFrom`, in its order, then of `substitute`: the later one wins.
 *
 * @throws SubstitutionFault when an object that is not optional does not exist.
 */
export function variablesOf(sources: readonly VariableSource[], inline: unknown): Variables {
  const variables = new Map<string, string>()
  for (const { kind, name, optional, data, textless = [] } of sources) {
    if (kind !== 'ConfigMap' && kind !== 'Secret') continue
    if (data === null && optional !== true) {
      const plural = `${kind.toLowerCase()}s`
      const what = `substitute from '${kind}/${name}' error: ${plural} "${name}" not found`
      throw new SubstitutionFault('exec', what)
    }
    for (const [key, value] of data ?? []) variables.set(key, value)
    for (const key of textless) variables.delete(key)
  }
  if (isObject(inline)) {
    for (const [key, value] of Object.entries(inline)) {
      const text = stringOf(value)
      if (text !== undefined) variables.set(key, text)
    }
  }
  return variables
}

/** Variables that would be among {@link variablesOf}, were their values text. */
export function textlessOf(sources: readonly VariableSource[], inline: unknown): Textless {
  const found = new Map<string, string>()
  for (const { kind, name, data, textless = [] } of sources) {
    if (kind !== 'ConfigMap' && kind !== 'Secret') continue
    for (const key of data?.keys() ?? []) found.delete(key)
    for (const key of textless) found.set(key, `${kind}/${name}`)
  }
  if (isObject(inline)) for (const name of Object.keys(inline)) found.delete(name)
  return found
}

/** Names whose value, as {@link variablesOf} decides, comes out of a Secret. */
export function secretNamesOf(
  sources: readonly VariableSource[],
  inline: unknown,
): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { kind, data } of sources) {
    if (kind !== 'ConfigMap' && kind !== 'Secret') continue
    for (const name of data?.keys() ?? []) {
      if (kind === 'Secret') names.add(name)
      else names.delete(name)
    }
  }
  if (isObject(inline)) for (const name of Object.keys(inline)) names.delete(name)
  return names
}

/** Whether an object asks for one of these variables. */
export function asksFor(object: JsonObject, names: ReadonlySet<string>): boolean {
  if (names.size === 0) return false
  return !variableNames(writeYaml(object)).isDisjointFrom(names)
}
