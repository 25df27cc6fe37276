/** What lies beside the bundle: definitions, manifest, licences. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly description?: string
  readonly license?: string
  readonly engines?: Readonly<Record<string, string>>
}

/** Completes the bundle in `out` to what is published and what the image copies. */
export function ship(root: string, out: string, built: Metafile): void {
  chmodSync(join(out, 'lockstep.mjs'), 0o755)
  mkdirSync(join(out, 'crds'), { recursive: true })
  for (const name of readdirSync(join(root, 'crds'))) {
    if (isDefinition(name)) copyFileSync(join(root, 'crds', name), join(out, 'crds', name))
  }
  copyFileSync(join(root, 'LICENSE'), join(out, 'LICENSE'))
  if (existsSync(join(root, 'README.md'))) {
    copyFileSync(join(root, 'README.md'), join(out, 'README.md'))
  }
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest(root), undefined, 2)}\n`)
  writeFileSync(join(out, 'LICENSES.txt'), licences(root, packagesIn(built)))
}

/** Whether a file of crds/ is a definition; the others describe or show them. */
export function isDefinition(name: string): boolean {
  return /^[a-z.-]+_[a-z]+\.yaml$/.test(name)
}

/** Without dependencies: all that is needed is in the bundle. */
function manifest(root: string): object {
  const { name, version, description, license, engines } = read(join(root, 'package.json'))
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    bin: { lockstep: 'lockstep.mjs' },
    engines,
  }
}

function read(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest
}

/** Folders of the packages that have at least one file in the bundle, sorted. */
export function packagesIn(built: Metafile): readonly string[] {
  const folders = new Set<string>()
  for (const path of Object.keys(built.inputs)) {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]
    if (folder !== undefined) folders.add(folder)
  }
  return [...folders].toSorted()
}

function licences(root: string, folders: readonly string[]): string {
  const texts = folders.map((folder) => {
    const { name, version, license } = read(join(root, folder, 'package.json'))
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry))
    const text = file === undefined ? '' : readFileSync(join(root, folder, file), 'utf8').trim()
    return `${name} ${version} (${license ?? 'see below'})\n\n${text}\n`
  })
  const rule = `\n${'-'.repeat(80)}\n\n`
  return `Lockstep is under the Apache License 2.0 (LICENSE). It contains:\n${rule}${texts.join(rule)}`
}
