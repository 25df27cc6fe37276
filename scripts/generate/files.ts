/** Everything that `npm run generate` writes, in memory. */
import { manifest, manifestName } from './crd-yaml.ts'
import { describe, readDescriptions } from './descriptions.ts'
import { referencePage } from './reference.ts'
import type { Crd } from './schema.ts'
import { servedShapes } from './shapes.ts'
import { typescriptFiles } from './typescript.ts'

/** The kinds as we serve them, with our descriptions. */
export function servedKinds(root: string): Crd[] {
  return servedShapes(root).map((crd) => describe(crd, readDescriptions(root, crd.names.kind)))
}

/** Path below `root` → text. The same input always gives the same texts. */
export function generatedFiles(root: string): Map<string, string> {
  const crds = servedKinds(root)
  const files = new Map<string, string>()
  for (const crd of crds) files.set(`crds/${manifestName(crd)}`, manifest(crd))
  for (const [name, text] of typescriptFiles(crds)) files.set(`src/api/generated/${name}`, text)
  files.set('crds/REFERENCE.md', referencePage(root, crds))
  return files
}
