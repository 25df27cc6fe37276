/**
 * Runs the real kustomize on an exported copy of the tree: a private folder in memory, an empty
 * environment without programs or network settings, a time and an output limit. Remote bases are
 * refused before it starts.
 */
import { field, Fault, isObject, limits, stringOf, textOf, type Env } from '#base'
import { parse } from 'yaml'
import type { Mirror, TreeEntry } from '#git'
import { confine, guardedWords, speaksOfSecrets, type KustomizationFile } from './confine.ts'
import type { RenderRequest } from './request.ts'
import { confinedPath, isKustomizationName, type TreeFiles } from './tree-files.ts'

const timeoutMs = 30_000
const maxOutputBytes = limits.treeBytes

/**
 * The YAML that kustomize makes of the request's path.
 *
 * @throws Fault Unsupported without a binary, Forbidden for a remote base, InvalidManifest when the
 * build fails, Timeout, TooLarge.
 */
export async function runKustomize(
  env: Env,
  request: RenderRequest,
  found: TreeFiles,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const file = await env.spawn.find('kustomize')
  if (file === null) {
    throw new Fault('Unsupported', `${shown(found)} needs kustomize, which is not installed`, {
      hint: 'put the kustomize binary on the PATH of Lockstep, or commit plain YAML',
    })
  }
  const folder = await env.fs.makeTempFolder('lockstep-render-')
  try {
    const exported = new Export(env, request.mirror, signal)
    await exported.folder(await entriesOf(request, signal), `${folder}/tree`, '')
    const verdict = confine(found.kustomizations, exported.kustomizations, exported.paths)
    if (verdict.kind === 'refused') throw outside(verdict.path, verdict.text)
    if (verdict.kind === 'rewritten') {
      for (const [path, text] of verdict.files) {
        await env.fs.write(`${folder}/tree/${path}`, text, { mode: 0o600 })
      }
    }
    const restrictor =
      verdict.kind === 'rewritten' ? 'LoadRestrictionsNone' : 'LoadRestrictionsRootOnly'
    const root = `${folder}/tree/${confinedPath(request.path)}`
    if (found.kustomizations[0] !== confinedPath(request.path))
      await generate(env, root, request, found)
    const finished = await env.spawn.run({
      file,
      args: ['build', '--load-restrictor', restrictor, '--', root],
      cwd: folder,
      env: {
        PATH: '',
        HOME: folder,
        HTTP_PROXY: unreachable,
        HTTPS_PROXY: unreachable,
        NO_PROXY: '',
      },
      timeoutMs,
      maxOutputBytes,
      signal,
    })
    if (finished.code !== 0) {
      const all = textOf(finished.stderr).replaceAll(`${folder}/tree/`, '').trim()
      const words = exported.speaksOfSecrets ? guardedWords(all) : all.replace(/^Error: /, '')
      throw new Fault('InvalidManifest', `kustomize build failed: ${words.slice(0, 1_000)}`, {
        hint: `run kustomize build on ${confinedPath(request.path) || 'the repository'} to see more`,
      })
    }
    return finished.stdout
  } finally {
    await env.fs.remove(folder)
  }
}

// A port that nothing listens on: what looks for the network finds none.
const unreachable = 'http://127.0.0.1:9'

async function entriesOf(
  request: RenderRequest,
  signal: AbortSignal,
): Promise<readonly TreeEntry[]> {
  const entries = await request.mirror.tree(request.commit, '', signal)
  if (entries === null) throw new Fault('NotFound', 'the commit has no tree')
  return entries
}

/** A kustomization over what was found, where the path itself has none, as the peer writes one. */
async function generate(
  env: Env,
  root: string,
  request: RenderRequest,
  found: TreeFiles,
): Promise<void> {
  const base = confinedPath(request.path)
  const below = (path: string): string => (base === '' ? path : path.slice(base.length + 1))
  const resources = [...found.files.map((file) => file.path), ...found.kustomizations].map(below)
  const document = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: resources.toSorted(),
  }
  await env.fs.write(`${root}/kustomization.yaml`, JSON.stringify(document))
}

