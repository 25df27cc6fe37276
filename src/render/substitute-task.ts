import { defineTask, type Task } from '#base'
import type { RenderedObject } from './manifest.ts'
import { substituted, type Substituted } from './post-build.ts'
import type { Substitution } from './request.ts'

/** What is to be put into what. */
export interface SubstituteInput {
  readonly objects: readonly RenderedObject[]
  readonly substitution: Substitution
}

/** Substitution off the event loop: manifests and values are their authors'. */
export const substituteTask: Task<SubstituteInput, Substituted> = defineTask(
  'render/substitute',
  import.meta.url,
  ({ objects, substitution }: SubstituteInput) => substituted(objects, substitution),
)
