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
  files.set('crds/kustomization.yaml', kustomization(crds.map(manifestName)))
  for (const [name, text] of typescriptFiles(crds)) files.set(`src/api/generated/${name}`, text)
  files.set('crds/REFERENCE.md', referencePage(root, crds))
  return files
}

/** Lets `deploy/` take the definitions from where they are: kustomize reads no file outside a folder it knows. */
function kustomization(names: readonly string[]): string {
  const lines = [
    '# Generated. All definitions as this version serves them: kubectl apply --server-side -k crds',
    'apiVersion: kustomize.config.k8s.io/v1beta1',
    'kind: Kustomization',
    'resources:',
    ...names.toSorted().map((name) => `  - ${name}`),
  ]
  return `${lines.join('\n')}\n`
}
