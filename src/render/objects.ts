/** Documents to objects: lists opened, shapes checked, all mistakes collected. */
import { field, isObject, stringOf } from '#base'
import type { AnyObject } from '#api'
import type { Origin, Problem, RenderedObject } from './manifest.ts'
import { readYaml } from './read-yaml.ts'

/** Objects of one file; what is wrong goes to `problems`. */
export function objectsOf(
  path: string,
  bytes: Uint8Array,
  problems: Problem[],
): readonly RenderedObject[] {
  const objects: RenderedObject[] = []
  for (const document of readYaml(bytes)) {
    const origin: Origin = { file: path, line: document.line }
    if (document.kind === 'broken') problems.push({ origin, message: document.message })
    else collect(document.value, origin, objects, problems)
  }
  return objects
}

function collect(
  value: unknown,
  origin: Origin,
  objects: RenderedObject[],
  problems: Problem[],
  item?: string,
): void {
  const items = field(value, 'items')
  const kind = stringOf(field(value, 'kind'))
  if (kind?.endsWith('List') === true && Array.isArray(items)) {
    for (const [index, inner] of (items as readonly unknown[]).entries()) {
      collect(
        inner,
        origin,
        objects,
        problems,
        `${item === undefined ? '' : `${item}.`}items[${index}]`,
      )
    }
    return
  }
  const found = whyNoObject(value, item)
  if (found === undefined) objects.push({ object: value as AnyObject, origin })
  else problems.push(placed(found, origin, item))
}

type Found = Omit<Problem, 'origin'>

/** Of an object in a list, fields are told from the list's own root. */
function placed(found: Found, origin: Origin, item: string | undefined): Problem {
  if (item === undefined) return { origin, ...found }
  return { origin, ...found, field: found.field === undefined ? item : `${item}.${found.field}` }
}

function whyNoObject(value: unknown, item: string | undefined): Found | undefined {
  if (!isObject(value)) {
    return { message: `${item ?? 'the document'} is no Kubernetes object` }
  }
  const missing = ['apiVersion', 'kind'].filter((key) => !stringOf(field(value, key)))
  if (missing.length === 2) {
    return {
      message: 'missing Resource metadata: the document has neither apiVersion nor kind',
      hint: 'it looks like values for Helm; keep such files out of spec.path',
    }
  }
  if (missing.length > 0) return { message: `missing ${missing.join(' and ')}` }
  return whyNoMetadata(field(value, 'metadata'))
}

function whyNoMetadata(metadata: unknown): Found | undefined {
  if (!isObject(metadata)) return { field: 'metadata', message: 'missing metadata.name in object' }
  if (!stringOf(field(metadata, 'name'))) {
    return stringOf(field(metadata, 'generateName'))
      ? {
          field: 'metadata.generateName',
          message: 'metadata.generateName cannot be kept in step; give it a name',
        }
      : { field: 'metadata.name', message: 'missing metadata.name in object' }
  }
  const namespace = field(metadata, 'namespace')
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string') {
    return { field: 'metadata.namespace', message: 'metadata.namespace must be a string' }
  }
  for (const key of ['labels', 'annotations']) {
    const found = wrongEntry(field(metadata, key))
    const at = `metadata.${key}`
    if (found !== undefined) return { field: at, message: `${at}${found}` }
  }
  return undefined
}

function wrongEntry(map: unknown): string | undefined {
  if (map === undefined || map === null) return undefined
  if (!isObject(map)) return ' must be a map'
  const wrong = Object.entries(map).find(([, value]) => typeof value !== 'string')
  return wrong === undefined
    ? undefined
    : `: ${JSON.stringify(wrong[0])} must be a string; quote it`
}
