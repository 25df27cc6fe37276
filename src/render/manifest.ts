import type { AnyObject } from '#api'

/** Where in Git an object came from. */
export interface Origin {
  /** Path from the root of the repository. */
  readonly file: string
  /** Line its document begins on, from 1. */
  readonly line: number
}

/** An object, and where it came from. */
export interface RenderedObject {
  readonly object: AnyObject
  readonly origin: Origin
  /** A value out of a Secret was put into it, so nothing of it may be quoted. */
  readonly isSecretive?: boolean
}

/** What a tree renders to. */
export interface Rendered {
  readonly objects: readonly RenderedObject[]
  /** What was passed over and why, one sentence each: symbolic links, for example. */
  readonly notes: readonly string[]
  /**
   * Whether a kustomization says what belongs to the set. Then an empty one is its author's word,
   * where a folder without manifests may as well be an accident.
   */
  readonly isDeliberate: boolean
}

/** `apps/web.yaml:12`, as editors open it. */
export function placeOf(origin: Origin): string {
  return `${origin.file}:${origin.line}`
}

/** One thing wrong with one file. */
export interface Problem {
  readonly origin: Origin
  /** The field that is wrong, as in `metadata.labels`; absent: the document as a whole. */
  readonly field?: string
  readonly message: string
  readonly hint?: string
}
