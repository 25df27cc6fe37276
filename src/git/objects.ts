/** Git's object formats, as bytes. Source: gitformat-pack(5), git-cat-file(1), "Git Internals". */
import { Fault, hex, textOf } from '#base'
import type { CommitInfo, Difference, EntryKind, TreeEntry } from './mirror.ts'

const kinds: ReadonlyMap<string, EntryKind> = new Map([
  ['100644', 'file'],
  ['100664', 'file'],
  ['100755', 'executable'],
  ['120000', 'link'],
  ['40000', 'folder'],
  ['160000', 'module'],
])

/** Entries of a raw tree object. @throws Fault InvalidAnswer. */
export function parseTree(bytes: Uint8Array): readonly TreeEntry[] {
  const entries: TreeEntry[] = []
  let at = 0
  while (at < bytes.length) {
    const space = bytes.indexOf(32, at)
    const zero = bytes.indexOf(0, space)
    if (space < 0 || zero < 0 || zero + 21 > bytes.length) throw corrupt('tree')
    const kind = kinds.get(textOf(bytes.subarray(at, space)))
    const name = textOf(bytes.subarray(space + 1, zero))
    if (kind === undefined || !isPlainName(name)) throw corrupt('tree')
    entries.push({ name, kind, id: hex(bytes.subarray(zero + 1, zero + 21)) })
    at = zero + 21
  }
  return entries
}

// Git refuses these names too (fsck), but a path out of the tree must not hang on that.
function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('/')
}

/** A raw commit object. @throws Fault InvalidAnswer. */
export function parseCommit(id: string, bytes: Uint8Array): CommitInfo {
  const text = textOf(bytes)
  const end = text.indexOf('\n\n')
  const headers = (end < 0 ? text : text.slice(0, end)).split('\n')
  const valuesOf = (name: string): readonly string[] =>
    headers.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1))
  const tree = valuesOf('tree')[0]
  if (tree === undefined || !/^[0-9a-f]{40}$/.test(tree)) throw corrupt('commit')
  const seconds = /> (\d+) [+-]\d{4}$/.exec(valuesOf('committer')[0] ?? '')?.[1]
  return {
    id,
    tree,
    parents: valuesOf('parent'),
    author: (valuesOf('author')[0] ?? '').replace(/ \d+ [+-]\d{4}$/, ''),
    committedMs: seconds === undefined ? 0 : Number(seconds) * 1_000,
    subject: end < 0 ? '' : (text.slice(end + 2).split('\n')[0] ?? ''),
  }
}

/** Reads the entries of a tree by its id. */
export type ReadTree = (id: string) => Promise<readonly TreeEntry[]>

/** Paths that differ between two trees, sorted; equal sub-trees are not opened. */
export async function diffTrees(
  from: string | undefined,
  to: string | undefined,
  read: ReadTree,
  prefix = '',
): Promise<readonly Difference[]> {
  if (from === to) return []
  const before = byName(from === undefined ? [] : await read(from))
  const after = byName(to === undefined ? [] : await read(to))
  const found: Difference[] = []
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const a = before.get(name)
    const b = after.get(name)
    if (a?.id === b?.id && a?.kind === b?.kind) continue
    const path = `${prefix}${name}`
    const folders = [a, b].map((entry) => (entry?.kind === 'folder' ? entry.id : undefined))
    if (folders.some((id) => id !== undefined)) {
      found.push(...(await diffTrees(folders[0], folders[1], read, `${path}/`)))
    }
    const isFileBefore = a !== undefined && a.kind !== 'folder'
    const isFileAfter = b !== undefined && b.kind !== 'folder'
    if (isFileBefore && isFileAfter) found.push({ path, kind: 'changed' })
    else if (isFileBefore) found.push({ path, kind: 'removed' })
    else if (isFileAfter) found.push({ path, kind: 'added' })
  }
  return found.toSorted((x, y) => (x.path < y.path ? -1 : 1))
}

function byName(entries: readonly TreeEntry[]): ReadonlyMap<string, TreeEntry> {
  return new Map(entries.map((entry) => [entry.name, entry]))
}

/** Steps of a path inside a tree: no empty ones, `.` or `..` beyond the root. */
export function pathSteps(path: string): readonly string[] {
  const steps: string[] = []
  for (const step of path.split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '' && step !== '.') steps.push(step)
  }
  return steps
}

/** The entries of the folder at `path` under the tree `root`; null when there is none. */
export async function folderAt(
  root: string,
  path: string,
  read: ReadTree,
): Promise<readonly TreeEntry[] | null> {
  let entries = await read(root)
  for (const step of pathSteps(path)) {
    const next = entries.find((entry) => entry.name === step)
    if (next?.kind !== 'folder') return null
    entries = await read(next.id)
  }
  return entries
}

function corrupt(what: string): Fault {
  return new Fault('InvalidAnswer', `a ${what} object in the repository is corrupt`)
}
