/** Templates of users, rendered off the event loop and killed when they take too long. */
import { Fault, textOf, utf8, type Env } from '#base'
import { renderOne, renderTask, type Job, type Made } from './render-task.ts'
import type { Transform } from './rewrite.ts'

/** Renders the jobs in their order, until one fails. */
export type Render = (
  jobs: readonly Job[],
  values: ReadonlyMap<string, Uint8Array>,
  signal: AbortSignal,
) => Promise<readonly Made[]>

const timeoutMs = 10_000

/** @throws Fault Timeout */
export function renderer(env: Env): Render {
  return async (jobs, values, signal) => {
    if (jobs.length === 0) return []
    const chance = { nowMs: env.clock.now(), seed: env.entropy.bytes(32) }
    const input = { jobs, values, ...chance }
    return await env.compute.run(renderTask, input, { timeoutMs, signal })
  }
}

/** The bytes of a template. @throws Fault TemplateError, in the peer's words. */
export function bytesOf({ name }: Job, made: Made | undefined): Uint8Array {
  if (made === undefined) throw new Fault('InternalError', `template ${name} was not rendered`)
  if (made.kind === 'made') return made.bytes
  const doing = made.phase === 'parse' ? 'parse' : 'execute'
  const text = `unable to ${doing} template at key ${name}: ${made.message}`
  throw new Fault('TemplateError', text, made.hint === undefined ? {} : { hint: made.hint })
}

/** Renders `rewrite.transform` for one key, which it sees as `.value`. @throws Fault TemplateError */
export const transformKey: Transform = (text, key) => {
  const job = { name: 'transform', text }
  return textOf(bytesOf(job, renderOne(job, new Map([['value', utf8(key)]]))))
}
