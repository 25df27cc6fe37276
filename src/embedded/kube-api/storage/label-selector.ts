/** Label selectors, read token by token as the real server does, so that its words about mistakes are ours. */
import { badRequest, type ApiError } from '../errors.ts'
import { qualifiedFaults, word } from '../validate/qualified.ts'

type Labels = Readonly<Record<string, string>>
type Requirement = (labels: Labels) => boolean

const cache = new Map<string, readonly Requirement[]>()

/** Reads a label selector. @throws ApiError 400 with the words of the real parser. */
export function labelSelector(text: string): (labels: Labels | undefined) => boolean {
  let requirements = cache.get(text)
  if (requirements === undefined) {
    requirements = new Parser(text).whole()
    if (cache.size < 500) cache.set(text, requirements)
  }
  const all = requirements
  return (labels = {}) => all.every((one) => one(labels))
}

interface Token {
  readonly kind: 'name' | 'sign' | 'end'
  readonly text: string
}

const end: Token = { kind: 'end', text: '' }

function tokensOf(text: string): Token[] {
  const found = text.match(/==|!=|[=!(),<>]|[^\s=!(),<>]+/g) ?? []
  return found.map((one) => ({ kind: /^[=!(),<>]/.test(one) ? 'sign' : 'name', text: one }))
}

const operators: ReadonlySet<string> = new Set(['in', 'notin', '=', '==', '!=', '>', '<'])

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(text: string) {
    this.#tokens = tokensOf(text)
  }

  whole(): readonly Requirement[] {
    const requirements: Requirement[] = []
    for (;;) {
      const token = this.#peek()
      if (token.kind === 'end') return requirements
      if (token.kind !== 'name' && token.text !== '!') {
        throw badRequest(`found '${token.text}', expected: !, identifier, or 'end of string'`)
      }
      requirements.push(this.#requirement())
      const after = this.#next()
      if (after.kind === 'end') return requirements
      if (after.text !== ',') {
        throw badRequest(`found '${after.text}', expected: ',' or 'end of string'`)
      }
      const more = this.#peek()
      if (more.kind !== 'name' && more.text !== '!') {
        throw badRequest(`found '${more.text}', expected: identifier after ','`)
      }
    }
  }

  #requirement(): Requirement {
    const isAbsent = this.#take('!')
    const name = this.#next()
    if (name.kind !== 'name') throw wrong(`found '${name.text}', expected: identifier`)
    const key = name.text
    for (const fault of qualifiedFaults(key, 'valid label key')) {
      throw wrong(`<nil>: Invalid value: ${JSON.stringify(key)}: ${fault}`)
    }
    if (isAbsent) return (labels) => own(labels, key) === undefined
    const { kind, text } = this.#peek()
    if (kind === 'end' || text === ',') return (labels) => own(labels, key) !== undefined
    const operator = this.#next().text
    if (!operators.has(operator)) {
      throw wrong(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`)
    }
    const values = operator === 'in' || operator === 'notin' ? this.#values() : [this.#value()]
    return requirementOf(key, operator, values)
  }

  #values(): readonly string[] {
    const open = this.#next()
    if (open.text !== '(') throw wrong(`found '${open.text}' expected: '('`)
    if (this.#take(')')) return ['']
    const first = this.#peek()
    if (first.kind !== 'name' && first.text !== ',') {
      throw wrong(`found '${first.text}', expected: ',', ')' or identifier`)
    }
    const values = new Set<string>()
    for (;;) {
      const token = this.#next()
      if (token.kind === 'name') {
        values.add(token.text)
        const { text } = this.#peek()
        if (text !== ',' && text !== ')') throw wrong(`found '${text}', expected: ',' or ')'`)
      } else if (token.text === ',') {
        // An empty value stands before, between and behind commas.
        if (values.size === 0) values.add('')
        if (this.#peek().text === ')') values.add('')
        else if (this.#take(',')) values.add('')
      } else throw wrong(`found '${token.text}', expected: ',', or identifier`)
      if (this.#take(')')) return [...values].sort()
    }
  }

  #value(): string {
    const { kind, text } = this.#peek()
    if (kind === 'end' || text === ',') return ''
    this.#at++
    if (kind !== 'name') throw wrong(`found '${text}', expected: identifier`)
    return text
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? end
  }

  #next(): Token {
    const token = this.#peek()
    this.#at++
    return token
  }

  #take(sign: string): boolean {
    if (this.#peek().text !== sign) return false
    this.#at++
    return true
  }
}

function requirementOf(key: string, operator: string, values: readonly string[]): Requirement {
  const [first = ''] = values
  if (operator === '>' || operator === '<') {
    if (!/^[-+]?\d+$/.test(first)) {
      const why = "for 'Gt', 'Lt' operators, the value must be an integer"
      throw wrong(`values[0]: Invalid value: ${JSON.stringify(first)}: ${why}`)
    }
  }
  for (const [i, value] of values.entries()) checkValue(key, value, i)
  const wanted = new Set(values)
  const isWanted = (labels: Labels): boolean => {
    const value = own(labels, key)
    return value !== undefined && wanted.has(value)
  }
  const compared = (labels: Labels): number => {
    const value = own(labels, key) ?? ''
    return /^[-+]?\d+$/.test(value) ? Number(value) - Number(first) : Number.NaN
  }
  switch (operator) {
    case '!=':
    case 'notin':
      return (labels) => !isWanted(labels)
    case '>':
      return (labels) => compared(labels) > 0
    case '<':
      return (labels) => compared(labels) < 0
    default:
      return isWanted
  }
}

const valueHelp =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

function checkValue(key: string, value: string, i: number): void {
  const about = `values[${i}][${key}]: Invalid value: ${JSON.stringify(value)}`
  if (value.length > 63) throw wrong(`${about}: must be no more than 63 bytes`)
  if (value !== '' && !word.test(value)) throw wrong(`${about}: ${valueHelp}`)
}

const own = (labels: Labels, key: string): string | undefined =>
  Object.hasOwn(labels, key) ? labels[key] : undefined

function wrong(why: string): ApiError {
  return badRequest(`unable to parse requirement: ${why}`)
}
