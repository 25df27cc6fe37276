import { Fault } from '#base'
import type { KubeObject, ObjectKey, Resource } from '#api'

/** `/api/v1/…` or `/apis/group/version/…`, up to and with the plural. */
export function collectionPath(resource: Resource<KubeObject>, namespace?: string): string {
  const root =
    resource.group === ''
      ? `/api/${resource.version}`
      : `/apis/${resource.group}/${resource.version}`
  const inside = resource.namespaced && namespace !== undefined && namespace !== ''
  return `${root}${inside ? `/namespaces/${segment(namespace)}` : ''}/${resource.plural}`
}

/**
 * The path of one object.
 *
 * @throws Fault InvalidSpec when a name is missing or could lead out of its place in the path.
 */
export function objectPath(
  resource: Resource<KubeObject>,
  key: ObjectKey,
  subresource?: string,
): string {
  if (resource.namespaced && (key.namespace === undefined || key.namespace === '')) {
    throw new Fault('InvalidSpec', `${resource.kind} ${key.name}: a namespace is required`, {
      at: 'metadata.namespace',
    })
  }
  const path = `${collectionPath(resource, key.namespace)}/${segment(key.name)}`
  return subresource === undefined ? path : `${path}/${subresource}`
}

/** Query text with its `?`, without what is undefined; empty when nothing is left. */
export function queryText(
  query: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  const parts: string[] = []
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parts.push(`${name}=${encodeURIComponent(String(value))}`)
  }
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

function segment(name: string): string {
  // encodeURIComponent leaves dots alone, and URL parsers take `.` and `..` as steps.
  if (name === '' || name === '.' || name === '..' || name.includes('/')) {
    throw new Fault('InvalidSpec', `"${name}" is no name of an object`, { at: 'metadata.name' })
  }
  return encodeURIComponent(name)
}
