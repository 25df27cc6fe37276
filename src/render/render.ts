/**
 * From a commit's tree to the objects a sync applies.
 *
 * Ensures: every manifest under the path read and understood, or nothing: one Fault that names all
 * mistakes with file and line. Plain YAML never leaves the process; a kustomization goes through
 * the real binary (kustomize.ts).
 */
import { Fault, limits, type Env } from '#base'
import type { Mirror } from '#git'
import { runKustomize } from './kustomize.ts'
import type { RenderRequest } from './request.ts'
import { placeOf, type Problem, type Rendered, type RenderedObject } from './manifest.ts'
import { objectsOf } from './objects.ts'
import { plainFiles } from './plain-kustomization.ts'
import { withVariables } from './with-variables.ts'
import { declaredClusterScoped, groupKindOf, transformed, type Transform } from './transform.ts'
import { confinedPath, treeFiles, type TreeFile, type TreeFiles } from './tree-files.ts'

/**
 * @throws Fault NotFound (no such path), InvalidManifest (all mistakes at once), TooLarge,
 * Unsupported (a kustomization and no kustomize binary), Forbidden (a remote base).
 */
export async function render(
  env: Env,
  request: RenderRequest,
  signal: AbortSignal,
): Promise<Rendered> {
  const { mirror, commit } = request
  const found = await treeFiles(mirror, commit, request.path, signal)
  const problems: Problem[] = []
  const read = await readObjects(env, request, found, problems, signal)
  problems.push(...duplicates(read))
  if (problems.length > 0) throw manifestFault(problems)
  const { substitution } = request
  const { objects: made, problems: mistakes } =
    substitution === undefined
      ? { objects: read, problems: [] }
      : await withVariables(env, read, substitution, signal)
  if (mistakes.length > 0) throw manifestFault(mistakes)
  const transform: Transform = {
    ...(request.targetNamespace === undefined ? {} : { targetNamespace: request.targetNamespace }),
    labels: request.labels ?? {},
    annotations: request.annotations ?? {},
    clusterScoped: declaredClusterScoped(made.map(({ object }) => object)),
  }
  const objects = made.map((entry) => ({ ...entry, object: transformed(entry.object, transform) }))
  const clashes = duplicates(objects)
  if (clashes.length > 0) throw manifestFault(clashes)
  return { objects, notes: found.notes, isDeliberate: found.kustomizations.length > 0 }
}

async function readObjects(
  env: Env,
  request: RenderRequest,
  found: TreeFiles,
  problems: Problem[],
  signal: AbortSignal,
): Promise<readonly RenderedObject[]> {
  const { mirror, commit } = request
  const files = [...found.files]
  for (const folder of found.kustomizations) {
    const plain = await plainFiles(mirror, commit, folder, signal)
    if (plain === undefined) {
      const output = await runKustomize(env, request, found, signal)
      return objectsOf(confinedPath(request.path), output, problems)
    }
    files.push(...plain)
  }
  return readAll(mirror, files, problems, signal)
}

async function readAll(
  mirror: Mirror,
  files: readonly TreeFile[],
  problems: Problem[],
  signal: AbortSignal,
): Promise<readonly RenderedObject[]> {
  const objects: RenderedObject[] = []
  let totalBytes = 0
  for (const file of files) {
    const bytes = await blobOf(mirror, file, signal)
    totalBytes += bytes.length
    if (totalBytes > limits.treeBytes) {
      throw new Fault('TooLarge', `the manifests hold more than ${limits.treeBytes} bytes`, {
        hint: 'split the path into several Kustomizations',
      })
    }
    objects.push(...objectsOf(file.path, bytes, problems))
  }
  return objects
}

async function blobOf(mirror: Mirror, file: TreeFile, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await mirror.blob(file.id, limits.manifestBytes, signal)
  } catch (error) {
    throw error instanceof Fault ? error.within(file.path) : error
  }
}

/** The same object twice is a mistake, never a race between two files. */
function duplicates(objects: readonly RenderedObject[]): readonly Problem[] {
  const seen = new Map<string, RenderedObject>()
  const problems: Problem[] = []
  for (const entry of objects) {
    const { namespace = '', name } = entry.object.metadata
    const id = `${groupKindOf(entry.object)}/${namespace}/${name}`
    const first = seen.get(id)
    if (first === undefined) seen.set(id, entry)
    else {
      const where = placeOf(first.origin)
      const message = `may not add ${entry.object.kind} ${JSON.stringify(name)}: it is also in ${where}`
      problems.push({ origin: entry.origin, message })
    }
  }
  return problems
}

const shownProblems = 20

function manifestFault(problems: readonly Problem[]): Fault {
  const shown = problems.slice(0, shownProblems)
  const lines = shown.map((problem) => `${placeOf(problem.origin)}: ${problem.message}`)
  const more = problems.length - shown.length
  if (more > 0) lines.push(`and ${more} more`)
  const first = problems[0]
  const hint = problems.find((problem) => problem.hint !== undefined)?.hint
  return new Fault('InvalidManifest', lines.join('\n'), {
    ...(first === undefined ? {} : { at: atOf(first) }),
    ...(hint === undefined ? {} : { hint }),
  })
}

function atOf({ origin, field }: Problem): string {
  return field === undefined ? placeOf(origin) : `${placeOf(origin)}:${field}`
}
