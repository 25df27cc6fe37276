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
 * @throws Fault Conflict when that version is not there any more: changed, deleted or made anew.
 */
export async function takeOver(
  resource: Resource,
  key: ObjectKey,
  seen: Seen,
  options: TakeOverOptions,
): Promise<{ readonly uid: string; readonly resourceVersion: string }> {
  const { managedFields, resourceVersion: wasSeen, annotated } = seen
  // The version alone pins the object: another uid has another one, and is then no 422. Nor is the
  // annotation that somebody took away meanwhile, which a JSON patch could not remove.
  const annotations = annotated ? { annotations: { [lastApplied]: null } } : {}
  const patch = { metadata: { resourceVersion: wasSeen, managedFields, ...annotations } }
  const { metadata } = await patched(resource, key, patch, options)
  const { resourceVersion } = metadata
  if (resourceVersion === undefined) {
    throw new Fault('InvalidAnswer', 'the server names no version')
  }
  return { uid: seen.uid, resourceVersion }
}

async function patched(
  resource: Resource,
  key: ObjectKey,
  patch: object,
  { client, fieldManager, signal }: TakeOverOptions,
): Promise<KubeObject> {
  try {
    return await client.patch(resource, key, patch, { type: 'merge', fieldManager, signal })
  } catch (thrown) {
    if (!(thrown instanceof Fault && thrown.reason === 'NotFound')) throw thrown
    throw new Fault('Conflict', 'it was deleted meanwhile', { cause: thrown })
  }
}
