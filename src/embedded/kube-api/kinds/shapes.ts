import { shapeText } from './data/shapes.ts'
import { anything, type Field, type Lazy, type ScalarType, type Shape } from './shape.ts'

/**
 * Reads `data/shapes.ts`: one type a line, `name field=type …`.
 *
 * - after the type's name `!`: it is one atomic value; `&`: only numbers, its fields are its holder's; `?`: what it
 *   writes when a field is empty is not known
 * - after a field's name `*`: required; `+`: there even when empty; `?`: there as null; `%`: left out
 *   when absent, not when empty; after its type `#n`: number in protobuf
 * - types: a scalar's name, another type's name, `{}T` map, `{!}T` atomic map, `[]T` atomic list,
 *   `[=]T` set, `[k,l]T` list with keys
 * - after the type `'name`: what Go calls it, where that is a name of its own
 * - `~key` strategic merge by key (`~` alone: by value), `^` retain keys
 */
const scalars: ReadonlySet<string> = new Set<ScalarType>([
  'string',
  'bytes',
  'int32',
  'int64',
  'double',
  'bool',
  'time',
  'microtime',
  'quantity',
  'intstr',
])

const lines = new Map<string, string>()
for (const line of shapeText.split('\n')) {
  const name = /^[^ !&?]+/.exec(line)?.[0]
  if (name !== undefined) lines.set(name, line)
}

const known = new Map<string, Shape>()

/** The shape of a built-in type, such as `core.v1.Secret`. Read when first asked for. */
export function builtinShape(name: string): Shape {
  let shape = known.get(name)
  if (shape === undefined) {
    const line = lines.get(name)
    shape = line === undefined ? { kind: 'any' } : parseType(name, line)
    known.set(name, shape)
  }
  return shape
}

/** Numbers of the fields of an embedded message: name → number. */
export function embeddedNumbers(name: string): ReadonlyMap<string, number> {
  const [, ...words] = (lines.get(name) ?? '').split(' ')
  const numbers = new Map<string, number>()
  for (const word of words) {
    const [head = '', number] = word.split('#')
    const fieldName = /^[^*+?%=]+/.exec(head)?.[0] ?? ''
    if (number !== undefined && !fieldName.startsWith('<')) numbers.set(fieldName, Number(number))
  }
  return numbers
}

/** Names of all types, in order. */
export function builtinShapeNames(): readonly string[] {
  return [...lines.keys()]
}

function parseType(name: string, line: string): Shape {
  const [head = '', ...words] = line.split(' ').filter((word) => word !== '')
  const fields = new Map<string, Field>()
  const isKnown = !head.endsWith('?')
  const embedded = new Map<number, string>()
  for (const word of words) {
    const parts = /^(<?)([^*+?%=]+)(\*?)([+?%]?)=([^#]+?)(?:#(\d+))?$/.exec(word)
    if (parts === null) continue
    const [, inline, fieldName = '', required, always = '', written = '', number] = parts
    const [type = '', goType] = written.split("'")
    if (inline === '<') embedded.set(Number(number), type)
    else {
      const field = parseField(fieldName, type, required === '*', number, goType)
      const isZero = always === '+' || (name === 'core.v1.LocalObjectReference' && always === '')
      const fallback = field.fallback ?? (isZero ? zeros[type] : undefined)
      fields.set(fieldName, isKnown ? { ...field, fallback, always } : { ...field, fallback })
    }
  }
  const present = [...fields].filter(([, { always }]) => always === '+' || always === '?')
  const atomic = head.includes('!')
  return { kind: 'struct', name, fields, present, atomic, rest: undefined, embedded }
}

// What a key that is always written stands for when it is not there.
const zeros: Readonly<Record<string, string | number>> = { string: '', int32: 0, int64: 0 }

function parseField(
  name: string,
  text: string,
  required: boolean,
  number?: string,
  goType?: string,
): Omit<Field, 'always'> {
  const parts = /^(.*?)(\^?)(~[\w]*)?(?::(.*))?$/.exec(text)
  const [, type = text, retain, merge, fallback] = parts ?? []
  return {
    shape: parseShape(type, goType),
    required,
    number: number === undefined ? undefined : Number(number),
    patch:
      merge === undefined && retain !== '^'
        ? undefined
        : {
            merge: merge !== undefined,
            mergeKey: merge?.slice(1) ?? '',
            retainKeys: retain === '^',
          },
    // The only default of its own that is part of a list key.
    fallback: name === 'protocol' ? (fallback ?? 'TCP') : fallback,
  }
}

function parseShape(type: string, goType?: string): Lazy {
  if (type.startsWith('{')) {
    const atomic = type.startsWith('{!}')
    const shape: Shape = {
      kind: 'map',
      element: parseShape(type.slice(atomic ? 3 : 2), goType),
      atomic,
    }
    return () => shape
  }
  if (type.startsWith('[')) {
    const end = type.indexOf(']')
    const keys = type.slice(1, end)
    const shape: Shape = {
      kind: 'list',
      element: parseShape(type.slice(end + 1), goType),
      relation: keys === '' ? 'atomic' : keys === '=' ? 'set' : 'map',
      keys: keys === '' || keys === '=' ? [] : keys.split(','),
    }
    return () => shape
  }
  if (type === 'any' || type === 'raw' || type === 'fields') return anything
  if (scalars.has(type)) {
    const scalar = { kind: 'scalar', type: type as ScalarType } as const
    const shape: Shape = goType === undefined ? scalar : { ...scalar, goType }
    return () => shape
  }
  return () => builtinShape(type)
}
