/**
 * A repository in memory that is its own mirror: what a simulation puts in place of Git and its
 * server. Object ids are Git's own, so revisions look as they always do.
 */
import { createHash } from 'node:crypto'
import { concatBytes, Fault, hex, utf8 } from '#base'
import {
  checkRefName,
  diffTrees,
  folderAt,
  isObjectId,
  parseCommit,
  parseTree,
  type CommitInfo,
  type Difference,
  type Mirror,
  type RemoteRef,
  type RemoteRefs,
  type TreeEntry,
} from '#git'
import type { NewFile } from './fast-import.ts'

/** Objects and references in memory; any number of mirrors may follow it. */
export class MemoryRepository {
  readonly #objects = new Map<string, { readonly type: string; readonly bytes: Uint8Array }>()
  readonly #refs = new Map<string, string>()
  #commits = 0

  /** The branch HEAD stands for. */
  head = 'refs/heads/main'

  /** Commits files, as `GitServer.commit` does. @returns the commit's id. */
  commit(
    files: Readonly<Record<string, NewFile>>,
    message: string,
    options: { readonly branch?: string; readonly parent?: string | null } = {},
  ): string {
    const ref = checkRefName(`refs/heads/${options.branch ?? 'main'}`)
    const parent =
      options.parent === undefined ? this.#refs.get(ref) : (options.parent ?? undefined)
    const tree = this.#writeFolder(files)
    const who = `Lockstep Demo <demo@lockstep.invalid> ${1_767_225_600 + this.#commits++} +0000`
    const lines = [
      `tree ${tree}`,
      ...(parent === undefined ? [] : [`parent ${parent}`]),
      `author ${who}`,
      `committer ${who}`,
    ]
    const id = this.#write('commit', utf8(`${lines.join('\n')}\n\n${message}\n`))
    this.#refs.set(ref, id)
    return id
  }

  /** Points a full reference name at a commit; null removes it. */
  setRef(ref: string, commit: string | null): void {
    if (commit === null) this.#refs.delete(ref)
    else this.#refs.set(checkRefName(ref), commit)
  }