/** Writes a tree to disk: files only, no links, no submodules; bounded in number and size. */
class Export {
  readonly #env: Env
  readonly #mirror: Mirror
  readonly #signal: AbortSignal
  /** By their folders. */
  readonly kustomizations: Map<string, KustomizationFile> = new Map()
  readonly paths: Set<string> = new Set()
  speaksOfSecrets = false
  #bytes = 0

  constructor(env: Env, mirror: Mirror, signal: AbortSignal) {
    this.#env = env
    this.#mirror = mirror
    this.#signal = signal
  }

  async folder(entries: readonly TreeEntry[], target: string, path: string): Promise<void> {
    await this.#env.fs.makeFolder(target, { mode: 0o700 })
    for (const entry of entries) {
      const inner = path === '' ? entry.name : `${path}/${entry.name}`
      if (entry.kind === 'folder') {
        const next = await this.#mirror.treeById(entry.id, this.#signal)
        await this.folder(next, `${target}/${entry.name}`, inner)
      } else if (entry.kind === 'file' || entry.kind === 'executable') {
        await this.#file(entry, `${target}/${entry.name}`, inner)
      }
    }
  }

  async #file(entry: TreeEntry, target: string, path: string): Promise<void> {
    const bytes = await this.#mirror.blob(entry.id, limits.manifestBytes, this.#signal)
    this.paths.add(path)
    this.#bytes += bytes.length
    if (this.paths.size > limits.treeFiles || this.#bytes > limits.treeBytes) {
      throw new Fault('TooLarge', 'the repository is too large to be exported for kustomize')
    }
    this.speaksOfSecrets ||= speaksOfSecrets(bytes)
    if (isKustomizationName(entry.name)) {
      refuseRemote(path, bytes)
      this.kustomizations.set(path.slice(0, Math.max(0, path.lastIndexOf('/'))), { path, bytes })
    }
    await this.#env.fs.write(target, bytes, { mode: 0o600 })
  }
}

const lists = [
  'resources',
  'bases',
  'components',
  'crds',
  'configurations',
  'transformers',
  'generators',
  'validators',
]
const remote =
  /^[a-z+]+:\/\/|^git@|^git::|^gh:|^(github|gitlab|bitbucket)\.[a-z]+[/:]|\.git(\/|\?|$)|[?&]ref=/i

function refuseRemote(path: string, bytes: Uint8Array): void {
  const document = parsed(bytes)
  if (isObject(document) && (document['helmCharts'] ?? document['helmChartInflationGenerator'])) {
    throw new Fault('Unsupported', `${path}: helmCharts are not supported`, { at: path })
  }
  for (const list of lists) {
    const entries = field(document, list)
    if (!Array.isArray(entries)) continue
    for (const entry of entries as readonly unknown[]) {
      const text = stringOf(entry)
      if (text === undefined || !remote.test(text) || text.includes('\n')) continue
      throw new Fault('Forbidden', `${path}: remote bases are not allowed`, {
        at: path,
        hint: 'copy the base into the repository, or add it as a source of its own',
      })
    }
  }
}

function outside(path: string, text: string): Fault {
  const named = JSON.stringify(text.slice(0, 200))
  return new Fault('InvalidManifest', `kustomize build failed: ${named} is not in the repository`, {
    at: path,
    hint: 'a kustomization may only load files of its own repository',
  })
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return parse(textOf(bytes), { maxAliasCount: limits.yamlAliases }) as unknown
  } catch {
    return undefined // kustomize says what is wrong with it
  }
}

function shown(found: TreeFiles): string {
  const path = found.kustomizations[0] ?? ''
  return path === '' ? 'kustomization.yaml' : `${path}/kustomization.yaml`
}
