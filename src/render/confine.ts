/**
 * What a kustomization may load. The binary takes absolute paths, climbs above the repository and
 * fetches URLs, and the files of our own process (tokens, other teams' mirrors) would end in a
 * ConfigMap of whoever names them. So it runs under its own restriction to the kustomization's
 * folder; that is lifted only when a file of the same repository lies above it, and then it reads
 * our rendering of exactly what was checked here, not what the author wrote.
 */
import { field, isObject, stringifyJson, stringOf, textOf } from '#base'
import { readYaml } from './read-yaml.ts'

/** Something a kustomization wants to load. */
interface Place {
  readonly text: string
  /** From the root of the repository; undefined: outside of it. */
  readonly path: string | undefined
}

/** A kustomization file of the exported tree. */
export interface KustomizationFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/** Whether and how a kustomization may be built. */
export type Verdict =
  | { readonly kind: 'refused'; readonly path: string; readonly text: string }
  /** Under kustomize's own restriction to the folder of each kustomization. */
  | { readonly kind: 'restricted' }
  /** Without it, after these files are put in the place of the author's. */
  | { readonly kind: 'rewritten'; readonly files: ReadonlyMap<string, string> }

const pathLists = ['resources', 'bases', 'components', 'crds', 'configurations']
/** These load further documents that load files; they stay under kustomize's own restriction. */
const pluginLists = ['generators', 'transformers', 'validators']
const patchLists = ['patches', 'patchesjson6902', 'replacements']
const generators = ['configmapgenerator', 'secretgenerator']

/**
 * Follows what `starts` load.
 *
 * @param starts Folders of kustomizations, from the root of the repository.
 * @param files Every file of the repository.
 */
export function confine(
  starts: readonly string[],
  kustomizations: ReadonlyMap<string, KustomizationFile>,
  files: ReadonlySet<string>,
): Verdict {
  const rewritten = new Map<string, string>()
  const waiting = [...starts]
  const seen = new Set<string>()
  let climbs = false
  let isUnderstood = true
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const file = kustomizations.get(folder)
    if (seen.has(folder) || file === undefined) continue
    seen.add(folder)
    const [document, ...more] = readYaml(file.bytes)
    if (document?.kind !== 'value' || more.length > 0) {
      isUnderstood = false // kustomize says what is wrong with it
      continue
    }
    isUnderstood &&= valuesAt(document.value, pluginLists).length === 0
    rewritten.set(file.path, stringifyJson(document.value))
    for (const place of placesIn(document.value, folder)) {
      if (place.path === undefined) return { kind: 'refused', path: file.path, text: place.text }
      waiting.push(place.path)
      const isAbove = folder !== '' && !place.path.startsWith(`${folder}/`)
      climbs ||= isAbove && files.has(place.path)
    }
  }
  return climbs && isUnderstood ? { kind: 'rewritten', files: rewritten } : { kind: 'restricted' }
}

function placesIn(kustomization: unknown, folder: string): readonly Place[] {
  const texts = [
    ...valuesAt(kustomization, [...pathLists, ...pluginLists, 'patchesstrategicmerge']).flat(),
    ...valuesAt(kustomization, patchLists)
      .flat()
      .flatMap((entry) => valuesAt(entry, ['path'])),
    ...valuesAt(kustomization, ['openapi']).flatMap((entry) => valuesAt(entry, ['path'])),
    ...valuesAt(kustomization, generators).flat().flatMap(sourcesOf),
  ]
  return texts
    .map(stringOf)
    .filter((text) => text !== undefined && text !== '' && !text.includes('\n')) // inline YAML
    .map((text) => ({ text: text ?? '', path: inside(folder, text ?? '') }))
}

/** Files of a generator; `key=path` names one as well. */
function sourcesOf(generator: unknown): readonly unknown[] {
  const files = valuesAt(generator, ['files']).flat()
  const paths = files.map((text) => stringOf(text)?.replace(/^[^=]*=/, ''))
  return [...paths, ...valuesAt(generator, ['envs', 'env']).flat()]
}

/** Values of fields whose names Go's decoder takes for one of `names`: it does not look at case. */
function valuesAt(object: unknown, names: readonly string[]): readonly unknown[] {
  if (!isObject(object)) return []
  const found = Object.keys(object).filter((key) => names.includes(folded(key)))
  return found.map((key) => field(object, key)).filter((value) => value != null)
}

function folded(key: string): string {
  return key.toUpperCase().toLowerCase() // also ſ and the Kelvin sign, as Go folds them
}

/** The path from the root of the repository; undefined when it leads out of it. */
function inside(folder: string, text: string): string | undefined {
  if (text.startsWith('/') || /^[a-z][a-z0-9+.-]*:/i.test(text)) return undefined
  const steps = folder === '' ? [] : folder.split('/')
  for (const step of text.split('/')) {
    if (step === '' || step === '.') continue
    if (step !== '..') steps.push(step)
    else if (steps.pop() === undefined) return undefined
  }
  return steps.join('/')
}

const mayHoldSecrets = /\bkind["']?\s*:\s*["']?Secret\b|secretGenerator|stringData/i

/** Whether messages about the file could quote a Secret. */
export function speaksOfSecrets(bytes: Uint8Array): boolean {
  return mayHoldSecrets.test(textOf(bytes))
}

/** What kustomize says that names files, fields and objects and quotes nothing else. */
const harmless: readonly RegExp[] = [
  /may not add resource with an already registered id: [^\s'"]+/,
  /evalsymlink failure on '[^'\n]*' : lstat [^\n"']*: no such file or directory/,
  /missing metadata\.name in object/,
  /json: unknown field "[A-Za-z]{1,60}"/,
  /MalformedYAMLError: yaml: line \d+/,
  /no matches for Id [^\s;]+; failed to find unique target for patch [^\s;]+/,
  /security; file '[^'\n]*' is not in or below '[^'\n]*'/,
]

/** kustomize's words without what may quote the value of a Secret. */
export function guardedWords(words: string): string {
  const found = harmless.map((known) => known.exec(words)?.[0]).find((text) => text !== undefined)
  const file = / in File: ([^\s:'"]+)/.exec(words)?.[1]
  if (found === undefined) return 'its words are withheld: they may quote a Secret'
  return found.startsWith('Malformed') && file !== undefined ? `${found} in File: ${file}` : found
}
