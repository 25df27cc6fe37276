import { expect, it } from 'vitest'
import { externalSecrets, secrets, type ExternalSecret } from '#api'
import { utf8 } from '#base'
import { simEnv } from '#base/env'
import { createClient } from '#kube'
import { startWorld } from '../../../test/external-secret/world.ts'
import { policyOf } from './policy.ts'
import type { Overlay } from './target.ts'
import { writeTarget } from './write.ts'

const key = { namespace: 'web', name: 'app' }
const overlay: Overlay = {
  type: undefined,
  data: new Map([['a', utf8('v1')]]),
  labels: new Map(),
  annotations: new Map(),
  finalizers: [],
}

// Found by simulation: a lagging replica's list, right after a restart, held the object before it was
// made anew. Its Secret was taken over for an owner that was gone, and the server collected it.
it('does not take the Secret of an object made anew for the one before it', async () => {
  const env = simEnv(1)
  await env.clock.run(async () => {
    const world = await startWorld(env)
    const client = createClient({ env, server: { url: world.server } })
    const { signal } = new AbortController()
    const create = (): Promise<ExternalSecret> =>
      client.create(externalSecrets, {
        apiVersion: 'external-secrets.io/v1',
        kind: 'ExternalSecret',
        metadata: key,
        spec: { refreshInterval: '1h', secretStoreRef: { name: 'store' } },
      })
    const write = async (es: ExternalSecret): Promise<unknown> =>
      await writeTarget(
        es,
        policyOf(es),
        overlay,
        { client, isExpected: true, mayLose: async () => {} },
        signal,
      )
    await world.call('POST', '/api/v1/namespaces', { metadata: { name: 'web' } })

    const first = await create()
    await write(first)
    await client.delete(externalSecrets, key)
    const second = await create()
    await write(second) // takes over from the one before it
    const taken = await client.get(secrets, key)
    expect(taken?.metadata.ownerReferences?.[0]?.uid).toBe(second.metadata.uid)

    await expect(write(first)).rejects.toThrow('was made anew meanwhile')
    await env.clock.sleep(60_000)
    expect(await client.get(secrets, key)).toEqual(taken)
    await client.close()
    await world.stop()
  })
})
