import type { ByteString } from './byte-string.ts'
import { noFlags, pad, truncated, type Flags } from './printf-flags.ts'
import { formatComplex, formatFloat, formatInteger } from './printf-number.ts'
import { canBackquote, quoteGo } from './quote.ts'
import { GoInt, GoMap, GoNamed, GoObject, GoSlice, typeOf, types, type GoValue } from './value.ts'

// An address differs from run to run in Go; here it is the same for all.
const somewhere = 0xc000012345

/** Formats operands, each under its verb and flags. */
export class OperandFormat {
  readonly #flags: Flags

  constructor(flags: Flags = noFlags()) {
    this.#flags = flags
  }

  /** The operand as the verb wants it, or `%!verb(type=value)` where it has no such verb. */
  format(value: GoValue, verb: string): ByteString {
    // Only Errorf knows %w.
    return verb === 'w' ? this.#bad(value, verb) : this.#value(value, verb, 0)
  }

  #bad(value: GoValue, verb: string): ByteString {
    if (value === null) return `%!${verb}(<nil>)`
    return `%!${verb}(${typeOf(value).name}=${this.#value(value, 'v', 0, true)})`
  }

  #value(value: GoValue, verb: string, depth: number, isError = false): ByteString {
    if (value === null) {
      if (depth > 0) return this.#flags.sharpV ? 'interface {}(nil)' : '<nil>'
      return verb === 'T' || verb === 'v' ? pad(this.#flags, '<nil>') : this.#bad(value, verb)
    }
    if (verb === 'T' && depth === 0) return this.#text(typeOf(value).name)
    const method = this.#byMethod(value, verb, isError)
    if (method !== undefined) return method
    if (typeof value === 'boolean') {
      return verb === 't' || verb === 'v' ? pad(this.#flags, String(value)) : this.#bad(value, verb)
    }
    if (typeof value === 'number') {
      return formatFloat(this.#flags, value, verb) ?? this.#bad(value, verb)
    }
    if (typeof value === 'string') return this.#string(value, verb)
    if (value instanceof GoInt) return this.#whole(value, verb)
    if (value instanceof GoNamed) {
      if (value.type.kind === 'complex128') {
        return formatComplex(this.#flags, value, verb) ?? this.#bad(value, verb)
      }
      const { base } = value
      if (base instanceof GoInt) return this.#whole(new GoInt(base.value, value.type), verb)
      return this.#value(base, verb, depth, isError)
    }
    if (value instanceof GoSlice) return this.#slice(value, verb, depth)
    if (value instanceof GoMap) return this.#map(value, verb, depth)
    return this.#object(value, verb, depth)
  }

  /** What a String method says, for the verbs that text has. */
  #byMethod(value: GoValue, verb: string, isError: boolean): ByteString | undefined {
    if (isError || !(value instanceof GoObject || value instanceof GoNamed)) return undefined
    if (this.#flags.sharpV) {
      const text = value instanceof GoObject ? value.goText?.() : undefined
      return text === undefined ? undefined : this.#text(text)
    }
    if (!'vsxXq'.includes(verb)) return undefined
    if (value.type.kind === 'complex128') return undefined
    return value.text === undefined ? undefined : this.#string(value.text(), verb)
  }

  #whole(value: GoInt, verb: string): ByteString {
    return formatInteger(this.#flags, value, verb) ?? this.#bad(value, verb)
  }

  #string(value: ByteString, verb: string): ByteString {
    switch (verb) {
      case 'v':
        return this.#flags.sharpV ? this.#quote(value) : this.#text(value)
      case 's':
        return this.#text(value)
      case 'x':
      case 'X':
        return this.#hexText(value, verb)
      case 'q':
        return this.#quote(value)
      default:
        return this.#bad(value, verb)
    }
  }

  #text(value: ByteString): ByteString {
    return pad(this.#flags, truncated(this.#flags, value))
  }

  #quote(value: ByteString): ByteString {
    const text = truncated(this.#flags, value)
    const isRaw = (this.#flags.sharp || this.#flags.sharpV) && canBackquote(text)
    if (isRaw && this.#flags.sharp) return pad(this.#flags, `\`${text}\``)
    return pad(this.#flags, quoteGo(text, this.#flags.plus))
  }

  #hexText(value: ByteString, verb: string): ByteString {
    const { precision, space, sharp } = this.#flags
    const bytes = value.slice(0, precision ?? value.length)
    if (bytes === '') return pad(this.#flags, '')
    const prefix = sharp ? `0${verb}` : ''
    const between = space ? ` ${prefix}` : ''
    const digits = Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0'))
    const out = prefix + digits.join(between)
    return pad(this.#flags, verb === 'X' ? out.toUpperCase() : out)
  }

  #slice(value: GoSlice, verb: string, depth: number): ByteString {
    const { sharpV } = this.#flags
    if (value.type.name === types.bytes.name && 'sqxX'.includes(verb)) {
      const bytes = value.items.map((item) => (item instanceof GoInt ? Number(item.value) : 0))
      return this.#string(Buffer.from(bytes).toString('latin1'), verb)
    }
    if (verb === 'p') return this.#address(value.isNil ? 0 : somewhere)
    if (sharpV && value.isNil) return `${value.type.name}(nil)`
    const items = value.items.map((item) => this.#element(item, verb, depth))
    return sharpV ? `${value.type.name}{${items.join(', ')}}` : `[${items.join(' ')}]`
  }

  #element(item: GoValue, verb: string, depth: number): ByteString {
    return this.#value(item, verb, depth + 1)
  }

  #map(value: GoMap, verb: string, depth: number): ByteString {
    const { sharpV } = this.#flags
    if (verb === 'p') return this.#address(value.isNil ? 0 : somewhere)
    if (sharpV && value.isNil) return `${value.type.name}(nil)`
    const entries = value.sortedKeys().map((key) => {
      const entry = value.entries.get(key) ?? null
      return `${this.#value(key, verb, depth + 1)}:${this.#value(entry, verb, depth + 1)}`
    })
    return sharpV ? `${value.type.name}{${entries.join(', ')}}` : `map[${entries.join(' ')}]`
  }

  #object(value: GoObject, verb: string, depth: number): ByteString {
    const { sharpV, plusV } = this.#flags
    if (value.isNil) return this.#nilPointer(value, verb)
    if (verb === 'p' && depth === 0 && value.type.kind !== 'ptr') return this.#bad(value, verb)
    // Behind the first level Go prints where a struct is, not what.
    if (value.type.kind === 'ptr' && (depth > 0 || verb === 'p')) return this.#pointer(value, verb)
    const entries = [...value.fields].map(([name, field]) => {
      const text = this.#value(field, verb, depth + 1)
      return sharpV || plusV ? `${name}:${text}` : text
    })
    const mark = value.type.kind === 'ptr' ? '&' : ''
    const name = value.type.name.replace(/^\*/, '')
    return sharpV ? `${mark}${name}{${entries.join(', ')}}` : `${mark}{${entries.join(' ')}}`
  }

  #pointer(value: GoObject, verb: string): ByteString {
    return 'pvbodxX'.includes(verb) ? this.#address(somewhere) : this.#bad(value, verb)
  }

  /** `%p`: a number of base 16, whose `0x` goes with a sharp. */
  #address(value: number): ByteString {
    const flags = { ...this.#flags, sharp: !this.#flags.sharp }
    return formatInteger(flags, new GoInt(value, types.uint64), 'x') ?? ''
  }

  #nilPointer(value: GoObject, verb: string): ByteString {
    if (verb === 'v') {
      return this.#flags.sharpV ? `(${value.type.name})(nil)` : pad(this.#flags, '<nil>')
    }
    if (verb === 'p') return this.#address(0)
    if ('bodxX'.includes(verb)) return this.#whole(new GoInt(0, types.uint64), verb)
    return this.#bad(value, verb)
  }
}
