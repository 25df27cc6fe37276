import type { Env } from '#base'
import { renderTask } from './render-task.ts'
import type { Render } from './unseal.ts'

const timeoutMs = 10_000

/**
 * Rendering by the template engine with Sealed Secrets' functions: off the event loop, bounded, killed
 * when it takes too long, without access to anything but the values.
 */
export function templateRender(env: Pick<Env, 'clock' | 'entropy' | 'compute'>): Render {
  return async (jobs, values, signal) => {
    if (jobs.length === 0) return []
    const chance = { nowMs: env.clock.now(), seed: env.entropy.bytes(32) }
    return await env.compute.run(renderTask, { jobs, values, ...chance }, { timeoutMs, signal })
  }
}
