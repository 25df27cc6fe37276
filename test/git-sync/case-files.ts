/** The recorded cases of conformance/git-sync as data. */
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import type { NewFile } from '#embedded/git'

// oxlint-disable-next-line typescript/no-explicit-any -- recorded data of every shape
export type Fields = { [field: string]: any }

/** One case as it lies on disk. */
export interface Case {
  readonly id: string
  readonly folder: string
  readonly meta: Fields
  readonly given: readonly Fields[]
  readonly steps: readonly Fields[]
  readonly recorded: { readonly checkpoints: readonly Fields[] }
}

const root = join(import.meta.dirname, '../conformance/git-sync/cases')

/** All objects of a YAML text. */
export function objectsIn(text: string): readonly Fields[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Fields | null)
    .filter((object) => object !== null)
}

/** Every case, sorted. */
export function readCases(): readonly Case[] {
  return readdirSync(root).map((id) => {
    const folder = join(root, id)
    const text = (name: string): string => readFileSync(join(folder, name), 'utf8')
    const optional = (name: string): Fields | undefined =>
      existsSync(join(folder, name)) ? (parse(text(name)) as Fields) : undefined
    return {
      id,
      folder,
      meta: optional('case.yaml') ?? {},
      given: objectsIn(text('given.yaml')),
      steps: (optional('steps.yaml') ?? []) as readonly Fields[],
      recorded: JSON.parse(text('then.json')) as Case['recorded'],
    }
  })
}

/** The files of a folder as a commit takes them. */
export function filesUnder(folder: string, prefix = ''): Record<string, NewFile> {
  const files: Record<string, NewFile> = {}
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const info = lstatSync(path)
    if (info.isSymbolicLink()) files[prefix + name] = { link: readlinkSync(path) }
    else if (info.isDirectory()) Object.assign(files, filesUnder(path, `${prefix}${name}/`))
    else files[prefix + name] = new Uint8Array(readFileSync(path))
  }
  return files
}
