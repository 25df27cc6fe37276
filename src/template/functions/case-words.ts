import { runeAt, runesOf, runeString, type ByteString } from '#go'

import { isLetter, isNumber, isPunctuation, isSpace, isUpper, toLower, toUpper } from './text.ts'

function isConnector(code: number): boolean {
  return code === 0x2d || code === 0x5f || isSpace(code)
}

/** A letter of a script that has words; Chinese characters stand for themselves. */
function isAlphabetic(code: number): boolean {
  if (!isLetter(code)) return false
  const isHan =
    (code >= 0x3400 && code <= 0x4d85) ||
    (code >= 0x4e00 && code <= 0x9fcc) ||
    (code >= 0x20000 && code <= 0x2b81d)
  return !isHan
}

type WordKind = 'none' | 'number' | 'upper' | 'letters' | 'connector' | 'punctuation' | 'other'

interface Word {
  readonly kind: WordKind
  readonly text: ByteString
}

const noWord: Word = { kind: 'none', text: '' }

/** Reads a text as runs of one kind, the way xstrings (under sprig's snakecase) does. */
class Words {
  readonly #text: ByteString
  #at = 0

  constructor(text: ByteString) {
    this.#text = text
  }

  get isDone(): boolean {
    return this.#at >= this.#text.length
  }

  next(): Word {
    if (this.isDone) return noWord
    const start = this.#at
    const kind = this.#read()
    return { kind, text: this.#text.slice(start, this.#at) }
  }

  #read(): WordKind {
    const code = this.#take(0xfffd)
    if (code === 0xfffd) return 'none'
    if (isConnector(code)) return this.#run('connector', code, isConnector)
    if (isPunctuation(code)) return this.#run('punctuation', code, isPunctuation)
    if (isUpper(code)) return this.#upper(code)
    if (isAlphabetic(code)) return this.#run('letters', code, isSmall)
    if (isNumber(code)) return this.#run('number', code, isNumber)
    return this.#run('other', code, isOther)
  }

  /** The next character; bytes that are no UTF-8 go along and count as the one before. */
  #take(before: number): number {
    while (!this.isDone) {
      const { code, width } = runeAt(this.#text, this.#at)
      this.#at += width
      if (code !== 0xfffd) return code
    }
    return before
  }

  #run(kind: WordKind, first: number, belongs: (code: number) => boolean): WordKind {
    let code = first
    while (!this.isDone) {
      const back = this.#at
      code = this.#take(code)
      if (belongs(code)) continue
      this.#at = back
      break
    }
    return kind
  }

  /** A capital with small letters, or several: of `HTTPStatus` the `S` belongs to what follows. */
  #upper(first: number): WordKind {
    if (this.isDone) return 'upper'
    const back = this.#at
    let code = this.#take(first)
    if (!isUpper(code)) {
      if (!isAlphabetic(code)) this.#at = back
      else this.#run('upper', code, isSmall)
      return 'upper'
    }
    let last = back
    while (!this.isDone) {
      const start = this.#at
      code = this.#take(code)
      if (isUpper(code)) {
        last = start
        continue
      }
      this.#at = isAlphabetic(code) ? last : start
      break
    }
    return 'upper'
  }
}

function isSmall(code: number): boolean {
  return isAlphabetic(code) && !isUpper(code)
}

function isOther(code: number): boolean {
  return !(isConnector(code) || isAlphabetic(code) || isNumber(code) || isPunctuation(code))
}

/** What has to stand between two words unless one of them is a mark of its own. */
function needsConnector({ kind }: Word): boolean {
  return kind !== 'connector' && kind !== 'punctuation'
}

/** snake_case and kebab-case: words begin at capitals and numbers; connectors become one kind. */
export function separatedCase(text: ByteString, connector: string): ByteString {
  const words = new Words(text)
  let out = ''
  const write = (word: Word): void => {
    out += lowered(word, connector)
  }
  const writeWhileAlike = (from: Word): Word => {
    let word = from
    for (; word.kind === 'letters' || word.kind === 'number'; word = words.next()) write(word)
    return word
  }
  let word = words.next()
  while (!words.isDone) {
    const before = word
    if (before.kind !== 'connector') write(before)
    word = words.next()
    if (before.kind === 'punctuation') continue
    if (before.kind === 'connector') write(before)
    else if (before.kind === 'number') {
      word = writeWhileAlike(word)
      if (word.kind !== 'none' && needsConnector(word)) out += connector
    } else if (word.kind !== 'number') {
      if (needsConnector(word)) out += connector
    } else if (!words.isDone) {
      // A number belongs to the word in front, as in `bld4_floor`, unless small letters follow it.
      const number = word
      word = words.next()
      if (word.kind === 'letters') {
        out += connector
        write(number)
        word = writeWhileAlike(word)
        if (word.kind !== 'none' && needsConnector(word)) out += connector
      } else {
        write(number)
        if (needsConnector(word)) out += connector
      }
    }
  }
  write(word)
  return out
}

function lowered({ kind, text }: Word, connector: string): ByteString {
  if (kind !== 'upper' && kind !== 'connector') return text
  return runesOf(text)
    .map((code) => {
      if (isConnector(code)) return connector
      return runeString(isUpper(code) ? toLower(code) : code)
    })
    .join('')
}

/**
 * PascalCase: of a run of connectors the last one vanishes, and the character behind it is a capital;
 * further capitals at the start of a word become small.
 */
export function camelCase(text: ByteString): ByteString {
  const runes = runesOf(text)
  const start = runes.findIndex((code) => !isConnector(code))
  // Of connectors alone the peer writes the last one twice.
  if (start < 0) return text + runes.slice(-1).map(runeString).join('')
  const out = runes.slice(0, start)
  let current = toUpper(runes[start] ?? 0)
  let startsUpper = isUpper(runes[start] ?? 0)
  for (const code of runes.slice(start + 1)) {
    const before = current
    current = code
    if (isConnector(before)) {
      if (isConnector(code)) out.push(before)
      else {
        startsUpper = isUpper(code)
        current = toUpper(code)
      }
      continue
    }
    if (startsUpper && isUpper(code)) current = toLower(code)
    else startsUpper = false
    out.push(before)
  }
  return [...out, current].map(runeString).join('')
}
