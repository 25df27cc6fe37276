import { defineTask, faultOf, type Task } from '#base'
import { parseTemplate, render, TemplateFault } from '#template'

/** One template of an object. */
export interface Job {
  /** Stands in error messages; a key of the spec, so no secret. */
  readonly name: string
  readonly text: string
}

/** What became of a {@link Job}: its bytes, or Go's words for what is wrong. */
export type Made =
  | { readonly kind: 'made'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'failed'
      readonly phase: 'parse' | 'exec'
      readonly message: string
      readonly hint?: string
    }

/** All templates of an object, and the values they see. */
export interface RenderInput {
  readonly jobs: readonly Job[]
  readonly values: ReadonlyMap<string, Uint8Array>
}

/** Renders until one fails: whoever asked wants all or nothing. */
export const renderTask: Task<RenderInput, readonly Made[]> = defineTask(
  'external-secret/render',
  import.meta.url,
  ({ jobs, values }: RenderInput): readonly Made[] => {
    const made: Made[] = []
    for (const job of jobs) {
      const one = renderOne(job, values)
      made.push(one)
      if (one.kind === 'failed') break
    }
    return made
  },
)

/** Renders one template here and now. */
export function renderOne({ name, text }: Job, values: ReadonlyMap<string, Uint8Array>): Made {
  try {
    return { kind: 'made', bytes: render(parseTemplate(text, { engine: 'eso', name }), values) }
  } catch (thrown) {
    if (!(thrown instanceof TemplateFault)) throw faultOf(thrown)
    const { phase, message, hint } = thrown
    return { kind: 'failed', phase, message, ...(hint === undefined ? {} : { hint }) }
  }
}
