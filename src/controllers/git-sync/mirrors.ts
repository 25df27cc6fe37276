/**
 * One mirror for each (URL, credential, trusted CA), shared by all sources that say the same, and
 * what each source stands at now.
 */
import { createHash } from 'node:crypto'
import { utf8, type Env } from '#base'
import { gitMirror, type GitCredential, type Mirror } from '#git'

/** How a repository is reached. */
export interface Reach {
  readonly url: string
  /** Tells credentials apart without saying anything about them. */
  readonly identity: string
  readonly credential?: GitCredential
  /** PEM. */
  readonly ca?: string
  readonly timeoutMs: number
}

/** What a source stands at: syncs read the tree straight from the mirror. */
export interface Artifact {
  readonly mirror: Mirror
  readonly commit: string
  /** As Flux writes it: `main@sha1:…`. */
  readonly revision: string
}

/** Makes a mirror; tests and simulation give another. */
export type OpenMirror = (reach: Reach, folder: string) => Mirror

interface Shared {
  readonly mirror: Mirror
  readonly folder: string
  readonly users: Set<string>
}

/** What a source used before; syncs may be reading its tree still. */
interface Left extends Shared {
  /** Whether the source has settled since. */
  isOld: boolean
}

/** Mirrors by what they are reached with, counted by the sources that use them. */
export class Mirrors {
  readonly #folder: string
  readonly #open: OpenMirror
  readonly #remove: (folder: string) => Promise<void>
  readonly #byReach = new Map<string, Shared>()
  readonly #reachOf = new Map<string, string>()
  readonly #leftBy = new Map<string, Left[]>()
  readonly #leaving = new Set<string>()

  /** @param remove Removes a folder and all in it; one that is not there is no failure. */
  constructor(folder: string, open: OpenMirror, remove: (folder: string) => Promise<void>) {
    this.#folder = folder
    this.#open = open
    this.#remove = remove
  }

  /** The mirror for `reach`, used by `source` from now on in place of the one it used before. */
  use(source: string, reach: Reach): Mirror {
    const id = identityOf(reach)
    if (this.#reachOf.get(source) !== id) this.#leave(source)
    let shared = this.#byReach.get(id)
    if (shared === undefined) {
      const folder = this.#freeFolder(id)
      shared = { mirror: this.#open(reach, folder), folder, users: new Set() }
      this.#byReach.set(id, shared)
    }
    shared.users.add(source)
    this.#reachOf.set(source, id)
    return shared.mirror
  }

  /**
   * `source` has its tree from the mirror it uses now, so what it left goes the next time. Until then
   * it stays: a credential that was renewed wrongly must not take the last good tree away, nor a sync
   * lose the one it is reading. No longer: a token that is renewed each hour would fill the folder.
   */
  async settled(source: string): Promise<void> {
    const left = this.#leftBy.get(source)
    if (left === undefined) return
    const [old, young] = [left.filter(({ isOld }) => isOld), left.filter(({ isOld }) => !isOld)]
    for (const one of young) one.isOld = true
    if (young.length > 0) this.#leftBy.set(source, young)
    else this.#leftBy.delete(source)
    await Promise.all(old.map((one) => this.#discard(one)))
  }

  /** `source` is gone: its mirror, if nobody else uses it, goes with it. */
  async release(source: string): Promise<void> {
    this.#leave(source)
    const left = this.#leftBy.get(source) ?? []
    this.#leftBy.delete(source)
    await Promise.all(left.map((one) => this.#discard(one)))
  }

  async close(): Promise<void> {
    const all = [...this.#byReach.values(), ...[...this.#leftBy.values()].flat()]
    this.#byReach.clear()
    this.#reachOf.clear()
    this.#leftBy.clear()
    await Promise.all(all.map(({ mirror }) => mirror.close()))
  }

  #leave(source: string): void {
    const id = this.#reachOf.get(source)
    if (id === undefined) return
    this.#reachOf.delete(source)
    const shared = this.#byReach.get(id)
    shared?.users.delete(source)
    if (shared === undefined || shared.users.size > 0) return
    this.#byReach.delete(id)
    this.#leaving.add(shared.folder)
    const left = this.#leftBy.get(source) ?? []
    this.#leftBy.set(source, [...left, { ...shared, isOld: false }])
  }

  async #discard({ folder, mirror }: Left): Promise<void> {
    await mirror.close()
    await this.#remove(folder)
    this.#leaving.delete(folder)
  }

  // The plain name, so that a restart finds its copy again; another while that one is on its way out.
  #freeFolder(id: string): string {
    const named = (n: number): string => `${this.#folder}/${id}${n === 0 ? '' : `-${n}`}`
    let n = 0
    while (this.#leaving.has(named(n))) n++
    return named(n)
  }
}

/**
 * Mirrors by the git binary.
 *
 * @param allowAddress Asked with each address before connecting; see PoolOptions.
 */
export function realMirrors(env: Env, allowAddress?: (address: string) => boolean): OpenMirror {
  return (reach, folder) =>
    gitMirror({
      env,
      url: reach.url,
      folder,
      timeoutMs: reach.timeoutMs,
      ...(reach.credential === undefined ? {} : { credential: reach.credential }),
      ...(reach.ca === undefined ? {} : { ca: reach.ca }),
      ...(allowAddress === undefined ? {} : { allowAddress }),
    })
}

// What one credential fetched is never read by another. The Secret and its version stand for the
// credential: nothing derived from its bytes may become the name of a folder.
function identityOf(reach: Reach): string {
  const parts = [reach.url, reach.ca ?? '', String(reach.timeoutMs), reach.identity]
  return createHash('sha256')
    .update(utf8(JSON.stringify(parts)))
    .digest('hex')
    .slice(0, 40)
}
