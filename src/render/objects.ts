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
): void {
  const items = field(value, 'items')
  const kind = stringOf(field(value, 'kind'))
  if (kind?.endsWith('List') === true && Array.isArray(items)) {
    for (const item of items as readonly unknown[]) collect(item, origin, objects, problems)
    return
  }
  const problem = whyNoObject(value)
  if (problem === undefined) objects.push({ object: value as AnyObject, origin })
  else problems.push({ origin, ...problem })
}

function whyNoObject(value: unknown): { message: string; hint?: string } | undefined {
  if (!isObject(value)) return { message: 'the document is no Kubernetes object' }
  const missing = ['apiVersion', 'kind'].filter((key) => !stringOf(field(value, key)))
  if (missing.length === 2) {
    return {
      message: 'missing Resource metadata: the document has neither apiVersion nor kind',
      hint: 'it looks like values for Helm; keep such files out of spec.path',
    }
  }
  if (missing.length > 0) return { message: `missing ${missing.join(' and ')}` }
  const metadata = field(value, 'metadata')
  if (!isObject(metadata)) return { message: 'missing metadata.name in object' }
  if (!stringOf(field(metadata, 'name'))) {
    return stringOf(field(metadata, 'generateName'))
      ? { message: 'metadata.generateName cannot be kept in step; give it a name' }
      : { message: 'missing metadata.name in object' }
  }
  const namespace = field(metadata, 'namespace')
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string') {
    return { message: 'metadata.namespace must be a string' }
  }
  for (const key of ['labels', 'annotations']) {
    const found = wrongEntry(field(metadata, key))
    if (found !== undefined) return { message: `metadata.${key}${found}` }
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
