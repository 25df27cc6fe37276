/**
 * Takes the fields of kubectl-like tools over, so that what a person added by hand goes away with the
 * next apply. Other controllers keep what is theirs.
 */
import { Fault, isObject } from '#base'
import type { AnyObject, KubeObject, ManagedFields, ObjectKey, Resource } from '#api'
import type { Client } from '#kube'

/** The version that was looked at, and its managed fields as they shall be. */
export interface Seen {
  readonly uid: string
  readonly resourceVersion: string
  readonly annotated: boolean
  readonly managedFields: readonly ManagedFields[]
}

export interface TakeOverOptions {
  readonly client: Client
  readonly fieldManager: string
  readonly signal: AbortSignal
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** Whether `kubectl apply` left its copy on the object. */
export function isAnnotated(object: KubeObject): boolean {
  const { annotations } = object.metadata
  return annotations !== undefined && Object.hasOwn(annotations, lastApplied)
}

/**
 * The managed fields with those of kubectl-like tools given to us, so that the next apply takes away
 * what a person added by hand; undefined when no such tool owns anything. Other controllers keep
 * what is theirs.
 */
export function foreignToolFields(
  answer: AnyObject,
  fieldManager: string,
): readonly ManagedFields[] | undefined {
  const all = answer.metadata.managedFields ?? []
  const isTool = (entry: ManagedFields): boolean =>
    entry.subresource === undefined &&
    (entry.manager.startsWith('kubectl') ||
      (entry.manager.startsWith('before-first-apply') && entry.operation === 'Update') ||
      (entry.manager === fieldManager && entry.operation === 'Update'))
  const tools = all.filter(isTool)
  if (tools.length === 0) return undefined
  const rest = all.filter((entry) => !isTool(entry))
  const own = rest.find((entry) => entry.manager === fieldManager && entry.operation === 'Apply')
  let fields: unknown = own?.fieldsV1 ?? {}
  for (const tool of tools) fields = unionFields(fields, tool.fieldsV1)
  const template = own ?? tools[0]
  if (template === undefined) return undefined
  const mine: ManagedFields = {
    manager: fieldManager,
    operation: 'Apply',
    apiVersion: template.apiVersion,
    ...(template.time === undefined ? {} : { time: template.time }),
    fieldsType: 'FieldsV1',
    fieldsV1: fields as ManagedFields['fieldsV1'],
  }
  return [mine, ...rest.filter((entry) => entry !== own)]
}

function unionFields(a: unknown, b: unknown): unknown {
  if (!isObject(a) || !isObject(b)) return isObject(a) ? a : b
  const union: Record<string, unknown> = { ...a }
  for (const [key, value] of Object.entries(b)) {
    union[key] = Object.hasOwn(union, key) ? unionFields(union[key], value) : value
  }
  return union
}

/**
 * Gives a tool's fields to us on exactly the version seen; the apply that follows prunes them.
 *
 * @returns The version that this made.
 */
export async function takeOver(
  resource: Resource,
  key: ObjectKey,
  seen: Seen,
  options: TakeOverOptions,
): Promise<{ readonly uid: string; readonly resourceVersion: string }> {
  const escaped = lastApplied.replaceAll('~', '~0').replaceAll('/', '~1')
  const patch = [
    { op: 'test', path: '/metadata/uid', value: seen.uid },
    { op: 'replace', path: '/metadata/resourceVersion', value: seen.resourceVersion },
    { op: 'replace', path: '/metadata/managedFields', value: seen.managedFields },
    ...(seen.annotated ? [{ op: 'remove', path: `/metadata/annotations/${escaped}` }] : []),
  ]
  const { metadata } = await options.client.patch(resource, key, patch, {
    type: 'json',
    fieldManager: options.fieldManager,
    signal: options.signal,
  })
  const { resourceVersion } = metadata
  if (resourceVersion === undefined) {
    throw new Fault('InvalidAnswer', 'the server names no version')
  }
  return { uid: seen.uid, resourceVersion }
}
