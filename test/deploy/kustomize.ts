import { readFileSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'

/** A manifest, as it stands in its file. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly [field: string]: unknown
}

interface Kustomization {
  readonly resources?: readonly string[]
  readonly components?: readonly string[]
  readonly images?: readonly { readonly name: string; readonly newTag: string }[]
}

const known = new Set(['apiVersion', 'kind', 'resources', 'components', 'images'])

/**
 * What `kubectl apply -k` would send: enough of kustomize for our own folders.
 *
 * @throws Error for anything that this does not know, and for files outside their folder, which kustomize refuses.
 */
export function render(folder: string): readonly Manifest[] {
  const kustomization = parse(
    readFileSync(join(folder, 'kustomization.yaml'), 'utf8'),
  ) as Kustomization
  for (const field of Object.keys(kustomization)) {
    if (!known.has(field)) throw new Error(`${folder}: ${field} is not rendered here`)
  }
  const { resources = [], components = [], images = [] } = kustomization
  const found = [...resources, ...components].flatMap((name) => load(folder, name))
  return found.map((manifest) => tagged(manifest, images))
}

function load(folder: string, name: string): readonly Manifest[] {
  const path = resolve(folder, name)
  if (statSync(path).isDirectory()) return render(path)
  if (relative(folder, path).startsWith('..')) throw new Error(`${folder}: ${name} lies outside`)
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document) => {
    if (document.errors.length > 0) throw new Error(`${path}: ${document.errors[0]?.message}`)
    return document.toJS() as Manifest
  })
}

function tagged(manifest: Manifest, images: Kustomization['images'] = []): Manifest {
  if (manifest.kind !== 'Deployment') return manifest
  const text = images.reduce(
    (json, { name, newTag }) => json.replaceAll(`"image":"${name}"`, `"image":"${name}:${newTag}"`),
    JSON.stringify(manifest),
  )
  return JSON.parse(text) as Manifest
}

/** `Kind namespace/name`. */
export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`
}
