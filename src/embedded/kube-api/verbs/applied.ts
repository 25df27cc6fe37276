/** What refusals of an apply say of what was applied. */
import { internal } from '../errors.ts'
import type { Kind } from '../kinds/kind.ts'
import { textAt, type Obj } from '../object.ts'
import { misrestored } from '../patch/restore.ts'

/** What an apply is about, as its refusals have it: the name as it was applied. */
export function appliedName(config: Obj): string {
  const place = `${textAt(config, 'metadata', 'namespace')}/${textAt(config, 'metadata', 'name')}`
  const [group, version] = splitVersion(config.apiVersion)
  return `${place}; ${group}/${version}, Kind=${config.kind}`
}

/** Refuses what was merged and is no object of its kind. @throws ApiError 500 in Go's words. */
export function assertRestored(kind: Kind, object: Obj, config: Obj): void {
  const wrong = kind.custom === undefined ? misrestored(object, kind.shape()) : undefined
  if (wrong === undefined) return
  const [group, version] = splitVersion(config.apiVersion)
  const type = `${group}/${version}, Kind=${config.kind}`
  throw internal(
    `failed to convert new object (${appliedName(config)}) to proper version: unable to convert unstructured object to ${type}: ${wrong}`,
  )
}

/** Group and version; empty where there are none. */
export function splitVersion(apiVersion: unknown): readonly [string, string] {
  if (typeof apiVersion !== 'string' || apiVersion === '') return ['', '']
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)]
}
