/**
 * What Go's JSON decoder says of a text that is no JSON. The words are part of the API: clients show them.
 *
 * Source: encoding/json (sigs.k8s.io/json keeps its words).
 */

/** One state: reads a letter and gives the next state, or says why it cannot. */
type State = (letter: string) => State | string

const isSpace = (letter: string): boolean =>
  letter === ' ' || letter === '\t' || letter === '\r' || letter === '\n'

const isDigit = (letter: string): boolean => letter >= '0' && letter <= '9'

function quoted(letter: string): string {
  if (letter === "'") return String.raw`'\''`
  if (letter === '"') return `'"'`
  // Go reads bytes.
  const code = letter.codePointAt(0) ?? 0
  if (code > 0x7f) return `'${String.fromCodePoint(Buffer.from(letter)[0] ?? 0)}'`
  const inner = JSON.stringify(letter).slice(1, -1)
  return `'${inner.replace(/^\\u00([0-9a-f]{2})$/, (_, digits: string) => `\\x${digits}`)}'`
}

const wrong = (letter: string, where: string): string =>
  `invalid character ${quoted(letter)} ${where}`

/** Walks a text as Go's scanner does. */
class Scanner {
  readonly #open: ('key' | 'value' | 'item')[] = []

  readonly begin: State = (letter) => {
    if (isSpace(letter)) return this.begin
    switch (letter) {
      case '{':
        this.#open.push('key')
        return this.#keyOrEnd
      case '[':
        this.#open.push('item')
        return this.#itemOrEnd
      case '"':
        return this.#inText
      case '-':
        return this.#negative
      case '0':
        return this.#zero
      case 't':
        return this.#literal('true')
      case 'f':
        return this.#literal('false')
      case 'n':
        return this.#literal('null')
      default:
        return isDigit(letter) ? this.#whole : wrong(letter, 'looking for beginning of value')
    }
  }

  readonly #itemOrEnd: State = (letter) => {
    if (isSpace(letter)) return this.#itemOrEnd
    return letter === ']' ? this.after(letter) : this.begin(letter)
  }

  readonly #keyOrEnd: State = (letter) => {
    if (isSpace(letter)) return this.#keyOrEnd
    if (letter !== '}') return this.#key(letter)
    this.#open[this.#open.length - 1] = 'value'
    return this.after(letter)
  }

  readonly #key: State = (letter) => {
    if (isSpace(letter)) return this.#key
    return letter === '"'
      ? this.#inText
      : wrong(letter, 'looking for beginning of object key string')
  }

  readonly after: State = (letter) => {
    if (isSpace(letter)) return this.after
    const top = this.#open.length - 1
    const open = this.#open[top]
    if (open === undefined) return wrong(letter, 'after top-level value')
    if (open === 'key') {
      if (letter !== ':') return wrong(letter, 'after object key')
      this.#open[top] = 'value'
      return this.begin
    }
    if (letter === (open === 'value' ? '}' : ']')) {
      this.#open.pop()
      return this.after
    }
    if (letter !== ',') {
      return wrong(letter, open === 'value' ? 'after object key:value pair' : 'after array element')
    }
    if (open === 'item') return this.begin
    this.#open[top] = 'key'
    return this.#key
  }

  readonly #inText: State = (letter) => {
    if (letter === '"') return this.after
    if (letter === '\\') return this.#escape
    return letter < ' ' ? wrong(letter, 'in string literal') : this.#inText
  }

  readonly #escape: State = (letter) => {
    if (letter === 'u') return this.#hex(4)
    return 'bfnrt\\/"'.includes(letter) ? this.#inText : wrong(letter, 'in string escape code')
  }

  readonly #hex =
    (left: number): State =>
    (letter) => {
      if (!/[0-9a-fA-F]/.test(letter)) return wrong(letter, 'in \\u hexadecimal character escape')
      return left === 1 ? this.#inText : this.#hex(left - 1)
    }

  readonly #negative: State = (letter) => {
    if (letter === '0') return this.#zero
    return isDigit(letter) ? this.#whole : wrong(letter, 'in numeric literal')
  }

  readonly #whole: State = (letter) => (isDigit(letter) ? this.#whole : this.#zero(letter))

  readonly #zero: State = (letter) => {
    if (letter === '.') return this.#point
    return letter === 'e' || letter === 'E' ? this.#sign : this.after(letter)
  }

  readonly #point: State = (letter) =>
    isDigit(letter) ? this.#fraction : wrong(letter, 'after decimal point in numeric literal')

  readonly #fraction: State = (letter) => {
    if (isDigit(letter)) return this.#fraction
    return letter === 'e' || letter === 'E' ? this.#sign : this.after(letter)
  }

  readonly #sign: State = (letter) =>
    letter === '+' || letter === '-' ? this.#firstOfExponent : this.#firstOfExponent(letter)

  readonly #firstOfExponent: State = (letter) =>
    isDigit(letter) ? this.#exponent : wrong(letter, 'in exponent of numeric literal')

  readonly #exponent: State = (letter) => (isDigit(letter) ? this.#exponent : this.after(letter))

  readonly #literal =
    (word: string, at = 1): State =>
    (letter) => {
      const wanted = word[at] ?? ''
      if (letter !== wanted) return wrong(letter, `in literal ${word} (expecting '${wanted}')`)
      return at === word.length - 1 ? this.after : this.#literal(word, at + 1)
    }
}

/** Why Go's decoder would refuse the text. For a text that is JSON: that it ends too soon. */
export function whyNotJson(text: string): string {
  const scanner = new Scanner()
  let state: State = scanner.begin
  // At the end the scanner is given a space, so that a number or a word that is cut off shows.
  for (const letter of `${text} `) {
    const next = state(letter)
    if (typeof next === 'string') return next
    state = next
  }
  return 'unexpected end of JSON input'
}
