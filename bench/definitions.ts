import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'

/** The CRDs as this version serves them. */
export function definitions(): readonly object[] {
  const folder = join(import.meta.dirname, '..', 'crds')
  return readdirSync(folder)
    .filter((name) => /^[a-z.-]+_[a-z]+\.yaml$/.test(name))
    .flatMap((name) => parseAllDocuments(readFileSync(join(folder, name), 'utf8')))
    .map((document) => document.toJS() as object)
}
