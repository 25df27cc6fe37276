import { parseTime } from '#base'
import { scalarText, get, isFielded, listAt, textAt, type Obj } from '../object.ts'
import { ageText } from './age.ts'

/** One column of `kubectl get`. */
export interface Column {
  readonly name: string
  readonly type: string
  readonly format?: string
  readonly description?: string
  /** Above 0: only shown with `-o wide`. */
  readonly priority?: number
  readonly cell: (object: Obj, nowMs: number) => unknown
}

/** The name of every object. */
export const named: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name must be unique within a namespace.',
  cell: (object) => object.metadata.name ?? '',
}

/** How old something is, from a time in RFC 3339. */
export function since(time: unknown, nowMs: number): string {
  const ms = typeof time === 'string' ? parseTime(time) : undefined
  return ms === undefined ? '<unknown>' : ageText(nowMs - ms)
}

/** How long ago it was made. */
export const age: Column = {
  name: 'Age',
  type: 'string',
  description: 'Time since the object was created.',
  cell: (object, nowMs) => since(object.metadata.creationTimestamp, nowMs),
}

/** The same as a date. */
export const createdAt: Column = {
  name: 'Created At',
  type: 'date',
  description: 'When the object was created.',
  cell: (object) => object.metadata.creationTimestamp ?? null,
}

/** A column of text; `more` says what else it is. */
export function text(name: string, cell: Column['cell'], more: Partial<Column> = {}): Column {
  return { name, type: 'string', description: `${name} of the object.`, cell, ...more }
}

/** How many entries a map has. */
export function size(value: unknown): number {
  return isFielded(value) ? Object.keys(value).length : 0
}

/** The number at a path, or 0. */
export function number(object: unknown, ...path: readonly string[]): number {
  const value = get(object, ...path)
  return typeof value === 'number' ? value : 0
}

/** Values with commas between, or what stands for none. */
export function list(values: readonly unknown[], none = '<none>'): string {
  return values.length === 0 ? none : values.join(',')
}

/** The ports of a Service. */
export function ports(service: Obj): string {
  return list(
    listAt(service, 'spec', 'ports').map((port) => {
      const node = number(port, 'nodePort')
      return `${number(port, 'port')}${node === 0 ? '' : `:${node}`}/${textAt(port, 'protocol')}`
    }),
  )
}

/** Labels at a path. */
export function selectorText(object: Obj, ...path: readonly string[]): string {
  const labels = get(object, ...path)
  return list(
    Object.entries(isFielded(labels) ? labels : {}).map(
      ([key, value]) => `${key}=${scalarText(value)}`,
    ),
  )
}

/** Shown with `-o wide`. */
export const wide: Partial<Column> = { priority: 1 }
