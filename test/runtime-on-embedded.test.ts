import { describe, expect, it } from 'vitest'
import { Fault, type Env } from '#base'
import { realEnv, silentLog, simEnv } from '#base/env'
import {
  configMaps,
  coreEvents,
  keyOf,
  keyText,
  leases,
  resource,
  secrets,
  serviceAccounts,
  type Condition,
  type KubeObject,
  type Resource,
  type Secret,
} from '#api'
import { createKubeApi, type KubeApi } from '#embedded/kube-api'
import { createClient, type HttpClient } from '#kube'
import {
  createController,
  createEventRecorder,
  createInformer,
  createMetadataInformer,
  createStatusWriter,
  keepSecretMetadata,
  runWithLease,
  setCondition,
  settled,
  type SecretMetadata,
} from '#runtime'
import { generateKeyTask, makeSelfSigned } from '#x509'
import { definitionOf } from './fakes/definition.ts'

interface Thing extends KubeObject {
  readonly spec?: { readonly n: number }
  readonly status?: { readonly conditions?: readonly Condition[]; readonly seen?: number }
}

const things: Resource<Thing> = resource('test.lockstep.dev/v1', 'Thing', 'things')

const definition = definitionOf('Thing', {
  group: 'test.lockstep.dev',
  scope: 'Namespaced',
  shortNames: ['tg'],
  hasStatus: true,
  schema: {
    type: 'object',
    required: ['spec'],
    properties: {
      spec: {
        type: 'object',
        required: ['n'],
        properties: { n: { type: 'integer', minimum: 0 } },
      },
      status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    },
  },
})

interface World {
  readonly env: Env
  readonly api: KubeApi
  readonly client: HttpClient
  readonly until: (holds: () => boolean | Promise<boolean>) => Promise<void>
  /** Cuts every connection and listens again on the same port. */
  readonly restart: () => Promise<void>
}

async function inWorld(
  env: Env,
  tls: boolean,
  work: (world: World) => Promise<void>,
): Promise<void> {
  const api = createKubeApi({ env, crds: [definition] })
  const certificate = tls ? await serverCertificate(env) : undefined
  const options = certificate === undefined ? {} : { tls: certificate }
  let listener = await env.net.listen(api.handler, options)
  const { port, url } = listener
  const client = createClient({
    env,
    server: { url, ...(certificate === undefined ? {} : { tls: { ca: certificate.cert } }) },
  })
  try {
    await work({
      env,
      api,
      client,
      until: async (holds) => {
        for (let turn = 0; !(await holds()); turn++) {
          if (turn > 2_000) throw new Error('it never came to hold')
          await env.clock.sleep(10)
        }
      },
      restart: async () => {
        await listener.close()
        await env.clock.sleep(50)
        listener = await env.net.listen(api.handler, { ...options, port })
      },
    })
  } finally {
    await client.close()
    await listener.close()
    api.close()
  }
}

async function serverCertificate(env: Env): Promise<{ cert: string; key: string }> {
  const key = await env.compute.run(generateKeyTask, { type: 'ec' })
  const cert = await makeSelfSigned(
    env,
    {
      use: 'server',
      commonName: 'kube-api',
      names: ['127.0.0.1'],
      notBeforeMs: env.clock.now() - 60_000,
      notAfterMs: env.clock.now() + 3_600_000,
    },
    key,
  )
  return { cert, key: key.privateKey }
}

const worlds: readonly [string, (work: (world: World) => Promise<void>) => Promise<void>][] = [
  [
    'in a simulation',
    (work) => {
      const env = simEnv(11)
      return env.clock.run(() => inWorld(env, false, work))
    },
  ],
  ['over real TLS', (work) => inWorld(realEnv({ log: silentLog }), true, work)],
]

async function faultOf(call: Promise<unknown>): Promise<Fault> {
  const thrown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (thrown instanceof Fault) return thrown
  throw new Error('no Fault was thrown', { cause: thrown })
}

const key = { namespace: 'default', name: 'a' }
const thing = (name: string, n: number): Thing => ({
  apiVersion: 'test.lockstep.dev/v1',
  kind: 'Thing',
  metadata: { namespace: 'default', name },
  spec: { n },
})

