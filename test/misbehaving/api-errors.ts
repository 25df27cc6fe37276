/** What the API server may answer, and what is done about it. */
import { expect } from 'vitest'
import { Fault } from '#base'
import { configMaps, keyOf, namespaces, resource, secrets } from '#api'
import { refusals, type CallFault } from '#embedded/kube-api'
import { rotatedCertificate } from './certificate.ts'
import {
  faultOf,
  cutWatches,
  inWorld,
  leaseWrites,
  outage,
  reconcilesIn,
  refuse,
  sentSince,
  statusWrites,
  toThings,
  watches,
  type Row,
} from './rows.ts'
import { definition, things, type Thing } from './world.ts'

const bindings = resource(
  'rbac.authorization.k8s.io/v1',
  'ClusterRoleBinding',
  'clusterrolebindings',
  'cluster',
)
const definitions = resource(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  'cluster',
)

const robotMayAll: readonly object[] = [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'robot' },
    rules: [
      { apiGroups: ['test.lockstep.dev'], resources: ['things', 'things/status'], verbs: ['*'] },
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['*'] },
    ],
  },
]
const binding = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'robot' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'robot' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'robot' }],
}

// What is watched from is forgotten, so that there is nothing but lists, and they break off.
const halfLists = inWorld(async (world) => {
  const { api, misbehave, leader, put, remove, env, recovers } = world
  const { client, told, informer } = leader()
  await put('c', 1)
  await env.clock.sleep(1_000)
  const before = told.length
  const fromMs = env.clock.monotonic()
  misbehave({ calls: { ...toThings, verbs: ['list'] }, fault: { kind: 'cut', at: 'half' } })
  await remove('b')
  api.compact()
  cutWatches(world)
  await env.clock.sleep(60_000)
  expect(sentSince(world, fromMs, 'list')).toBeGreaterThan(3)
  expect(informer()?.cache.size).toBe(3 - told.slice(before).length)
  expect(told.slice(before).filter((one) => one !== 'deleted b=1')).toEqual([])
  expect((await faultOf(client.list(things))).retry.kind).toBe('backoff')
  await recovers()
})

