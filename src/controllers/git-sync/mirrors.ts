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
  readonly users: Set<string>
}

/** Mirrors by what they are reached with, counted by the sources that use them. */
export class Mirrors {
  readonly #folder: string
  readonly #open: OpenMirror
  readonly #byReach = new Map<string, Shared>()
  readonly #reachOf = new Map<string, string>()

  constructor(folder: string, open: OpenMirror) {
    this.#folder = folder
    this.#open = open
  }

  /** The mirror for `reach`, used by `source` from now on in place of the one it used before. */
  use(source: string, reach: Reach): Mirror {
    const id = identityOf(reach)
    if (this.#reachOf.get(source) !== id) this.release(source)
    let shared = this.#byReach.get(id)
    if (shared === undefined) {
      shared = { mirror: this.#open(reach, `${this.#folder}/${id}`), users: new Set() }
      this.#byReach.set(id, shared)
    }
    shared.users.add(source)
    this.#reachOf.set(source, id)
    return shared.mirror
  }

  /** `source` needs its mirror no more; the last user's going closes it. Its folder stays. */
  release(source: string): void {
    const id = this.#reachOf.get(source)
    if (id === undefined) return
    this.#reachOf.delete(source)
    const shared = this.#byReach.get(id)
    shared?.users.delete(source)
    if (shared === undefined || shared.users.size > 0) return
    this.#byReach.delete(id)
    void shared.mirror.close()
  }

  async close(): Promise<void> {
    const all = [...this.#byReach.values()]
    this.#byReach.clear()
    this.#reachOf.clear()
    await Promise.all(all.map(({ mirror }) => mirror.close()))
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