describe.each(worlds)('client and runtime on the embedded API server, %s', (_where, run) => {
  it('read, write, apply and delete with preconditions', () =>
    run(async ({ client }) => {
      expect(await client.get(configMaps, key)).toBeNull()
      const made = await client.create(configMaps, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: key,
        data: { a: '1' },
      })
      expect((await faultOf(client.create(configMaps, made))).reason).not.toBe('InternalError')
      const again = { ...made, metadata: key }
      expect((await faultOf(client.create(configMaps, again))).reason).toBe('AlreadyExists')
      const updated = await client.update(configMaps, { ...made, data: { a: '2' } })
      expect((await faultOf(client.update(configMaps, made))).reason).toBe('Conflict')
      const merged = await client.patch(
        configMaps,
        key,
        { data: { b: '3' } },
        { type: 'merge', fieldManager: 'm' },
      )
      expect(merged).toMatchObject({ data: { a: '2', b: '3' } })
      const applied = { ...again, data: { b: '4' } }
      const conflict = await faultOf(client.apply(configMaps, applied, { fieldManager: 'git' }))
      expect(conflict).toMatchObject({ reason: 'Conflict', at: 'data.b' })
      await client.apply(configMaps, applied, { fieldManager: 'git', force: true })
      const dry = await client.apply(
        configMaps,
        { ...again, data: { b: '5' } },
        { fieldManager: 'git', dryRun: true },
      )
      expect(dry).toMatchObject({ data: { b: '5' } })
      expect(await client.get(configMaps, key)).toMatchObject({ data: { a: '2', b: '4' } })

      const uid = 'f0000000-0000-4000-8000-000000000000'
      expect((await faultOf(client.delete(configMaps, key, { uid }))).reason).toBe('Conflict')
      const stale = { resourceVersion: updated.metadata.resourceVersion ?? '' }
      expect((await faultOf(client.delete(configMaps, key, stale))).reason).toBe('Conflict')
      const live = await client.getMetadata(configMaps, key)
      expect(live?.kind).toBe('ConfigMap')
      expect(Object.keys(live ?? {}).sort()).toEqual(['apiVersion', 'kind', 'metadata'])
      expect(await client.delete(configMaps, key, { uid: live?.metadata.uid ?? '' })).toBe(true)
      expect(await client.delete(configMaps, key)).toBe(false)
    }))

  it('say what is wrong and where', () =>
    run(async ({ client }) => {
      const upper = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { namespace: 'default', name: 'Upper' },
      }
      expect(await faultOf(client.create(configMaps, upper))).toMatchObject({
        reason: 'InvalidSpec',
        at: 'metadata.name',
        status: 422,
      })
      expect(await faultOf(client.create(things, thing('a', -1)))).toMatchObject({
        reason: 'InvalidSpec',
        at: 'spec.n',
        status: 422,
      })
      const unserved = resource('test.lockstep.dev/v9', 'Thing', 'things')
      expect((await faultOf(client.get(unserved, key))).reason).toBe('NotFound')
      expect((await faultOf(client.list(unserved))).reason).toBe('NotFound')
      const lost = { ...thing('a', 1), metadata: { namespace: 'nowhere', name: 'a' } }
      expect((await faultOf(client.create(things, lost))).reason).toBe('NotFound')
      expect(await client.get(things, { namespace: 'nowhere', name: 'a' })).toBeNull()
    }))

  it('find the kinds that are served', () =>
    run(async ({ client }) => {
      expect(await client.resourceOf('v1', 'Secret')).toMatchObject({
        plural: 'secrets',
        namespaced: true,
      })
      expect(await client.resourceOf('test.lockstep.dev/v1', 'Thing')).toMatchObject({
        plural: 'things',
        shortNames: ['tg'],
      })
      expect(await client.resourceOf('v1', 'Nothing')).toBeNull()
    }))

  it('get a token for a ServiceAccount', () =>
    run(async ({ client, env }) => {
      await client.create(serviceAccounts, {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { namespace: 'default', name: 'reader' },
      })
      const { token, expiresMs } = await client.requestToken(
        { namespace: 'default', name: 'reader' },
        { audiences: ['vault'], expirationSeconds: 600 },
      )
      expect(token.split('.')).toHaveLength(3)
      expect(Math.abs(expiresMs - env.clock.now() - 600_000)).toBeLessThan(5_000)
    }))

  it('page through long lists and watch with the present objects first', () =>
    run(async ({ client }) => {
      for (let i = 0; i < 620; i++) {
        await client.create(secrets, {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { namespace: 'default', name: `s${i}` },
          data: { k: 'Y2FuYXJ5' },
        })
      }
      const { items } = await client.listMetadata(secrets, { namespace: 'default' })
      expect(items).toHaveLength(620)
      expect(JSON.stringify(items)).not.toContain('Y2FuYXJ5')
      let seen = 0
      const events = client.watchMetadata(secrets, {
        namespace: 'default',
        resourceVersion: '',
        initialEvents: true,
      })
      for await (const event of events) {
        if (event.type === 'BOOKMARK' && event.initialEventsEnd) break
        seen++
      }
      expect(seen).toBe(620)
    }))

  it('keep a cache of Secrets without their data, through restarts and lost history', () =>
    run(async ({ env, api, client, until, restart }) => {
      const put = async (name: string, value: string): Promise<Secret> => {
        const held = await client.get(secrets, { namespace: 'default', name })
        const data = { k: Buffer.from(value).toString('base64') }
        if (held !== null) return await client.update(secrets, { ...held, data })
        const metadata = { namespace: 'default', name }
        return await client.create(
          secrets,
          { apiVersion: 'v1', kind: 'Secret', metadata, data },
          { fieldManager: 'ours' },
        )
      }
      const told: string[] = []
      const informer = createMetadataInformer<SecretMetadata>({
        env,
        client,
        resource: secrets,
        keep: keepSecretMetadata((manager) => manager === 'ours'),
      })
      informer.onChange((change) => told.push(`${change.kind} ${keyText(keyOf(change.object))}`))
      await put('a', 'one')
      const stop = new AbortController()
      const running = informer.run(stop.signal)
      await informer.synced(stop.signal)
      expect(informer.cache.get(key)?.foreignDataManagers).toBe(false)

      await client.patch(
        secrets,
        key,
        { data: { k: 'eA==' } },
        { type: 'merge', fieldManager: 'kubectl-edit' },
      )
      await until(() => informer.cache.get(key)?.foreignDataManagers === true)

      await put('b', 'two')
      await until(() => told.includes('added default/b'))
      await restart()
      await put('c', 'three')
      await until(() => told.includes('added default/c'))

      // History is lost while the connection is down: deleted and made again, unseen.
      await restart()
      told.length = 0
      await client.delete(secrets, { namespace: 'default', name: 'b' })
      await put('b', 'new')
      api.compact()
      await restart()
      await until(() => told.includes('added default/b'))
      expect(told.filter((change) => change.endsWith('/b'))).toEqual([
        'deleted default/b',
        'added default/b',
      ])
      stop.abort()
      await running
    }))

  it('bring fifty objects to rest with one status write each', () =>
    run(async ({ env, api, client, until }) => {
      const informer = createInformer({ env, client, resource: things, keep: (it: Thing) => it })
      const writer = createStatusWriter({ env, client, resource: things })
      const recorder = createEventRecorder({ env, client, component: 'test' })
      const controller = createController({
        env,
        name: 'things',
        reconcile: async (text, signal) => {
          const held = informer.cache.list().find((each) => keyText(keyOf(each)) === text)
          if (held === undefined) return settled
          const conditions = setCondition(
            held.status?.conditions,
            { type: 'Ready', status: 'True', reason: 'Done', message: 'done' },
            env.clock.now(),
          )
          const seen = held.spec?.n ?? -1
          const written = await writer.write(held, { conditions, seen }, signal)
          if (written !== 'unchanged') {
            recorder.record(held, { type: 'Normal', reason: 'Done', message: `saw ${seen}` })
          }
          return settled
        },
      })
      informer.onChange((change) => {
        controller.enqueue(keyText(keyOf(change.object)))
      })
      for (let i = 0; i < 50; i++) await client.create(things, thing(`t${i}`, i))
      const stop = new AbortController()
      const running = [informer.run(stop.signal), controller.run(stop.signal)]
      const settledAll = async (): Promise<boolean> => {
        const { items } = await client.list(things)
        return items.every((each) => each.status?.seen === each.spec?.n)
      }
      await until(settledAll)
      await controller.idle()
      await recorder.flush()
      const { items: events } = await client.list(coreEvents)
      expect(events.filter((event) => event.reason === 'Done')).toHaveLength(50)

      const atRest = api.revision()
      await env.clock.sleep(300)
      expect(api.revision()).toBe(atRest)

      const first = await client.get(things, { namespace: 'default', name: 't0' })
      if (first === null) throw new Error('it is there')
      await client.update(things, { ...first, spec: { n: 99 } })
      await until(settledAll)
      await controller.idle()
      await recorder.flush()
      expect(api.revision()).toBe(atRest + 3) // the spec, its status, its event
      stop.abort()
      await Promise.all(running)
    }))

  it('have one leader at a time', () =>
    run(async ({ env, client, until }) => {
      const leading = new Set<string>()
      const start = (identity: string): [AbortController, Promise<void>] => {
        const stop = new AbortController()
        const running = runWithLease(
          {
            env,
            client,
            namespace: 'default',
            name: 'lockstep',
            identity,
            retryMs: 20,
            onLead: async (signal) => {
              leading.add(identity)
              expect(leading.size).toBe(1)
              await new Promise<void>((resolve) => {
                signal.addEventListener('abort', () => resolve(), { once: true })
              })
              leading.delete(identity)
            },
          },
          stop.signal,
        )
        return [stop, running]
      }
      const [stopOne, one] = start('one')
      await until(() => leading.has('one'))
      const [stopTwo, two] = start('two')
      await env.clock.sleep(200)
      stopOne.abort()
      await one
      await until(() => leading.has('two'))
      stopTwo.abort()
      await two
      const lease = await client.get(leases, { namespace: 'default', name: 'lockstep' })
      expect(lease?.spec?.holderIdentity ?? '').toBe('')
    }))
})

describe('1,000 requests over real TLS, 20 at a time', () => {
  it('open at most 32 connections', () =>
    inWorld(realEnv({ log: silentLog }), true, async ({ client }) => {
      let left = 1_000
      const worker = async (): Promise<void> => {
        while (left-- > 0) expect(await client.get(configMaps, key)).toBeNull()
      }
      await Promise.all(Array.from({ length: 20 }, worker))
      expect(client.opened()).toBeGreaterThan(0)
      expect(client.opened()).toBeLessThanOrEqual(32)
    }))
})
