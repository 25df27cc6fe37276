import { expect, it, onTestFinished } from 'vitest'
import { configMaps } from '#api'
import { simEnv } from '#base/env'
import { createKubeApi } from '#embedded/kube-api'
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

// Found by simulation: a process that had lost its lease and won it back went by what its ended watch
// had seen, and put nothing back any more.
it('watches anew when it is started again', async () => {
  const env = simEnv(1)
  await env.clock.run(async () => {
    const api = createKubeApi({ env })
    const server = await env.net.listen(api.handler)
    const client = createClient({ env, server: { url: server.url } })
    const labels = {
      'kustomize.toolkit.fluxcd.io/name': 'app',
      'kustomize.toolkit.fluxcd.io/namespace': 'web',
    }
    const key = { name: 'settings', namespace: 'default' }
    const head = { apiVersion: 'v1', kind: 'ConfigMap' }
    await client.create(configMaps, { ...head, metadata: { ...key, labels } })
    const drifted: string[] = []
    const onDrift = (sync: string): void => void drifted.push(sync)
    const drift = new DriftWatch({ env, client, mode: 'watch', onDrift })
    const entry = { id: 'default_settings__ConfigMap', v: 'v1' }
    const edit = async (edited: string): Promise<void> => {
      await client.patch(configMaps, key, { data: { edited } }, { type: 'merge' })
      await env.clock.sleep(1_000)
    }
    const watch = async (): Promise<AbortController> => {
      const stopping = new AbortController()
      drift.start(stopping.signal)
      drift.follow('web/app', [entry])
      expect(drift.markerOf('web/app', entry.id)).toBeUndefined()
      await env.clock.sleep(1_000)
      return stopping
    }
    const first = await watch()
    const before = drift.markerOf('web/app', entry.id)
    expect(before).toBeDefined()
    first.abort()
    await edit('unseen')
    const second = await watch()
    expect(drift.markerOf('web/app', entry.id)).not.toBe(before)
    drifted.length = 0
    await edit('seen')
    expect(drifted).toEqual(['web/app'])
    second.abort()
    await client.close()
    api.close()
  })
})
