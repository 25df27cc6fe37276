import { parseTime } from '#base'
import { isFielded, scalarText } from '../object.ts'
import type { Call } from '../core.ts'
import { badRequest } from '../errors.ts'
import { inMetaOrder } from '../http/render.ts'
import type { ColumnDefinition } from '../kinds/custom.ts'
import type { Kind } from '../kinds/kind.ts'
import type { Obj } from '../object.ts'
import { age as ageColumn, named as nameColumn, since, type Column } from './column.ts'
import { builtinColumns } from './columns.ts'
import { atJsonPath } from './json-path.ts'

const shownObjects = ['', 'Metadata', 'Object', 'None']

/**
 * A Table of objects, as `kubectl get` prints it.
 *
 * @param metadata Of the list; of a single object its version.
 * @param version Of the group meta.k8s.io.
 */
export function tableOf(
  call: Call,
  kind: Kind,
  objects: readonly Obj[],
  metadata: object,
  version: string,
): object {
  const apiVersion = `meta.k8s.io/${version}`

  const include = call.query.get('includeObject') ?? ''
  if (!shownObjects.includes(include)) {
    throw badRequest(
      `Unable to convert to Table as requested: includeObject: Invalid value: "${include}": must be 'Metadata', 'Object', 'None', or empty`,
    )
  }
  const columns = kind.custom === undefined ? builtinColumns(kind.bucket) : customColumns(kind)
  const nowMs = call.core.env.clock.now()
  return {
    kind: 'Table',
    apiVersion,
    metadata,
    columnDefinitions: columns.map(definitionOf),
    rows:
      objects.length === 0 && rowless.has(kind.bucket)
        ? null
        : objects.map((object) => ({
            cells: columns.map((column) => column.cell(object, nowMs)),
            object: shownObject(object, include, apiVersion),
          })),
  }
}

// What has no printer of its own has no list of rows either where there are none.
const rowless: ReadonlySet<string> = new Set([
  'limitranges',
  'clusterroles.rbac.authorization.k8s.io',
  'roles.rbac.authorization.k8s.io',
  'csistoragecapacities.storage.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
])

function definitionOf(column: Column): object {
  return {
    name: column.name,
    type: column.type,
    format: column.format ?? '',
    description: column.description ?? '',
    priority: column.priority ?? 0,
  }
}

function shownObject(object: Obj, include: string, apiVersion: string): object | null {
  if (include === 'None') return null
  if (include === 'Object') return object
  return { kind: 'PartialObjectMetadata', apiVersion, metadata: inMetaOrder(object.metadata) }
}

function customColumns(kind: Kind): readonly Column[] {
  const own = kind.custom?.columns ?? []
  return [
    nameColumn,
    ...(own.length === 0 ? [{ ...ageColumn, type: 'date' }] : own.map(customColumn)),
  ]
}

function customColumn(definition: ColumnDefinition): Column {
  return {
    name: definition.name,
    type: definition.type,
    format: definition.format ?? '',
    description:
      definition.description ??
      `Custom resource definition column (in JSONPath format): ${definition.jsonPath}`,
    priority: definition.priority ?? 0,
    cell: (object, nowMs) => customCell(definition, atJsonPath(object, definition.jsonPath), nowMs),
  }
}

// Of several values the first is shown; what is of another type than the column's is nothing.
function customCell(
  { type }: ColumnDefinition,
  [value]: readonly unknown[],
  nowMs: number,
): unknown {
  if (value === undefined) return null
  switch (type) {
    case 'date':
      return typeof value === 'string' ? dateCell(value, nowMs) : null
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null
    case 'number':
      return typeof value === 'number' ? value : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    default:
      if (value === null) return '<no value>'
      return typeof value === 'object' ? jsonInOrder(value) : scalarText(value)
  }
}

function dateCell(text: string, nowMs: number): string {
  return text !== '' && parseTime(text) === undefined ? '<invalid>' : since(text, nowMs)
}

// Go writes the keys of maps in order.
function jsonInOrder(value: object): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isFielded(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([x], [y]) => (x < y ? -1 : 1)))
      : inner,
  )
}