/** A test for each row of the table's family "API errors". */
export const apiErrors: readonly Row[] = [
  {
    row: '409 on update',
    test: 'the newest version is read and the status written over it; a lease that was renewed unheard is kept',
    run: inWorld(async (world) => {
      const { misbehave, put, until, leader, recovers, env } = world
      const before = leader()
      misbehave(
        { calls: statusWrites, fault: refuse(refusals.conflict), times: 2 },
        { calls: leaseWrites, fault: refuse(refusals.conflict), rate: 0.5 },
      )
      const fromMs = env.clock.monotonic()
      const { metadata } = await put('a', 2)
      await until(
        async () =>
          (await world.admin.get(things, keyOf({ metadata } as Thing)))?.status?.seen === 2,
        2_000,
      )
      expect(sentSince(world, fromMs, 'update')).toBe(3)
      expect(sentSince(world, fromMs, 'get')).toBe(2) // read anew each time, within one reconcile
      await env.clock.sleep(60_000)
      expect(leader()).toBe(before)
      await recovers()
    }),
  },
  {
    row: '409 on create',
    test: 'is AlreadyExists, overwrites nothing, and a lease that another made first is followed',
    run: inWorld(async (world) => {
      const { misbehave, leader, admin, env, recovers, replicas } = world
      misbehave({
        calls: { plural: 'configmaps', verbs: ['create'] },
        fault: refuse(refusals.alreadyExists),
      })
      const { client } = leader()
      const made = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { namespace: 'default', name: 'c' },
      }
      const fault = await faultOf(client.create(configMaps, made))
      expect([fault.reason, fault.status]).toEqual(['AlreadyExists', 409])
      expect(await admin.get(configMaps, made.metadata)).toBeNull()
      // The lease is gone, and whoever makes it anew is told that somebody else was quicker.
      misbehave({
        calls: { plural: 'leases', verbs: ['create'] },
        fault: refuse(refusals.alreadyExists),
      })
      await admin.delete(resource('coordination.k8s.io/v1', 'Lease', 'leases'), {
        namespace: 'default',
        name: 'operator',
      })
      await env.clock.sleep(60_000)
      expect(replicas.map((replica) => replica.isLeading())).toEqual([false, false])
      await recovers()
    }),
  },
  {
    row: '410 as HTTP status',
    test: 'the list is read anew, and what went unseen is told',
    run: inWorld(async (world) => {
      const { misbehave, leader, put, remove, until, recovers, env } = world
      const { told } = leader()
      misbehave({ calls: watches, fault: refuse(refusals.expired), times: 1 })
      await until(() => told.includes('updated b=1'))
      told.length = 0
      const fromMs = env.clock.monotonic()
      cutWatches(world)
      await remove('b')
      await put('c', 1)
      await until(() => told.includes('deleted b=1') && told.includes('added c=1'), 10_000)
      expect(sentSince(world, fromMs, 'watch')).toBeLessThanOrEqual(2)
      expect(told.filter((one) => one.startsWith('deleted'))).toEqual(['deleted b=1'])
      await recovers()
    }),
  },
  {
    row: '410 as in-stream ERROR event',
    test: 'the list is read anew, and what went unseen is told',
    run: inWorld(async (world) => {
      const { misbehave, leader, put, remove, until, recovers, api, env } = world
      const { told } = leader()
      const fromMs = env.clock.monotonic()
      misbehave({
        events: { ...toThings, types: ['DELETED'] },
        fault: { kind: 'error', answer: refusals.expired },
        times: 1,
      })
      await remove('b')
      await put('c', 1)
      await until(() => told.includes('deleted b=1') && told.includes('added c=1'), 10_000)
      expect([sentSince(world, fromMs, 'list'), sentSince(world, fromMs, 'watch')]).toEqual([1, 1])
      // And as the server itself says it, when its history is gone.
      api.compact()
      api.restart()
      await remove('a')
      await until(() => told.includes('deleted a=1'), 10_000)
      await recovers()
    }),
  },
  {
    row: '429 with Retry-After',
    test: 'nothing but the lease is asked for before the time the server named',
    run: inWorld(async (world) => {
      const { misbehave, put, env, recovers, sent, leader, until } = world
      const before = leader()
      const fromMs = env.clock.monotonic()
      const busy: CallFault = { kind: 'answer', answer: { ...refusals.tooMany, retryAfter: 4 } }
      misbehave({ calls: toThings, fault: busy })
      await put('a', 2)
      await env.clock.sleep(60_000)
      const asked = sent.filter(
        (call) => call.by === 'replica' && call.subresource === 'status' && call.atMs >= fromMs,
      )
      expect(asked.length).toBeGreaterThan(2)
      const gaps = asked.slice(1).map(({ atMs }, index) => atMs - (asked[index]?.atMs ?? 0))
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(4_000)
      // Nor is anything else, by those who have not been told so themselves.
      const toldMs = asked.at(-1)?.atMs ?? 0
      await until(() => sent.some((call) => call.subresource === 'status' && call.atMs > toldMs))
      const sentBefore = sent.length
      await put('b', 2)
      const { client } = leader()
      const read = client.get(configMaps, { namespace: 'default', name: 'none' })
      await env.clock.sleep(3_500)
      const meanwhile = sent
        .slice(sentBefore)
        .filter((call) => call.by === 'replica' && call.plural !== 'leases')
      expect(meanwhile).toEqual([])
      expect(await read).toBeNull()
      expect(leader()).toBe(before)
      await recovers()
    }),
  },
  {
    row: '429 without Retry-After',
    test: 'the calls back off with jitter, and fewer are made at once',
    run: outage(refuse(refusals.tooMany), 120_000, 250, (client) => {
      expect(client.load().limit).toBeLessThan(20) // of 32
    }),
  },
  {
    row: '500',
    test: 'what is known stays, absence is proved by nothing, and the calls back off',
    run: outage(refuse(refusals.internal), 120_000, 250),
  },
  {
    row: '503',
    test: 'what is known stays, also where a proxy says it, and the calls back off',
    run: outage(refuse({ code: 503, html: '<html>canary</html>' }), 120_000, 250),
  },
  {
    row: '504',
    test: 'what is known stays, nobody is sure what was done, and the calls back off',
    run: outage({ kind: 'answer', answer: refusals.timeout, done: true }, 120_000, 250),
  },
  {
    row: 'connection reset mid-body',
    test: 'a half-read list or object is no answer: nothing is told, and absence is not proved',
    run: async () => {
      await outage({ kind: 'cut', at: 'half' }, 120_000, 250)()
      await halfLists()
    },
  },
  {
    row: 'request timeout after commit',
    test: 'a status that was written is not written again, a lease renewed unheard is kept, a second create is refused',
    run: inWorld(async (world) => {
      const { misbehave, put, until, env, leader, admin, recovers } = world
      const before = leader()
      misbehave(
        { calls: statusWrites, fault: { kind: 'hang' }, times: 1 },
        { calls: statusWrites, fault: { kind: 'loseReply' }, times: 1 },
        { calls: leaseWrites, fault: { kind: 'loseReply' }, rate: 0.3 },
        { calls: { plural: 'configmaps' }, fault: { kind: 'loseReply' }, times: 1 },
      )
      const { metadata } = await put('a', 2)
      const key = keyOf({ metadata } as Thing)
      await until(async () => (await admin.get(things, key))?.status?.seen === 2, 120_000)
      const written = (await admin.get(things, key))?.metadata.resourceVersion
      await env.clock.sleep(60_000)
      expect((await admin.get(things, key))?.metadata.resourceVersion).toBe(written)
      expect(leader()).toBe(before)
      const made = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { namespace: 'default', name: 'c' },
      }
      expect((await faultOf(before.client.create(configMaps, made))).reason).toBe('Unavailable')
      expect((await faultOf(before.client.create(configMaps, made))).reason).toBe('AlreadyExists')
      await recovers()
    }),
  },
  {
    row: '403 namespace terminating',
    test: 'says so, and is not tried again before something changes',
    run: inWorld(async ({ admin, leader, recovers, env }) => {
      await admin.create(namespaces, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'leaving' },
      })
      const held = { namespace: 'leaving', name: 'held', finalizers: ['test.lockstep.dev/hold'] }
      await admin.create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: held })
      await admin.delete(namespaces, { name: 'leaving' })
      const { client } = leader()
      const create = (): Promise<unknown> =>
        client.create(secrets, {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { namespace: 'leaving', name: 's' },
          data: { k: 'Y2FuYXJ5' },
        })
      const fault = await faultOf(create())
      expect(fault).toMatchObject({
        reason: 'AccessDenied',
        status: 403,
        retry: { kind: 'onChange' },
      })
      expect(fault.message).toContain('because it is being terminated')
      expect(fault.hint).toBe('the namespace is being deleted')
      expect(await reconcilesIn(env, 600_000, create)).toBe(1)
      await recovers()
    }),
  },
  {
    row: '403 RBAC removed mid-run',
    test: 'what is known stays, nobody hammers, and all goes on when the right is back',
    run: inWorld(
      async (world) => {
        const { admin, env, put, leader, recovers } = world
        const before = leader()
        const told = before.told.length
        await admin.delete(bindings, { name: 'robot' })
        const fromMs = env.clock.monotonic()
        world.api.restart()
        await put('a', 2)
        const fault = await faultOf(before.client.list(things))
        expect(fault).toMatchObject({
          reason: 'AccessDenied',
          status: 403,
          retry: { kind: 'backoff' },
        })
        await env.clock.sleep(120_000)
        expect(before.told.slice(told)).toEqual([])
        expect(before.isLeading()).toBe(false)
        expect(sentSince(world, fromMs, 'watch')).toBeLessThan(40)
        await admin.create(bindings, binding)
        await recovers()
      },
      {
        token: 'robot',
        objects: [...robotMayAll, binding],
        server: {
          authorization: 'rbac',
          users: { robot: { name: 'robot', groups: ['system:authenticated'] } },
        },
      },
    ),
  },
  {
    row: '404 on a kind just deleted',
    test: 'is no proof that an object is gone; its informer lasts until the kind is back',
    run: inWorld(async (world) => {
      const { admin, env, leader, recovers, put, until } = world
      const { client, told, informer } = leader()
      const before = informer()
      await admin.delete(definitions, { name: 'things.test.lockstep.dev' })
      await until(async () => {
        const fault = await faultOf(
          client
            .get(things, { namespace: 'default', name: 'a' })
            .then((found) => {
              if (found === null) throw new Fault('InvalidRef', 'taken for absent while it goes')
              return found
            })
            .then(() => {
              throw new Fault('Conflict', 'still there')
            }),
        )
        return fault.reason === 'NotFound'
      }, 60_000)
      expect(told.filter((one) => one.startsWith('deleted')).sort()).toEqual([
        'deleted a=1',
        'deleted b=1',
      ])
      const fromMs = env.clock.monotonic()
      cutWatches(world)
      await env.clock.sleep(120_000)
      const asked = sentSince(world, fromMs, 'list') + sentSince(world, fromMs, 'watch')
      expect(asked).toBeGreaterThan(5)
      expect(asked).toBeLessThan(60)
      await admin.create(definitions, definition)
      await until(async () => (await admin.list(things).catch(() => null)) !== null, 60_000)
      await put('a', 3)
      await recovers()
      expect(informer()).toBe(before)
    }),
  },
  {
    row: '413 (1 MiB)',
    test: 'names the size and is not tried again before something changes',
    run: inWorld(async ({ leader, recovers, env }) => {
      const { client } = leader()
      const create = (bytes: number) => (): Promise<unknown> =>
        client.create(configMaps, {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { namespace: 'default', name: 'big' },
          data: { k: 'x'.repeat(bytes) },
        })
      const beyondBody = await faultOf(create(3_200_000)())
      expect(beyondBody).toMatchObject({
        reason: 'TooLarge',
        status: 413,
        retry: { kind: 'onChange' },
      })
      const beyondObject = await faultOf(create(1_100_000)())
      expect(beyondObject).toMatchObject({
        reason: 'InvalidSpec',
        status: 422,
        retry: { kind: 'onChange' },
      })
      expect(await reconcilesIn(env, 600_000, create(3_200_000))).toBe(1)
      await recovers()
    }),
  },
  {
    row: '422 (immutable Secret)',
    test: 'names the field, quotes no value, and is not tried again before something changes',
    run: inWorld(async ({ admin, leader, recovers, env }) => {
      const made = await admin.create(secrets, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { namespace: 'default', name: 's' },
        immutable: true,
        data: { k: 'Y2FuYXJ5' },
      })
      const { client } = leader()
      const update = (): Promise<unknown> =>
        client.update(secrets, { ...made, data: { k: 'b3RoZXI=' } })
      const fault = await faultOf(update())
      expect(fault).toMatchObject({
        reason: 'InvalidSpec',
        status: 422,
        at: 'data',
        retry: { kind: 'onChange' },
      })
      expect(fault.message).not.toMatch(/Y2FuYXJ5|b3RoZXI|canary|other/)
      expect(await reconcilesIn(env, 600_000, update)).toBe(1)
      await recovers()
    }),
  },
  {
    row: 'admission denial',
    test: 'names who denied; of a Secret without the words, which may quote a value',
    run: inWorld(async (world) => {
      const { misbehave, leader, recovers, put, env } = world
      const words =
        'admission webhook "guard.test" denied the request: value canary-7f3a is not liked'
      const denied: CallFault = {
        kind: 'answer',
        answer: { code: 403, reason: 'Forbidden', message: words },
      }
      misbehave({
        calls: { verbs: ['create', 'update'], where: (call) => call.plural !== 'leases' },
        fault: denied,
      })
      const { client } = leader()
      const made = { apiVersion: 'v1', metadata: { namespace: 'default', name: 's' } }
      const secret = await faultOf(
        client.create(secrets, { ...made, kind: 'Secret', data: { k: 'Y2FuYXJ5' } }),
      )
      expect(secret.message).toContain('admission webhook "guard.test" denied the request')
      expect(secret.message).not.toContain('canary')
      const configMap = await faultOf(client.create(configMaps, { ...made, kind: 'ConfigMap' }))
      expect(configMap.message).toContain(words)
      const fromMs = env.clock.monotonic()
      await put('a', 2)
      await env.clock.sleep(120_000)
      expect(sentSince(world, fromMs, 'update')).toBeGreaterThan(1)
      expect(sentSince(world, fromMs, 'update')).toBeLessThan(20)
      await recovers()
    }),
  },
  {
    row: 'certificate rotated',
    test: 'a new authority is taken up without a restart, and nothing is sent to a server it does not vouch for',
    run: rotatedCertificate,
  },
]
