import type { ByteString } from '../byte-string.ts'
import { compareBytes } from '../value.ts'
import { numberOf, trimmed, unescape } from './scan.ts'

// eslint-disable-next-line no-control-regex
const stringOrBlanks = /("(?:[^"\\]|\\.)*"?)|[\x00-\x20]+/gs

/** The JSON text without blanks outside of strings. */
export function ugly(json: ByteString): ByteString {
  return json.replace(stringOrBlanks, (_all, text?: string) => text ?? '')
}

export interface PrettyOptions {
  readonly indent: string
  readonly prefix: string
  readonly sortKeys: boolean
  /** Lists that fit into so many columns stay on one line; 0 or less: none does. */
  readonly width: number
}

/**
 * The first value of a JSON text laid out over lines, as tidwall/pretty does: in one pass that checks nothing, so
 * that of broken JSON comes what was there before the breach.
 */
export function pretty(json: ByteString, options: PrettyOptions): ByteString {
  return new Layout(json, options).run()
}

/** Where one entry of an object stands: its key in the JSON, its line in the output. */
interface Entry {
  readonly key: ByteString
  readonly from: number
  to: number
}

// Deeper than any JSON a person means; what lies deeper is left out.
const deepest = 1000

class Layout {
  readonly #json: ByteString
  readonly #options: PrettyOptions
  readonly #out: ByteString[] = []
  #length = 0
  #at = 0
  /** Where the line began that is being written, as the original counts it. */
  #line = 0
  #depth = 0

  constructor(json: ByteString, options: PrettyOptions) {
    this.#json = json
    this.#options = options
  }

  run(): ByteString {
    if (this.#options.prefix !== '') this.#write(this.#options.prefix)
    this.#value(0, undefined)
    if (this.#length > 0) this.#write('\n')
    return this.#out.join('')
  }

  #write(text: ByteString): void {
    this.#out.push(text)
    this.#length += text.length
  }

  /** A line break; in the place of a blank, if one was written last. */
  #break(): void {
    const last = this.#out.at(-1) ?? ''
    this.#line = this.#length
    if (last.endsWith(' ')) this.#out[this.#out.length - 1] = `${last.slice(0, -1)}\n`
    else this.#write('\n')
  }

