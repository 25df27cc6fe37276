/** A server whose certificate comes from another authority from one moment to the next. */
import { expect } from 'vitest'
import type { Env, Listener } from '#base'
import { realEnv, silentLog } from '#base/env'
import { configMaps } from '#api'
import { createKubeApi } from '#embedded/kube-api'
import { createClient } from '#kube'
import { createInformer } from '#runtime'
import { generateKeyTask, makeSelfSigned } from '#x509'
import { faultOf } from './rows.ts'

async function certificate(env: Env): Promise<{ cert: string; key: string }> {
  const key = await env.compute.run(generateKeyTask, { type: 'ec' })
  const nowMs = env.clock.now()
  const options = {
    use: 'server',
    commonName: 'kube-api',
    names: ['127.0.0.1'],
    notBeforeMs: nowMs - 60_000,
    notAfterMs: nowMs + 3_600_000,
  } as const
  return { cert: await makeSelfSigned(env, options, key), key: key.privateKey }
}

/** Over real TLS: what a client trusts is asked for at each call, as the kubelet rotates the file. */
export async function rotatedCertificate(): Promise<void> {
  const env = realEnv({ log: silentLog })
  const api = createKubeApi({ env })
  const [before, after] = [await certificate(env), await certificate(env)]
  let trusted = before.cert
  let reached = 0
  const handler: typeof api.handler = async (request) => {
    reached++
    return await api.handler(request)
  }
  let listener: Listener = await env.net.listen(handler, { tls: before })
  const { port, url } = listener
  const client = createClient({
    env,
    server: { url, tls: () => Promise.resolve({ ca: trusted }) },
  })
  const informer = createInformer({ env, client, resource: configMaps, keep: (it) => it })
  const stop = new AbortController()
  const running = informer.run(stop.signal)
  try {
    await informer.synced(stop.signal)
    await listener.close()
    listener = await env.net.listen(handler, { tls: after, port })
    const reachedBefore = reached
    const fault = await faultOf(client.list(configMaps))
    expect(fault.reason).toBe('Unavailable')
    expect(fault.message).toContain('certificate')
    expect(reached).toBe(reachedBefore)
    trusted = after.cert
    const made = await client.create(configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'default', name: 'after' },
    })
    const seen = (): boolean =>
      informer.cache.get({ namespace: 'default', name: 'after' }) !== undefined
    while (!seen()) await env.clock.sleep(20)
    expect(made.metadata.name).toBe('after')
  } finally {
    stop.abort()
    await running
    await client.close()
    await listener.close()
    api.close()
  }
}
