import { defineTask, faultOf, type Task } from '#base'
import {
  depsOf,
  parseTemplate,
  render,
  TemplateFault,
  type Chance,
  type TemplateDeps,
} from '#template'

/** One template of an object. */
export interface Job {
  /** Stands in error messages; a key of the spec, so no secret. */
  readonly name: string
  readonly text: string
  /** The text comes out of a Secret: no message may quote it. */
  readonly isSecret?: true
}

/** What became of a {@link Job}: its bytes, or Go's words for what is wrong. */
export type Made =
  | {
      readonly kind: 'made'
      readonly bytes: Uint8Array
      /** It asked for chance or the clock: rendered again it would be another. */
      readonly isUnique: boolean
    }
  | {
      readonly kind: 'failed'
      readonly phase: 'parse' | 'exec'
      readonly message: string
      readonly hint?: string
    }

/** All templates of an object, and the values they see. */
export interface RenderInput extends Chance {
  readonly jobs: readonly Job[]
  readonly values: ReadonlyMap<string, Uint8Array>
}

/** Renders until one fails: whoever asked wants all or nothing. */
export const renderTask: Task<RenderInput, readonly Made[]> = defineTask(
  'external-secret/render',
  import.meta.url,
  ({ jobs, values, ...chance }: RenderInput): readonly Made[] => {
    const deps = depsOf(chance)
    const made: Made[] = []
    for (const job of jobs) {
      const one = renderOne(job, values, deps)
      made.push(one)
      if (one.kind === 'failed') break
    }
    return made
  },
)

/** Renders one template here and now; without `deps`, functions that need them are refused. */
export function renderOne(
  job: Job,
  values: ReadonlyMap<string, Uint8Array>,
  deps?: Required<TemplateDeps>,
): Made {
  const { name, text } = job
  const watched = watch(deps)
  try {
    const template = parseTemplate(text, { engine: 'eso', name })
    const bytes = render(template, values, { deps: watched.deps })
    return { kind: 'made', bytes, isUnique: watched.isUsed() }
  } catch (thrown) {
    if (!(thrown instanceof TemplateFault)) throw faultOf(thrown)
    const { phase, hint } = thrown
    const message = job.isSecret === true ? withoutText(thrown) : thrown.message
    return { kind: 'failed', phase, message, ...(hint === undefined ? {} : { hint }) }
  }
}

/** Go quotes the template in its messages; here the template is a secret itself. */
function withoutText({ template, line, fault }: TemplateFault): string {
  return `template: ${template}:${line}: ${fault} (the template stands in a Secret and is not quoted)`
}

/** The same, and whether any of it was asked for. */
function watch(given: Required<TemplateDeps> | undefined): {
  readonly deps: TemplateDeps
  readonly isUsed: () => boolean
} {
  if (given === undefined) return { deps: {}, isUsed: () => false }
  let isUsed = false
  const used = <T>(value: T): T => {
    isUsed = true
    return value
  }
  const deps: TemplateDeps = {
    now: () => used(given.now()),
    randomBytes: (size) => used(given.randomBytes(size)),
    generateKey: (kind) => used(given.generateKey(kind)),
  }
  return { deps, isUsed: () => isUsed }
}
