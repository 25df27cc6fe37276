/** Substitution where it can be ended: in a worker, for a bounded time. */
import { Fault, type Env } from '#base'
import type { RenderedObject } from './manifest.ts'
import type { Substituted } from './post-build.ts'
import type { Substitution } from './request.ts'
import { substituteTask } from './substitute-task.ts'

/** Its budget is gone through in a few seconds; the rest is for machines that are busy. */
const timeoutMs = 30_000

/** @throws Fault Timeout when it takes too long. */
export async function withVariables(
  env: Env,
  objects: readonly RenderedObject[],
  substitution: Substitution,
  signal: AbortSignal,
): Promise<Substituted> {
  try {
    const input = { objects, substitution }
    return await env.compute.run(substituteTask, input, { timeoutMs, signal })
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.reason !== 'Timeout') throw thrown
    throw new Fault('Timeout', `post build failed: it takes longer than ${timeoutMs / 1000} s`, {
      at: 'spec.postBuild',
      hint: 'put fewer or shorter values through patterns, or split the path',
    })
  }
}
