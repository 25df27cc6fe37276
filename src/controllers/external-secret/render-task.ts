import { createCipheriv } from 'node:crypto'
import { defineTask, faultOf, type Task } from '#base'
import { generateKey, parseTemplate, render, TemplateFault, type TemplateDeps } from '#template'

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
export interface RenderInput {
  readonly jobs: readonly Job[]
  readonly values: ReadonlyMap<string, Uint8Array>
  /** Wall time, milliseconds. */
  readonly nowMs: number
  /** 32 bytes of entropy, from which all chance of this rendering comes. */
  readonly seed: Uint8Array
}

/** Renders until one fails: whoever asked wants all or nothing. */
export const renderTask: Task<RenderInput, readonly Made[]> = defineTask(
  'external-secret/render',
  import.meta.url,
  ({ jobs, values, nowMs, seed }: RenderInput): readonly Made[] => {
    const random = randomFrom(seed)
    const made: Made[] = []
    for (const job of jobs) {
      const one = renderOne(job, values, { nowMs, random })
      made.push(one)
      if (one.kind === 'failed') break
    }
    return made
  },
)

/** What makes two renderings of one template differ. */
interface Chance {
  readonly nowMs: number
  readonly random: (size: number) => Uint8Array
}

/** Renders one template here and now; without `chance`, functions that need it are refused. */
export function renderOne(
  job: Job,
  values: ReadonlyMap<string, Uint8Array>,
  chance?: Chance,
): Made {
  const { name, text } = job
  const watched = watch(chance)
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

/** The template's chance, and whether it was asked for. */
function watch(chance: Chance | undefined): {
  readonly deps: TemplateDeps
  readonly isUsed: () => boolean
} {
  let isUsed = false
  const used = <T>(value: T): T => {
    isUsed = true
    return value
  }
  const deps: TemplateDeps =
    chance === undefined
      ? {}
      : {
          now: () => used(chance.nowMs),
          randomBytes: (size) => used(chance.random(size)),
          generateKey: (kind) => used(generateKey(kind)),
        }
  return { deps, isUsed: () => isUsed }
}

/** As many bytes as are wanted from a seed: the key stream of AES-256 in counter mode. */
function randomFrom(seed: Uint8Array): (size: number) => Uint8Array {
  const cipher = createCipheriv('aes-256-ctr', seed, new Uint8Array(16))
  return (size) => new Uint8Array(cipher.update(new Uint8Array(size)))
}
