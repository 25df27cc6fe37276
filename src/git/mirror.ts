import type { Sensitive } from '#base'

/** A reference as the remote showed it to this credential. */
export interface RemoteRef {
  /** Full name: `refs/heads/main`, `refs/tags/v1`, `HEAD`. */
  readonly name: string
  /** Object it names: a commit, or for an annotated tag the tag object. */
  readonly id: string
  /** The commit behind an annotated tag. */
  readonly peeled?: string
  /** For a symbolic reference (HEAD): the name it stands for. */
  readonly symref?: string
}

/** All references of one answer, by full name. */
export type RemoteRefs = ReadonlyMap<string, RemoteRef>

/** What an entry of a tree is: `link` is a symbolic link, `module` a submodule. */
export type EntryKind = 'file' | 'executable' | 'link' | 'folder' | 'module'

/** One entry of one folder. */
export interface TreeEntry {
  readonly name: string
  readonly kind: EntryKind
  /** Object id: of the blob, of the tree, or the submodule's commit. */
  readonly id: string
}

/** One path that differs between two commits; folders are never named, only what is in them. */
export interface Difference {
  readonly path: string
  readonly kind: 'added' | 'removed' | 'changed'
}

/** A commit's own words, for events and traces. */
export interface CommitInfo {
  readonly id: string
  readonly tree: string
  readonly parents: readonly string[]
  readonly author: string
  /** Milliseconds since 1970, as the committer's clock had it. */
  readonly committedMs: number
  /** First line of the message. */
  readonly subject: string
}

/**
 * A repository as one credential sees it, with what was fetched of it kept at hand. Safe to share:
 * fetches queue, reads run beside them. Object ids are 40 lower-case hexadecimal digits.
 *
 * Failures are Faults: `AccessDenied` (credential missing or refused), `NotFound` (no such
 * repository, reference or commit, on the server's own word), `Unavailable` (host, TLS, 5xx),
 * `Timeout`, `TooLarge`, `InvalidAnswer` (not a Git server, or a corrupt pack). None of them says
 * anything about what was fetched before: that stays readable.
 */
export interface Mirror {
  /**
   * What the remote has now, by one ls-refs. Callers that come while one runs share the next one, so
   * nobody is told what was true before they asked.
   *
   * @param prefixes Full names or prefixes of them; default `HEAD`, `refs/heads/`, `refs/tags/`.
   */
  refs(signal: AbortSignal, prefixes?: readonly string[]): Promise<RemoteRefs>
  /** Makes sure that what `ref` names is here, fetching only what is missing; its commit. */
  fetch(ref: string, signal: AbortSignal): Promise<string>
  /**
   * Makes sure that `commit` is here, and proves that it is reachable from a branch or tag that this
   * credential is shown: a server may hand out objects of somebody else's fork.
   *
   * @param branch Full name of the only reference it may be reachable from.
   */
  fetchCommit(commit: string, signal: AbortSignal, branch?: string): Promise<void>
  /** Whether the commit's tree can be read without the network. */
  has(commit: string, signal: AbortSignal): Promise<boolean>
  commit(id: string, signal: AbortSignal): Promise<CommitInfo>
  /** Entries of a folder in Git's order; null when there is no folder at that path. */
  tree(commit: string, path: string, signal: AbortSignal): Promise<readonly TreeEntry[] | null>
  /** Entries of a tree by its object id. */
  treeById(id: string, signal: AbortSignal): Promise<readonly TreeEntry[]>
  /** A blob's bytes. @throws Fault TooLarge beyond `maxBytes`. */
  blob(id: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array>
  /** Paths that differ, sorted; equal sub-trees are never opened. */
  diff(from: string, to: string, signal: AbortSignal): Promise<readonly Difference[]>
  /** Ends what runs; what is on disk stays. */
  close(): Promise<void>
}

/** How to prove who we are. */
export type GitCredential = HttpCredential | SshCredential

/** To a server over ssh, and whom to expect there. */
export interface SshCredential {
  readonly kind: 'ssh'
  /** Private key, PEM or OpenSSH's own form. */
  readonly identity: Sensitive
  /** Opens the private key when it is encrypted. */
  readonly passphrase?: Sensitive
  /** Lines of a known_hosts file. A host that they do not name is not spoken to. */
  readonly knownHosts: string
}

/** To a server over HTTP. */
export type HttpCredential =
  | { readonly kind: 'basic'; readonly username: string; readonly password: Sensitive }
  | { readonly kind: 'bearer'; readonly token: Sensitive }
