import { Fault } from '#base'
import type { Mirror, RemoteRefs } from './mirror.ts'
import { branchRef, checkRefName, isObjectId, tagRef } from './ref-name.ts'

/** Which commit of a repository is wanted, as GitRepository's `spec.ref` says it. */
export interface WantedRef {
  readonly branch?: string
  readonly tag?: string
  readonly semver?: string
  readonly name?: string
  readonly commit?: string
}

/** A commit, and how it was asked for. */
export interface Revision {
  readonly commit: string
  /** As Flux writes it: `main@sha1:…`, `v1@sha1:…`, `refs/pull/7/head@sha1:…`, `sha1:…`. */
  readonly text: string
}

const defaultBranch = 'master'

/**
 * The tag among `tags` whose version is the newest in `range`; undefined when none is in it.
 *
 * @throws Fault InvalidSpec when `range` is none.
 */
export type PickTag = (range: string, tags: readonly string[]) => string | undefined

/**
 * The newest commit that `wanted` names, by one ls-refs. A pinned commit that is here already needs
 * none. Precedence: commit, name, semver, tag, branch; nothing given is `master`, as in Flux.
 *
 * @param pickTag Knows versions, for `semver`.
 * @throws Fault NotFound when the remote has no such reference; `EmptyRepository` is told apart by
 * {@link isEmptyRepository}.
 */
export async function resolveRevision(
  mirror: Mirror,
  wanted: WantedRef,
  signal: AbortSignal,
  pickTag?: PickTag,
): Promise<Revision & { readonly ref?: string }> {
  if (wanted.commit !== undefined && wanted.commit !== '') return pinned(wanted)
  if (wanted.semver !== undefined && wanted.semver !== '' && !wanted.name) {
    return newestTag(mirror, wanted.semver, pickTag, signal)
  }
  const { ref, short } = wantedName(wanted)
  const refs = await mirror.refs(signal, [ref])
  const found = refs.get(ref)
  if (found === undefined) {
    await refuseEmpty(mirror, signal)
    throw new Fault('NotFound', `couldn't find remote ref ${JSON.stringify(ref)}`, {
      at: 'spec.ref',
      hint: 'push that reference, or mend spec.ref',
    })
  }
  const commit = found.peeled ?? found.id
  return { commit, text: `${short}@sha1:${commit}`, ref }
}

const tags = 'refs/tags/'

/** Characters of a range that a message repeats. */
const shownRange = 256

async function newestTag(
  mirror: Mirror,
  range: string,
  pickTag: PickTag | undefined,
  signal: AbortSignal,
): Promise<Revision & { readonly ref: string }> {
  if (pickTag === undefined) {
    throw new Fault('Unsupported', 'spec.ref.semver is not supported here', {
      at: 'spec.ref.semver',
      hint: 'name a branch or a tag',
    })
  }
  const refs = await mirror.refs(signal, [tags])
  const names = [...refs.keys()].filter((name) => name.startsWith(tags))
  const tag = pickTag(
    range,
    names.map((name) => name.slice(tags.length)),
  )
  const found = tag === undefined ? undefined : refs.get(`${tags}${tag}`)
  if (tag === undefined || found === undefined) {
    await refuseEmpty(mirror, signal)
    throw new Fault('NotFound', `no match found for semver: ${range.slice(0, shownRange)}`, {
      at: 'spec.ref.semver',
      hint: 'push a tag that is a version in that range, with all three numbers',
    })
  }
  const commit = found.peeled ?? found.id
  return { commit, text: `${tag}@sha1:${commit}`, ref: found.name }
}

/** Makes sure the revision's tree can be read from the mirror. */
export async function fetchRevision(
  mirror: Mirror,
  wanted: WantedRef,
  revision: Revision & { readonly ref?: string },
  signal: AbortSignal,
): Promise<Revision> {
  if (revision.ref === undefined) {
    const branch = wanted.branch === undefined ? undefined : branchRef(wanted.branch)
    await mirror.fetchCommit(revision.commit, signal, branch)
    return { commit: revision.commit, text: revision.text }
  }
  if (await mirror.has(revision.commit, signal)) {
    return { commit: revision.commit, text: revision.text }
  }
  // What is fetched may be newer than what was listed a moment ago: the newest wins.
  const commit = await mirror.fetch(revision.ref, signal)
  return { commit, text: revision.text.replace(/sha1:[0-9a-f]{40}$/, `sha1:${commit}`) }
}

/** Whether a Fault of {@link resolveRevision} says that the repository holds no commit at all. */
export function isEmptyRepository(fault: Fault): boolean {
  return fault.reason === 'NotFound' && fault.message === emptyMessage
}

/** Commit id at the end of a revision text; undefined when there is none. */
export function commitOfRevision(text: string): string | undefined {
  return /(?:^|@)sha1:([0-9a-f]{40})$/.exec(text)?.[1]
}

const emptyMessage = 'git repository is empty'

async function refuseEmpty(mirror: Mirror, signal: AbortSignal): Promise<void> {
  const all: RemoteRefs = await mirror.refs(signal)
  if (all.size === 0) throw new Fault('NotFound', emptyMessage)
}

function pinned(wanted: WantedRef): Revision {
  const commit = wanted.commit ?? ''
  if (!isObjectId(commit)) {
    throw new Fault('InvalidSpec', `${JSON.stringify(commit)} is not a whole commit id`, {
      at: 'spec.ref.commit',
    })
  }
  return { commit, text: wanted.branch ? `${wanted.branch}@sha1:${commit}` : `sha1:${commit}` }
}

function wantedName(wanted: WantedRef): { ref: string; short: string } {
  if (wanted.name) return { ref: checkRefName(wanted.name), short: wanted.name }
  if (wanted.tag) return { ref: tagRef(wanted.tag), short: wanted.tag }
  const branch = wanted.branch === undefined || wanted.branch === '' ? defaultBranch : wanted.branch
  return { ref: branchRef(branch), short: branch }
}
