import {
  GoInt,
  GoMap,
  GoNamed,
  GoObject,
  GoSlice,
  printValue,
  typeOf,
  type ByteString,
  type GoValue,
} from '#go'

import { FunctionError } from '../template-fault.ts'
import type { Family } from './function.ts'

/** What sprig takes for missing: 0, false, "", nil, an empty list or map. */
export function isEmpty(value: GoValue): boolean {
  if (value === null || value === false || value === 0 || value === '') return true
  if (value instanceof GoInt) return value.value === 0n
  if (value instanceof GoMap) return value.entries.size === 0
  if (value instanceof GoSlice) return value.items.length === 0
  if (value instanceof GoNamed) return value.base === '(0+0i)' || isEmpty(value.base)
  return false
}

/** reflect.DeepEqual: types count as well. */
export function deepEqual(a: GoValue, b: GoValue): boolean {
  if (a === b) return true
  if (a === null || b === null || typeOf(a).name !== typeOf(b).name) return false
  if (a instanceof GoInt && b instanceof GoInt) return a.value === b.value
  if (a instanceof GoSlice && b instanceof GoSlice) {
    if (a.isNil !== b.isNil || a.items.length !== b.items.length) return false
    return a.items.every((item, i) => deepEqual(item, b.items[i] ?? null))
  }
  if (a instanceof GoMap && b instanceof GoMap) {
    if (a.isNil !== b.isNil || a.entries.size !== b.entries.size) return false
    return [...a.entries].every(([key, value]) => {
      return b.entries.has(key) && deepEqual(value, b.entries.get(key) ?? null)
    })
  }
  const areOpaque = a instanceof GoNamed || a instanceof GoObject
  return areOpaque && printValue(a) === printValue(b)
}

/** The kind's name as reflect prints it. */
export function kindOf(value: GoValue): string {
  return typeOf(value).kind
}

/** sprig's defaults, types, reflection and paths. */
export const valueFunctions: Family = {
  default: (args) => (args.length < 2 || isEmpty(args.any(1)) ? args.any(0) : args.any(1)),
  empty: (args) => isEmpty(args.any(0)),
  coalesce: (args) => args.values.find((value) => !isEmpty(value)) ?? null,
  all: (args) => !args.values.some(isEmpty),
  any: (args) => args.values.some((value) => !isEmpty(value)),
  kindOf: (args) => kindOf(args.any(0)),
  typeOf: (args) => typeOf(args.any(0)).name,
  kindIs: (args) => args.string(0) === kindOf(args.any(1)),
  typeIs: (args) => args.string(0) === typeOf(args.any(1)).name,
  typeIsLike: (args) => {
    const { name } = typeOf(args.any(1))
    return args.string(0) === name || `*${args.string(0)}` === name
  },
  deepEqual: (args) => deepEqual(args.any(0), args.any(1)),
  // The text is left out: people put values into it, and this message reaches status and logs.
  fail: () => {
    throw new FunctionError('the template asked to fail')
  },
  ...paths(''),
  ...paths('os'),
}

function paths(prefix: '' | 'os'): Family {
  const name = (word: string): string =>
    prefix === '' ? word : `os${word.charAt(0).toUpperCase()}${word.slice(1)}`
  return {
    [name('base')]: (args) => base(args.string(0)),
    [name('dir')]: (args) => dir(args.string(0)),
    [name('clean')]: (args) => clean(args.string(0)),
    [name('ext')]: (args) => ext(args.string(0)),
    [name('isAbs')]: (args) => args.string(0).startsWith('/'),
  }
}

function clean(path: ByteString): ByteString {
  const isAbsolute = path.startsWith('/')
  const kept: ByteString[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') kept.push(part)
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (!isAbsolute) kept.push('..')
  }
  const joined = kept.join('/')
  if (isAbsolute) return `/${joined}`
  return joined === '' ? '.' : joined
}

function base(path: ByteString): ByteString {
  if (path === '') return '.'
  const trimmed = path.replace(/\/+$/, '')
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

function dir(path: ByteString): ByteString {
  return clean(path.slice(0, path.lastIndexOf('/') + 1))
}

function ext(path: ByteString): ByteString {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  return dot < 0 ? '' : name.slice(dot)
}
