/** The shapes we serve: what was recorded from the peers, and what `crds/additions.yaml` widens. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { walk, type Crd, type PrinterColumn, type Schema, type Version } from './schema.ts'

/** The recorded files, in the order in which the kinds are documented. */
export const recordedFiles: readonly string[] = [
  'external-secrets.io_externalsecrets.json',
  'external-secrets.io_secretstores.json',
  'external-secrets.io_clustersecretstores.json',
  'generators.external-secrets.io_passwords.json',
  'generators.external-secrets.io_sshkeys.json',
  'generators.external-secrets.io_uuids.json',
  'generators.external-secrets.io_fakes.json',
  'generators.external-secrets.io_clustergenerators.json',
  'bitnami.com_sealedsecrets.json',
  'source.toolkit.fluxcd.io_gitrepositories.json',
  'kustomize.toolkit.fluxcd.io_kustomizations.json',
]

/** One entry of `crds/additions.yaml`; its header explains the fields. */
export interface Addition {
  readonly why: string
  readonly kinds: readonly string[]
  readonly version: string
  readonly path?: string | readonly string[]
  readonly add?: Schema
  readonly enum?: readonly string[]
  readonly replace?: Schema
  readonly column?: PrinterColumn
  readonly served?: boolean
  readonly like?: string
  readonly warning?: string
}

/** The recorded shape in `test/conformance/crds`, unchanged. */
export function recordedShape(root: string, file: string): Crd {
  return JSON.parse(readFileSync(`${root}/test/conformance/crds/${file}`, 'utf8')) as Crd
}

export function readAdditions(root: string): Addition[] {
  return parse(readFileSync(`${root}/crds/additions.yaml`, 'utf8')) as Addition[]
}

/** All kinds as we serve them, without descriptions. */
export function servedShapes(root: string): Crd[] {
  const additions = readAdditions(root)
  return recordedFiles.map((file) => widen(recordedShape(root, file), additions))
}

/**
 * `crd` with the additions for its kind.
 *
 * @throws Error when an addition names a path that the shape does not have, or adds one it has.
 */
export function widen(crd: Crd, additions: readonly Addition[]): Crd {
  const wide = structuredClone(crd)
  for (const addition of additions) {
    if (!addition.kinds.includes(wide.names.kind)) continue
    if (addition.like !== undefined) addVersion(wide, addition)
    const version = wide.versions.find((version) => version.name === addition.version)
    if (version === undefined) throw new Error(`${wide.names.kind} has no ${addition.version}`)
    if (addition.served !== undefined) version.served = addition.served
    if (addition.column !== undefined) version.additionalPrinterColumns.push(addition.column)
    for (const path of pathsOf(addition)) widenField(version, path, addition)
  }
  return wide
}

// The newest version stays first: it is what kubectl shows.
function addVersion(crd: Crd, { version: name, like, warning }: Addition): void {
  const model = crd.versions.find((version) => version.name === like)
  if (model === undefined) throw new Error(`${crd.names.kind} has no ${like}`)
  crd.versions.push({
    ...structuredClone(model),
    name,
    storage: false,
    deprecated: true,
    ...(warning === undefined ? {} : { deprecationWarning: warning }),
  })
}

/** The paths an addition is about. */
export function pathsOf(addition: Addition): readonly string[] {
  if (addition.path === undefined) return []
  return typeof addition.path === 'string' ? [addition.path] : addition.path
}

function widenField(version: Version, path: string, addition: Addition): void {
  const dot = path.lastIndexOf('.')
  const name = path.slice(dot + 1)
  const parent = fieldAt(version.schema, path.slice(0, dot))
  const siblings = parent.properties ?? {}
  const present = siblings[name]
  if (addition.add !== undefined) {
    if (present !== undefined) throw new Error(`${path} is recorded already`)
    siblings[name] = structuredClone(addition.add)
    parent.properties = sorted(siblings)
    return
  }
  if (present === undefined) throw new Error(`no field ${path}`)
  if (addition.replace !== undefined) siblings[name] = structuredClone(addition.replace)
  if (addition.enum !== undefined) present.enum = [...(present.enum ?? []), ...addition.enum]
}

function fieldAt(schema: Schema, path: string): Schema {
  for (const field of walk(schema)) if (field.path === path) return field.schema
  throw new Error(`no field ${path}`)
}

function sorted(properties: Record<string, Schema>): Record<string, Schema> {
  return Object.fromEntries(Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1)))
}
