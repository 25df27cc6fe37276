import { scalarText } from '../object.ts'
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
  const columns =
    kind.custom !== undefined
      ? customColumns(kind)
      : builtinColumns(call.target.subresource === 'ephemeralcontainers' ? '' : kind.bucket)
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

function customCell(
  definition: ColumnDefinition,
  values: readonly unknown[],
  nowMs: number,
): unknown {
  const [value] = values
  if (value === undefined || value === null) return null
  switch (definition.type) {
    case 'date':
      return since(value, nowMs)
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null
    case 'number':
      return typeof value === 'number' ? value : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    default:
      if (typeof value === 'string') return value
      return values.length > 1
        ? JSON.stringify(values)
        : typeof value === 'object'
          ? JSON.stringify(value)
          : scalarText(value)
  }
}
