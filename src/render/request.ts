import type { Mirror } from '#git'
import type { SubstituteOptions, VariableSource } from './substitute.ts'

/** Which tree of which repository becomes objects, and what is put on each. */
export interface RenderRequest {
  readonly mirror: Mirror
  readonly commit: string
  /** Path in the repository; confined to it. */
  readonly path: string
  readonly targetNamespace?: string
  /** Put on every object, over what it says itself. */
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly substitution?: Substitution
}

/** Variables that are put into each object that does not ask to be left out. */
export interface Substitution extends SubstituteOptions {
  /** As read, in the order of `spec.postBuild.substituteFrom`. */
  readonly sources: readonly VariableSource[]
  /** `spec.postBuild.substitute`. */
  readonly inline: Readonly<Record<string, string>>
}
