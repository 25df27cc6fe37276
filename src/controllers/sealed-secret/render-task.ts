import { defineTask, faultOf, type Task } from '#base'
import { depsOf, parseTemplate, render, TemplateFault, type Chance } from '#template'

/** One template, under the data key it makes. */
export interface Job {
  readonly name: string
  readonly text: string
}

/** Its bytes, or what is wrong: no message holds a value. */
export type Made =
  | { readonly kind: 'made'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'failed'
      readonly message: string
      readonly hint?: string
    }

/** All templates of an object, and the values they see. */
export interface RenderInput extends Chance {
  readonly jobs: readonly Job[]
  readonly values: ReadonlyMap<string, Uint8Array>
}

/** Renders all of them: what is wrong is told at once. */
export const renderTask: Task<RenderInput, readonly Made[]> = defineTask(
  'sealed-secret/render',
  import.meta.url,
  ({ jobs, values, ...chance }: RenderInput): readonly Made[] => {
    const deps = depsOf(chance)
    return jobs.map(({ name, text }): Made => {
      try {
        const template = parseTemplate(text, { engine: 'sealed', name })
        return { kind: 'made', bytes: render(template, values, { deps }) }
      } catch (thrown) {
        if (!(thrown instanceof TemplateFault)) throw faultOf(thrown)
        const { message, hint } = thrown
        return { kind: 'failed', message, ...(hint === undefined ? {} : { hint }) }
      }
    })
  },
)
