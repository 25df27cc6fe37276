/**
 * The files of a commit under one path that are read as manifests: every `.yaml` and `.yml`, folders
 * deep, as Flux takes them. Symbolic links are never followed: they are passed over, with a note.
 */
import { Fault, limits } from '#base'
import { pathSteps, type Mirror, type TreeEntry } from '#git'

export interface TreeFile {
  /** Path from the root of the repository. */
  readonly path: string
  readonly id: string
}

export interface TreeFiles {
  readonly files: readonly TreeFile[]
  /** Folders, from the root of the repository, that hold a kustomization file of their own. */
  readonly kustomizations: readonly string[]
  readonly notes: readonly string[]
}

const kustomizationNames = new Set(['kustomization.yaml', 'kustomization.yml', 'Kustomization'])

// What the peer leaves out of every artifact: files of CI systems and of tools, not manifests.
const excludedFolders = new Set(['.git', '.github', '.circleci'])
const excludedFiles = new Set([
  '.travis.yml',
  '.gitlab-ci.yml',
  'appveyor.yml',
  '.drone.yml',
  'cloudbuild.yaml',
  'codeship-services.yml',
  'codeship-steps.yml',
  '.goreleaser.yml',
  '.sops.yaml',
  '.flux.yaml',
])

/** Whether a file of that name makes its folder a kustomization. */
export function isKustomizationName(name: string): boolean {
  return kustomizationNames.has(name)
}

/** A path as the peer confines it: from the root, never above it. */
export function confinedPath(path: string): string {
  return pathSteps(path).join('/')
}

/**
 * Manifests under `path`, sorted by path. A folder with a kustomization file is named in
 * `kustomizations` and not entered.
 *
 * @throws Fault NotFound when there is nothing at that path, InvalidRef when it is no folder,
 * TooLarge for too many files.
 */
export async function treeFiles(
  mirror: Mirror,
  commit: string,
  path: string,
  signal: AbortSignal,
): Promise<TreeFiles> {
  const root = confinedPath(path)
  const entries = await mirror.tree(commit, root, signal)
  if (entries === null) throw await noFolder(mirror, commit, root, signal)
  const walk = new Walk(mirror, signal)
  await walk.folder(root, entries, 0)
  return walk
}

class Walk implements TreeFiles {
  readonly files: TreeFile[] = []
  readonly kustomizations: string[] = []
  readonly notes: string[] = []
  readonly #mirror: Mirror
  readonly #signal: AbortSignal

  constructor(mirror: Mirror, signal: AbortSignal) {
    this.#mirror = mirror
    this.#signal = signal
  }

  async folder(path: string, entries: readonly TreeEntry[], depth: number): Promise<void> {
    if (depth > limits.nesting) throw new Fault('TooLarge', `${path}: folders nest too deep`)
    if (entries.some((entry) => entry.kind !== 'folder' && isKustomizationName(entry.name))) {
      this.kustomizations.push(path)
      return
    }
    for (const entry of entries) {
      const inner = path === '' ? entry.name : `${path}/${entry.name}`
      if (entry.kind === 'folder') {
        if (excludedFolders.has(entry.name)) continue
        await this.folder(inner, await this.#mirror.treeById(entry.id, this.#signal), depth + 1)
      } else if (isManifestName(entry.name)) this.#file(inner, entry)
    }
  }

  #file(path: string, entry: TreeEntry): void {
    if (entry.kind === 'link') {
      this.notes.push(`${path}: symbolic links are not followed; the file was passed over`)
      return
    }
    if (entry.kind === 'module' || excludedFiles.has(entry.name)) return
    if (this.files.length >= limits.treeFiles) {
      throw new Fault('TooLarge', `more than ${limits.treeFiles} manifests under one path`, {
        hint: 'split the path into several Kustomizations',
      })
    }
    this.files.push({ path, id: entry.id })
  }
}

function isManifestName(name: string): boolean {
  return name.endsWith('.yaml') || name.endsWith('.yml')
}

async function noFolder(
  mirror: Mirror,
  commit: string,
  path: string,
  signal: AbortSignal,
): Promise<Fault> {
  const slash = path.lastIndexOf('/')
  const parent = await mirror.tree(commit, slash < 0 ? '' : path.slice(0, slash), signal)
  const isFile = parent?.some((entry) => entry.name === path.slice(slash + 1)) ?? false
  return isFile
    ? new Fault('InvalidRef', `${path} is a file, not a folder`, {
        at: 'spec.path',
        hint: 'spec.path names the folder that holds the manifests',
      })
    : new Fault(
        'NotFound',
        `kustomization path not found: stat ${path}: no such file or directory`,
        {
          at: 'spec.path',
          hint: 'mend spec.path, or commit the folder',
        },
      )
}
