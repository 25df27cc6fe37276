/**
 * The simplest kustomizations, which only list files and folders, are read in process: nothing in
 * them needs the binary. Anything else in one is left to it.
 */
import { field, isObject, limits, type JsonObject } from '#base'
import { pathSteps, type Mirror, type TreeEntry } from '#git'
import { readYaml } from './read-yaml.ts'
import { isKustomizationName, type TreeFile } from './tree-files.ts'

const understood = new Set(['apiVersion', 'kind', 'metadata', 'resources'])

/** Files of a kustomization in the order listed; undefined when it needs the binary. */
export async function plainFiles(
  mirror: Mirror,
  commit: string,
  folder: string,
  signal: AbortSignal,
): Promise<readonly TreeFile[] | undefined> {
  const files: TreeFile[] = []
  const seen = new Set<string>()
  const visit = async (path: string): Promise<boolean> => {
    if (seen.has(path) || seen.size > limits.nesting) return false
    seen.add(path)
    const entries = await mirror.tree(commit, path, signal)
    const resources = await listed(mirror, entries ?? [], signal)
    if (resources === undefined) return false
    for (const resource of resources) {
      const target = resolved(path, resource)
      const found = target === undefined ? undefined : await entryAt(mirror, commit, target, signal)
      if (target === undefined || found === undefined) return false
      if (found.kind === 'folder') {
        if (!(await visit(target))) return false
      } else if (found.kind === 'file' || found.kind === 'executable') {
        files.push({ path: target, id: found.id })
      } else return false
    }
    return true
  }
  return (await visit(folder)) ? files : undefined
}

/** What the folder's kustomization lists; undefined when there is none or it says more than that. */
async function listed(
  mirror: Mirror,
  entries: readonly TreeEntry[],
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const found = entries.filter((entry) => isKustomizationName(entry.name))
  const [only] = found
  if (only === undefined || found.length > 1 || only.kind === 'link') return undefined
  const documents = readYaml(await mirror.blob(only.id, limits.manifestBytes, signal))
  const [document] = documents
  if (documents.length !== 1 || document?.kind !== 'value' || !isObject(document.value)) {
    return undefined
  }
  return resourcesOf(document.value)
}

function resourcesOf(kustomization: JsonObject): readonly string[] | undefined {
  if (Object.keys(kustomization).some((key) => !understood.has(key))) return undefined
  const kind = field(kustomization, 'kind')
  if (kind !== undefined && kind !== 'Kustomization') return undefined
  const resources = field(kustomization, 'resources')
  if (!Array.isArray(resources)) return undefined
  const texts = (resources as readonly unknown[]).filter((entry) => typeof entry === 'string')
  const isLocal = texts.every((text) => !/[:?@]/.test(text) && !text.startsWith('/'))
  return texts.length === resources.length && isLocal ? texts : undefined
}

/** A path inside the repository; undefined when it climbs out. */
function resolved(folder: string, resource: string): string | undefined {
  let depth = pathSteps(folder).length
  for (const step of resource.split('/')) {
    if (step === '..') depth--
    else if (step !== '' && step !== '.') depth++
    if (depth < 0) return undefined
  }
  return pathSteps(`${folder}/${resource}`).join('/')
}

async function entryAt(
  mirror: Mirror,
  commit: string,
  path: string,
  signal: AbortSignal,
): Promise<TreeEntry | undefined> {
  const slash = path.lastIndexOf('/')
  const parent = await mirror.tree(commit, slash < 0 ? '' : path.slice(0, slash), signal)
  return parent?.find((entry) => entry.name === path.slice(slash + 1))
}
