import { defineTask, type Task } from '#base'
import {
  depsOf,
  parseTemplate,
  render,
  TemplateFault,
  type Chance,
  type Engine,
  type FaultClass,
  type Phase,
  type TemplateDeps,
} from '#template'

/** One template to try. */
export interface Job {
  /** Stands in messages: a file or a key of a manifest. */
  readonly name: string
  readonly text: string
}

/** Templates over the same data. */
export interface RenderInput extends Chance {
  readonly engine: Engine
  readonly jobs: readonly Job[]
  readonly data: ReadonlyMap<string, Uint8Array>
}

/** What became of a {@link Job}. */
export type Made =
  | { readonly kind: 'made'; readonly bytes: Uint8Array }
  | ({ readonly kind: 'failed' } & Failure)

/** Why a template fails, and where; holds no value of the data. */
export interface Failure {
  readonly phase: Phase
  readonly fault: FaultClass
  /** In the template's text; the first is 1. */
  readonly line: number
  /** Bytes before the place. */
  readonly column: number | undefined
  readonly what: string
  readonly hint: string | undefined
}

/** Renders all of them, also behind one that fails: whoever tries wants to see every mistake. */
export const renderTask: Task<RenderInput, readonly Made[]> = defineTask(
  'cli/render',
  import.meta.url,
  ({ engine, jobs, data, ...chance }: RenderInput): readonly Made[] => {
    const deps = depsOf(chance)
    return jobs.map((job) => renderOne(job, engine, data, deps))
  },
)

function renderOne(
  { name, text }: Job,
  engine: Engine,
  data: ReadonlyMap<string, Uint8Array>,
  deps: TemplateDeps,
): Made {
  try {
    return { kind: 'made', bytes: render(parseTemplate(text, { engine, name }), data, { deps }) }
  } catch (thrown) {
    if (!(thrown instanceof TemplateFault)) throw thrown
    const { phase, fault, line, column, what, hint } = thrown
    return { kind: 'failed', phase, fault, line, column, what, hint }
  }
}