  #indent(tabs: number): void {
    this.#write(this.#options.prefix + this.#options.indent.repeat(tabs))
  }

  /**
   * The next value, over whatever stands before it.
   *
   * @param room Set while a list is tried on one line: columns it may take.
   * @returns Whether it may stand on that line.
   */
  #value(tabs: number, room: number | undefined): boolean {
    for (; this.#at < this.#json.length; this.#at++) {
      const char = this.#json[this.#at]!
      if (char === '{' || char === '[') return this.#collection(char, tabs, room)
      const text = this.#scalar(char)
      if (text === undefined) continue
      this.#write(text)
      return true
    }
    return true
  }

  #scalar(char: string): ByteString | undefined {
    const start = this.#at
    if (char === '"') return this.#string()
    const next = this.#json[start + 1]
    if (/[-0-9iI+N]/.test(char) || (char === 'n' && next !== undefined && next !== 'u')) {
      this.#at++
      // eslint-disable-next-line no-control-regex
      while (this.#at < this.#json.length && !/[\x00- ,:\]}]/.test(this.#json[this.#at]!))
        this.#at++
      return this.#json.slice(start, this.#at)
    }
    const word = { t: 'true', f: 'false', n: 'null' }[char]
    this.#at += word?.length ?? 0
    return word
  }

  #string(): ByteString {
    const start = this.#at++
    for (; this.#at < this.#json.length; this.#at++) {
      if (this.#json[this.#at] === '\\') this.#at++
      else if (this.#json[this.#at] === '"') break
    }
    this.#at = Math.min(this.#at + 1, this.#json.length)
    return this.#json.slice(start, this.#at)
  }

  #collection(open: '{' | '[', tabs: number, room: number | undefined): boolean {
    if (this.#options.width > 0) {
      if (open === '{' && room !== undefined) return false
      if (open === '[' && room === undefined && this.#oneLine()) return true
    }
    if (this.#depth >= deepest) {
      this.#at = this.#json.length
      return false
    }
    this.#depth++
    const fits = this.#entries(open, tabs, room)
    this.#depth--
    return fits
  }

  /** Tries a list on one line; takes all back when it does not fit. */
  #oneLine(): boolean {
    const room = this.#options.width - (this.#length - this.#line)
    if (room <= 3) return false
    const before = {
      at: this.#at,
      pieces: this.#out.length,
      length: this.#length,
      line: this.#line,
    }
    this.#line = 0
    const fits = this.#entries('[', 0, this.#length + room) && this.#length - before.length <= room
    this.#line = before.line
    if (fits) return true
    this.#at = before.at
    this.#out.length = before.pieces
    this.#length = before.length
    return false
  }

  #entries(open: '{' | '[', tabs: number, room: number | undefined): boolean {
    const close = open === '{' ? '}' : ']'
    const isSpread = room === undefined
    const entries: Entry[] = []
    this.#write(open)
    let count = 0
    for (this.#at++; this.#at < this.#json.length; this.#at++) {
      const char = this.#json[this.#at]!
      if (char <= ' ') continue
      if (char === close) {
        if (isSpread && this.#options.sortKeys) this.#sort(entries)
        if (isSpread && count > 0) {
          this.#break()
          this.#indent(tabs)
        }
        this.#write(close)
        this.#at++
        return open === '['
      }
      if (open === '{' && char !== '"') continue
      if (count++ > 0) this.#write(open === '[' && this.#options.width !== -1 ? ', ' : ',')
      if (isSpread) this.#break()
      const from = this.#out.length
      if (isSpread) this.#indent(tabs + 1)
      const key = open === '{' ? this.#string() : ''
      if (open === '{') this.#write(`${key}: `)
      const fits = this.#value(tabs + 1, room)
      if (room !== undefined && (!fits || this.#length > room)) return false
      if (open === '{') entries.push({ key, from, to: this.#out.length })
      this.#at--
    }
    return open === '['
  }

  /** Puts the lines of an object into the order of their keys; equal keys into that of their values. */
  #sort(entries: readonly Entry[]): void {
    const first = entries[0]
    if (first === undefined) return
    const texts = entries.map(({ key, from, to }) => ({
      key,
      text: this.#out.slice(from, to).join(''),
    }))
    texts.sort((a, b) => compareSorted(a.key, b.key) || compareSorted(valueOf(a), valueOf(b)))
    this.#out.length = first.from
    this.#out.push(texts.map(({ text }) => text).join(',\n'))
  }
}

function valueOf(entry: { readonly key: ByteString; readonly text: ByteString }): ByteString {
  return trimmed(trimmed(entry.text).slice(entry.key.length + 1))
}

const kinds = ['n', 'f', '0', '"', 't', '{'] as const

function kindOf(raw: ByteString): number {
  const char = raw[0] ?? 'n'
  if (char === '[') return kinds.indexOf('{')
  const kind = kinds.findIndex((known) => known === char)
  return kind < 0 ? kinds.indexOf('0') : kind
}

/** null, false, numbers, strings, true, collections; each in their own order. */
function compareSorted(a: ByteString, b: ByteString): number {
  const kind = kindOf(a)
  if (kind !== kindOf(b)) return kind - kindOf(b)
  if (kinds[kind] === '0') return numberOf(a) - numberOf(b) || 0
  return kinds[kind] === '"' ? compareBytes(stringOf(a), stringOf(b)) : compareBytes(a, b)
}

function stringOf(raw: ByteString): ByteString {
  return raw.endsWith('"') && raw.length > 1 ? unescape(raw.slice(1, -1)) : ''
}
