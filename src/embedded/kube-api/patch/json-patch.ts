import { equalJson, stringifyJson } from '#base'
import { copy, drop, get, isFielded, put } from '../object.ts'

/** One step of an RFC 6902 patch. */
interface Operation {
  readonly op: string
  readonly path: string
  /** Of `copy` and `move`; the empty text for others. */
  readonly from: string
  readonly value: unknown
}

/** A patch that does not fit the document. The message is what the API server says. */
export class PatchError extends Error {
  override readonly name = 'PatchError'
}

/**
 * Applies a JSON patch to a copy.
 *
 * @param operations As the client sent them.
 * @throws PatchError for a missing path, a failed test, copies beyond 3 MiB, or what is no operation.
 */
export function jsonPatch(document: unknown, operations: readonly unknown[]): unknown {
  const holder = { root: copy(document), copiedBytes: 0 }
  for (const operation of operations) step(holder, operationOf(operation))
  return holder.root
}

function operationOf(given: unknown): Operation {
  const textOf = (name: string): string => {
    const text = get(given, name)
    if (typeof text === 'string') return text
    throw new PatchError(`operation missing ${name} field: missing value`)
  }
  const op = textOf('op')
  const from = op === 'copy' || op === 'move' ? textOf('from') : ''
  // What carries no value carries null.
  return { op, path: textOf('path'), from, value: get(given, 'value') ?? null }
}

interface Holder {
  root: unknown
  /** What `copy` has added until now, as JSON. */
  copiedBytes: number
}

function step(holder: Holder, operation: Operation): void {
  const { op, path } = operation
  switch (op) {
    case 'add':
      return add(holder, path, copy(operation.value))
    case 'remove':
      remove(holder, path)
      return
    case 'replace':
      return replace(holder, path, copy(operation.value))
    case 'test':
      return test(holder, operation)
    case 'copy':
      return copied(holder, operation)
    case 'move': {
      const value = read(holder, operation.from, 'move')
      remove(holder, operation.from)
      return add(holder, path, value)
    }
    default:
      throw new PatchError(`Unexpected kind: ${op}`)
  }
}

// What is copied into itself doubles with every step, so all copies together have a limit.
const mostCopiedBytes = 3 * 1024 * 1024

function copied(holder: Holder, { from, path }: Operation): void {
  const value = read(holder, from, 'copy')
  holder.copiedBytes += Buffer.byteLength(stringifyJson(value))
  if (holder.copiedBytes > mostCopiedBytes) {
    throw new PatchError(
      `Unable to copy, the accumulated size increase of copy is ${holder.copiedBytes}, exceeding the limit ${mostCopiedBytes}`,
    )
  }
  add(holder, path, copy(value))
}

function segments(path: string): string[] {
  // What stands before the first slash is passed over, but there must be one.
  if (path !== '' && !path.includes('/')) {
    throw new PatchError(`doc is missing path: ${quoted(path)}: missing value`)
  }
  return path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

interface Place {
  readonly parent: unknown
  readonly key: string
}

function place(holder: Holder, path: string, op: string): Place {
  const parts = segments(path)
  const key = parts.pop() ?? ''
  let parent: unknown = holder.root
  for (const part of parts) parent = child(parent, part)
  if (!Array.isArray(parent) && !isFielded(parent)) {
    throw new PatchError(
      `${op} operation does not apply: doc is missing path: ${quoted(path)}: missing value`,
    )
  }
  return { parent, key }
}

function quoted(path: string): string {
  return JSON.stringify(path)
}

function child(parent: unknown, key: string): unknown {
  if (Array.isArray(parent))
    return /^\d+$/.test(key) ? (parent as unknown[])[Number(key)] : undefined
  return isFielded(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined
}

function add(holder: Holder, path: string, value: unknown): void {
  if (path === '') {
    holder.root = value
    return
  }
  const { parent, key } = place(holder, path, 'add')
  if (!Array.isArray(parent)) return put(parent as Record<string, unknown>, key, value)
  if (key === '-') {
    parent.push(value)
    return
  }
  const index = Number(key)
  if (!/^-?\d+$/.test(key)) {
    throw new PatchError(
      `add operation does not apply: doc is missing path: ${quoted(path)}: value was not a proper array index: "${key}": strconv.Atoi: parsing "${key}": invalid syntax`,
    )
  }
  if (index < 0 || index > parent.length) {
    throw new PatchError(
      `add operation does not apply: doc is missing path: ${quoted(path)}: Unable to access invalid index: ${index}: invalid index referenced`,
    )
  }
  parent.splice(index, 0, value)
}

function remove(holder: Holder, path: string): void {
  const { parent, key } = place(holder, path, 'remove')
  if (Array.isArray(parent)) {
    const index = Number(key)
    if (!/^\d+$/.test(key) || index >= parent.length) {
      throw new PatchError(
        `remove operation does not apply: doc is missing path: ${quoted(path)}: Unable to access invalid index: ${key}: invalid index referenced`,
      )
    }
    parent.splice(index, 1)
    return
  }
  if (!Object.hasOwn(parent as object, key)) {
    throw new PatchError(
      `remove operation does not apply: doc is missing path: ${quoted(path)}: missing value`,
    )
  }
  drop(parent as object, key)
}

function replace(holder: Holder, path: string, value: unknown): void {
  if (path === '') {
    holder.root = value
    return
  }
  const { parent, key } = place(holder, path, 'replace')
  // Lists must have the place; in maps the real server is content to add.
  if (Array.isArray(parent) && child(parent, key) === undefined) {
    throw new PatchError(
      `replace operation does not apply: doc is missing key: ${quoted(path)}: missing value`,
    )
  }
  if (Array.isArray(parent)) parent[Number(key)] = value
  else put(parent as Record<string, unknown>, key, value)
}

function read(holder: Holder, path: string, op: string): unknown {
  if (path === '') return holder.root
  const { parent, key } = place(holder, path, op)
  const value = child(parent, key)
  if (value === undefined) {
    throw new PatchError(
      `${op} operation does not apply: doc is missing from path: ${quoted(path)}: missing value`,
    )
  }
  return value
}

function test(holder: Holder, operation: Operation): void {
  const { path } = operation
  const found = path === '' ? holder.root : testRead(holder, path)
  const wanted = operation.value === undefined ? null : operation.value
  if (!equalJson(found ?? null, wanted)) {
    throw new PatchError(`testing value ${path} failed: test failed`)
  }
}

function testRead(holder: Holder, path: string): unknown {
  const { parent, key } = place(holder, path, 'test')
  return child(parent, key)
}