  /** What the repository shows now. */
  refs(): RemoteRefs {
    const refs = new Map<string, RemoteRef>()
    const head = this.#refs.get(this.head)
    if (head !== undefined) refs.set('HEAD', { name: 'HEAD', id: head, symref: this.head })
    for (const [name, id] of this.#refs) refs.set(name, { name, id })
    return refs
  }

  /** The object's bytes; undefined when it is not there or of another type. */
  read(id: string, type: string): Uint8Array | undefined {
    const found = this.#objects.get(id)
    return found?.type === type ? found.bytes : undefined
  }

  #writeFolder(files: Readonly<Record<string, NewFile>>): string {
    const folders = new Map<string, Record<string, NewFile>>()
    const entries: { mode: string; name: string; id: string }[] = []
    for (const [path, file] of Object.entries(files)) {
      const slash = path.indexOf('/')
      if (file === null) continue
      if (slash >= 0) {
        const inner = folders.get(path.slice(0, slash)) ?? {}
        inner[path.slice(slash + 1)] = file
        folders.set(path.slice(0, slash), inner)
        continue
      }
      const isLink = typeof file === 'object' && !(file instanceof Uint8Array)
      const bytes = isLink ? utf8(file.link) : typeof file === 'string' ? utf8(file) : file
      entries.push({
        mode: isLink ? '120000' : '100644',
        name: path,
        id: this.#write('blob', bytes),
      })
    }
    for (const [name, inner] of folders) {
      entries.push({ mode: '40000', name, id: this.#writeFolder(inner) })
    }
    // Git sorts a folder as if its name ended in a slash.
    const sortName = (entry: { mode: string; name: string }): string =>
      entry.mode === '40000' ? `${entry.name}/` : entry.name
    entries.sort((a, b) => (sortName(a) < sortName(b) ? -1 : 1))
    const parts = entries.map((entry) =>
      concatBytes([
        utf8(`${entry.mode} ${entry.name}\0`),
        new Uint8Array(Buffer.from(entry.id, 'hex')),
      ]),
    )
    return this.#write('tree', concatBytes(parts))
  }

  #write(type: string, bytes: Uint8Array): string {
    const header = utf8(`${type} ${bytes.length}\0`)
    const id = hex(createHash('sha1').update(header).update(bytes).digest())
    this.#objects.set(id, { type, bytes })
    return id
  }
}

export interface MemoryMirrorOptions {
  /**
   * Asked before every exchange with the "remote"; what it throws is the outage. Waits are its to
   * make, too.
   */
  readonly exchange?: (what: 'refs' | 'fetch', signal: AbortSignal) => Promise<void>
}

const defaultPrefixes: readonly string[] = ['HEAD', 'refs/heads/', 'refs/tags/']

/** A mirror of a repository in memory: shows only what was fetched, as the real one does. */
export function memoryMirror(
  repository: MemoryRepository,
  options: MemoryMirrorOptions = {},
): Mirror {
  const fetched = new Set<string>()
  const exchange = async (what: 'refs' | 'fetch', signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted()
    await options.exchange?.(what, signal)
    signal.throwIfAborted()
  }
  const read = (id: string, type: string): Uint8Array => {
    const bytes = isObjectId(id) ? repository.read(id, type) : undefined
    if (bytes === undefined) throw new Fault('NotFound', `${type} ${id} is not here`)
    return bytes
  }
  const commitOf = (id: string): CommitInfo => {
    if (!fetched.has(id)) throw new Fault('NotFound', `commit ${id} is not here`)
    return parseCommit(id, read(id, 'commit'))
  }
  const readTree = async (id: string): Promise<readonly TreeEntry[]> => parseTree(read(id, 'tree'))
  const isReachable = (commit: string, tips: readonly string[]): boolean => {
    const seen = new Set<string>()
    const open = [...tips]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === commit) return true
      if (seen.has(next)) continue
      seen.add(next)
      open.push(...parseCommit(next, read(next, 'commit')).parents)
    }
    return false
  }
  return {
    refs: async (signal, prefixes = defaultPrefixes) => {
      await exchange('refs', signal)
      return new Map(
        [...repository.refs()].filter(([name]) =>
          prefixes.some((prefix) => name.startsWith(prefix)),
        ),
      )
    },
    fetch: async (ref, signal) => {
      checkRefName(ref)
      await exchange('fetch', signal)
      const found = repository.refs().get(ref)
      if (found === undefined) {
        throw new Fault('NotFound', `couldn't find remote ref ${JSON.stringify(ref)}`)
      }
      fetched.add(found.id)
      return found.id
    },
    fetchCommit: async (commit, signal, branch) => {
      if (!isObjectId(commit)) {
        throw new Fault('InvalidSpec', `${JSON.stringify(commit)} is not a whole commit id`)
      }
      await exchange('fetch', signal)
      const shown = [...repository.refs().values()].filter(({ name }) =>
        branch === undefined ? /^refs\/(heads|tags)\//.test(name) : name === branch,
      )
      if (
        !isReachable(
          commit,
          shown.map(({ id }) => id),
        )
      ) {
        const from = branch ?? 'any branch or tag'
        throw new Fault('NotFound', `no commit ${commit} can be reached from ${from}`)
      }
      fetched.add(commit)
    },
    has: async (commit) => fetched.has(commit),
    commit: async (id) => commitOf(id),
    tree: async (commit, path) => folderAt(commitOf(commit).tree, path, readTree),
    treeById: readTree,
    blob: async (id, maxBytes) => {
      const bytes = read(id, 'blob')
      if (bytes.length > maxBytes) {
        throw new Fault(
          'TooLarge',
          `a file has ${bytes.length} bytes; at most ${maxBytes} are read`,
        )
      }
      return bytes
    },
    diff: async (from, to): Promise<readonly Difference[]> =>
      diffTrees(commitOf(from).tree, commitOf(to).tree, readTree),
    close: async () => {},
  }
}
