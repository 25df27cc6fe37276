import type { Fields, ManagedEntry, Meta, Obj } from '../object.ts'
import { bootstrapJson } from './bootstrap-json.ts'

const group = 'rbac.authorization.k8s.io'

/** One of them, without what all have. */
interface Bare {
  readonly kind: string
  readonly metadata: Meta
  readonly [part: string]: unknown
}

/**
 * The roles and bindings that an API server makes of itself. Roles that gather those of others come without
 * rules. Their uids follow from their names, so that they draw on nobody's randomness.
 *
 * As JSON, which Node reads in a tenth of the time that a text of our own would take: half of what a start
 * takes is code that runs for the first time.
 *
 * @param now When they were made, as objects carry it.
 */
export function bootstrapObjects(now: string): Obj[] {
  const objects = JSON.parse(bootstrapJson) as Bare[]
  return objects.map(({ kind, metadata: { name, namespace, uid, labels }, ...rest }) => ({
    apiVersion: `${group}/v1`,
    kind,
    metadata: {
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      creationTimestamp: now,
      ...(labels === undefined ? {} : { labels }),
      annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
      managedFields: managedFields(rest, labels ?? {}, now),
    },
    ...rest,
  }))
}

function managedFields(
  object: Readonly<Record<string, unknown>>,
  labels: object,
  time: string,
): ManagedEntry[] {
  const entry = { apiVersion: `${group}/v1`, time, fieldsType: 'FieldsV1' }
  const gathers = object['aggregationRule'] !== undefined
  const fieldsV1: Fields = {}
  if (gathers) fieldsV1['f:aggregationRule'] = { '.': {}, 'f:clusterRoleSelectors': {} }
  fieldsV1['f:metadata'] = { 'f:annotations': annotationFields, 'f:labels': keysOf(labels) }
  for (const part of gathers ? [] : ['rules', 'roleRef', 'subjects']) {
    if (object[part] !== undefined) fieldsV1[`f:${part}`] = {}
  }
  const made = { manager: 'kube-apiserver', operation: 'Update', ...entry, fieldsV1 }
  if (!gathers) return [made]
  const manager = 'clusterrole-aggregation-controller'
  return [{ manager, operation: 'Apply', ...entry, fieldsV1: { 'f:rules': {} } }, made]
}

function keysOf(map: object): Fields {
  const fields: Fields = { '.': {} }
  for (const key of Object.keys(map)) fields[`f:${key}`] = {}
  return fields
}

const annotationFields: Fields = keysOf({ 'rbac.authorization.kubernetes.io/autoupdate': '' })
