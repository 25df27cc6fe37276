import { expect, it, onTestFinished } from 'vitest'
import { simEnv } from '#base/env'
import { createClient } from '#kube'
import { DriftWatch } from './drift.ts'

// Found by simulation: the operator was told to stop while discovery was asked for a kind, and the
// rejection, which nobody waited for, ended the process before it could stop in order.
it('ends quietly when it is stopped while it looks a kind up', async () => {
  const unhandled: unknown[] = []
  const note = (thrown: unknown): void => void unhandled.push(thrown)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  const env = simEnv(1)
  await env.clock.run(async () => {
    const server = await env.net.listen(() => new Promise(() => {}))
    const client = createClient({ env, server: { url: server.url } })
    const drift = new DriftWatch({ env, client, mode: 'watch', onDrift: () => {} })
    const stopping = new AbortController()
    drift.start(stopping.signal)
    drift.follow('web/app', [{ id: 'web_settings__ConfigMap', v: 'v1' }])
    await env.clock.sleep(100)
    stopping.abort()
    await env.clock.sleep(100)
  })
  expect(unhandled).toEqual([])
})
