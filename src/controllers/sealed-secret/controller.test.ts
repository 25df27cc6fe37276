import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sealedSecrets, secrets, type AnyObject, type SealedSecret, type Secret } from '#api'
import { base64, utf8, type HttpRequest } from '#base'
import { simEnv, type SimEnv } from '#base/env'
import {
  labelOf,
  nodeSealCrypto,
  rsaCertificateOf,
  scopeAnnotations,
  sealBytes,
  type Scope,
} from '#seal'
import { generateKeyTask, type KeyPair } from '#x509'
import { Lab, labEnv, sealedSecretCrd } from '../../../test/sealed-secret/lab.ts'
import type { SealedSecretOptions } from './options.ts'
import { RateLimit } from './rate-limit.ts'

const keys = new URL('../../../test/conformance/sealed-secret/keys/', import.meta.url)
const certificate = rsaCertificateOf(readFileSync(new URL('c.crt', keys), 'utf8'))
type NetFault = NonNullable<ReturnType<SimEnv['net']['plan']>>
const options: SealedSecretOptions = { keyNamespace: 'kube-system', keyRenewPeriodMs: 0 }
const readyKey = generateKeyTask.run({ type: 'rsa', bits: 2048 }) as KeyPair

async function sealedFor(
  name: string,
  values: Readonly<Record<string, string>>,
  more: { scope?: Scope; template?: object; certificate?: { publicKey: Uint8Array } } = {},
): Promise<SealedSecret & AnyObject> {
  const scope = more.scope ?? 'strict'
  const crypto = nodeSealCrypto(labEnv().entropy)
  const encryptedData: Record<string, string> = {}
  for (const [key, value] of Object.entries(values)) {
    const { publicKey } = more.certificate ?? certificate
    const sealed = await sealBytes(crypto, publicKey, labelOf(scope, 'team', name), utf8(value))
    encryptedData[key] = base64(sealed)
  }
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name, namespace: 'team', annotations: scopeAnnotations(scope) },
    spec: { encryptedData, ...(more.template === undefined ? {} : { template: more.template }) },
  }
}

/** Runs `work` in a cluster with key c, where every write to the API server is counted. */
async function inLab(
  work: (lab: Lab, writes: () => string[]) => Promise<void>,
  keyNames: readonly string[] = ['c'],
  crds?: readonly object[],
): Promise<void> {
  const env = labEnv()
  await env.clock.run(async () => {
    const lab = await Lab.start(env, crds)
    const seen: string[] = []
    env.net.plan = (request: HttpRequest) => {
      if (request.method !== 'GET' && !request.url.includes('/events')) {
        seen.push(`${request.method} ${new URL(request.url).pathname}`)
      }
      return undefined
    }
    try {
      for (const namespace of ['kube-system', 'team']) await lab.namespace(namespace)
      for (const key of keyNames) await lab.key('kube-system', { key })
      await work(lab, () => seen.splice(0))
    } finally {
      await lab.close()
    }
  })
}

async function settled(lab: Lab): Promise<void> {
  for (let i = 0; i < 4; i++) {
    await lab.env.clock.sleep(100)
    await lab.controller.idle()
  }
}

const secretOf = (lab: Lab, name: string): Promise<Secret | null> =>
  lab.client.get(secrets, { namespace: 'team', name })
const sealedOf = (lab: Lab, name: string): Promise<SealedSecret | null> =>
  lab.client.get(sealedSecrets, { namespace: 'team', name })

describe('a restart', () => {
  it('costs no private-key operation and no write when nothing has changed', async () => {
    await inLab(async (lab, writes) => {
      for (let i = 0; i < 20; i++) {
        const scope = (['strict', 'namespace-wide', 'cluster-wide'] as const)[i % 3] as Scope
        const template = {
          metadata: { labels: { n: `${i}` }, annotations: scopeAnnotations(scope) },
        }
        await lab.put(await sealedFor(`s${i}`, { a: 'x', b: 'y' }, { scope, template }))
      }
      await lab.startController(options)
      await settled(lab)
      expect(lab.controller.operations()).toBe(40)
      expect((await secretOf(lab, 's19'))?.data).toEqual({ a: 'eA==', b: 'eQ==' })
      await lab.stopController()
      writes()
      await lab.startController(options)
      await settled(lab)
      expect(lab.controller.operations()).toBe(0)
      expect(writes()).toEqual([])
    })
  })

  it('makes again what was deleted meanwhile', async () => {
    await inLab(async (lab) => {
      await lab.put(await sealedFor('db', { a: 'x' }))
      await lab.startController(options)
      await settled(lab)
      await lab.stopController()
      await lab.client.delete(secrets, { namespace: 'team', name: 'db' })
      await lab.startController(options)
      await settled(lab)
      expect((await secretOf(lab, 'db'))?.data).toEqual({ a: 'eA==' })
    })
  })
})

describe('at rest', () => {
  it('writes nothing for three hours', async () => {
    await inLab(async (lab, writes) => {
      await lab.put(await sealedFor('db', { a: 'x' }))
      await lab.startController({ ...options, keyRenewPeriodMs: 1e12 })
      await settled(lab)
      const before = lab.controller.operations()
      writes()
      await lab.env.clock.sleep(3 * 3_600_000)
      expect(writes()).toEqual([])
      expect(lab.controller.operations()).toBe(before)
    })
  })
})

describe('a Secret that was changed by hand', () => {
  it.each([
    ['a value', { data: { a: 'aGFja2Vk' } }],
    ['a value more', { data: { more: 'eA==' } }],
    ['a label', { metadata: { labels: { app: 'other' } } }],
    ['an annotation', { metadata: { annotations: { note: null } } }],
  ])('is put back: %s', async (_name, change) => {
    await inLab(async (lab) => {
      const template = { metadata: { labels: { app: 'db' }, annotations: { note: 'x' } } }
      await lab.put(await sealedFor('db', { a: 'x' }, { template }))
      await lab.startController(options)
      await settled(lab)
      await lab.client.patch(secrets, { namespace: 'team', name: 'db' }, change, {
        type: 'merge',
        fieldManager: 'kubectl-edit',
      })
      await settled(lab)
      const secret = await secretOf(lab, 'db')
      expect(secret?.data).toEqual({ a: 'eA==' })
      expect(secret?.metadata.labels).toEqual({ app: 'db' })
      expect(secret?.metadata.annotations).toEqual({ note: 'x' })
    })
  })

  it('keeps the labels of others until it is written for another reason', async () => {
    await inLab(async (lab, writes) => {
      await lab.put(await sealedFor('db', { a: 'x' }))
      await lab.startController(options)
      await settled(lab)
      writes()
      const change = { metadata: { labels: { seen: 'by-a-tool' } } }
      await lab.client.patch(secrets, { namespace: 'team', name: 'db' }, change, { type: 'merge' })
      await settled(lab)
      expect(writes()).toEqual(['PATCH /api/v1/namespaces/team/secrets/db'])
    })
  })

  it('is not fought over: put back at once, then ever more seldom', async () => {
    await inLab(async (lab, writes) => {
      await lab.put(await sealedFor('db', { a: 'x' }))
      await lab.startController(options)
      await settled(lab)
      writes()
      const until = lab.env.clock.monotonic() + 600_000
      while (lab.env.clock.monotonic() < until) {
        const change = { data: { a: 'aGFja2Vk' } }
        const key = { namespace: 'team', name: 'db' }
        await lab.client.patch(secrets, key, change, { type: 'merge', fieldManager: 'rival' })
        await lab.env.clock.sleep(500)
      }
      const healed = writes().filter(
        (write) => write.startsWith('PUT') && !write.endsWith('/status'),
      )
      expect(healed.length).toBeGreaterThan(3)
      expect(healed.length).toBeLessThan(15)
    })
  })
})

describe('when a value does not open', () => {
  it('leaves the Secret as it is and says which key, under which generation', async () => {
    await inLab(async (lab, writes) => {
      await lab.put(await sealedFor('db', { a: 'x' }))
      await lab.startController(options)
      await settled(lab)
      const before = await secretOf(lab, 'db')
      writes()
      await lab.put(await sealedFor('db', { a: 'x', b: 'y' }, { certificate: otherCertificate }))
      await settled(lab)
      expect(await secretOf(lab, 'db')).toEqual(before)
      const status = (await sealedOf(lab, 'db'))?.status
      expect(status).toMatchObject({
        observedGeneration: 2,
        conditions: [
          { type: 'Synced', status: 'False', message: 'no key could decrypt secret (a, b)' },
        ],
      })
      expect(status?.conditions?.[0]?.reason).toBeUndefined()
      // The put above, and one status: not one of them to the Secret.
      expect(writes()).toEqual([
        'PUT /apis/bitnami.com/v1alpha1/namespaces/team/sealedsecrets/db',
        'PUT /apis/bitnami.com/v1alpha1/namespaces/team/sealedsecrets/db/status',
      ])
    })
  })

  it('opens it as soon as the key arrives', async () => {
    await inLab(
      async (lab) => {
        await lab.put(await sealedFor('db', { a: 'x' }))
        await lab.startController(options)
        await settled(lab)
        expect(await secretOf(lab, 'db')).toBeNull()
        await lab.key('kube-system', { key: 'c' })
        await settled(lab)
        expect((await secretOf(lab, 'db'))?.data).toEqual({ a: 'eA==' })
      },
      ['k3072'],
    )
  })
})

const otherCertificate = rsaCertificateOf(readFileSync(new URL('foreign.crt', keys), 'utf8'))

describe('what hands out rights in the cluster is refused', () => {
  it.each([
    ['type', { type: 'kubernetes.io/service-account-token' }],
    ['type', { type: 'bootstrap.kubernetes.io/token' }],
    [
      'label',
      { metadata: { labels: { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' } } },
    ],
  ])('a %s of the template', async (what, template) => {
    await inLab(async (lab) => {
      await lab.put(await sealedFor('db', { a: 'x' }, { template }))
      await lab.startController(options)
      await settled(lab)
      expect(await secretOf(lab, 'db')).toBeNull()
      const message = (await sealedOf(lab, 'db'))?.status?.conditions?.[0]?.message
      expect(message).toContain('is not allowed')
      expect(message).toContain(what)
    })
  })
})

describe('an object that a definition without a schema let through', () => {
  const poison: readonly (readonly [string, object])[] = [
    ['no spec', { spec: null }],
    ['no sealed values', { spec: {} }],
    ['sealed values that are a text', { spec: { encryptedData: 'x' } }],
    ['a sealed value that is null', { spec: { encryptedData: { a: null } } }],
    ['a template value that is a number', { template: { data: { a: 1 } } }],
    ['conditions that are a text', { status: { conditions: 'no' } }],
    ['conditions without types', { status: { conditions: [null, 7, {}] } }],
    ['a status that is a list', { status: [1] }],
    ['metadata of a template that is a text', { template: { metadata: 'x' } }],
    ['finalizers that are a number', { template: { metadata: { finalizers: 7 } } }],
  ]

  /** The definition as old releases served it: anything goes. */
  const loose = structuredClone(sealedSecretCrd()) as LooseDefinition[]
  for (const version of loose.flatMap(({ spec }) => spec.versions)) {
    const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
    version.schema = { openAPIV3Schema: anything }
  }

  it.each(poison)('with %s takes nothing from a Secret and holds up nobody', async (_, wrong) => {
    await inLab(
      async (lab) => {
        const right = await sealedFor('bad', { a: 'x', b: 'y' })
        await lab.put(right)
        await lab.startController(options)
        await settled(lab)
        const before = await secretOf(lab, 'bad')
        expect(Object.keys(before?.data ?? {})).toEqual(['a', 'b'])

        const { template, ...rest } = { template: undefined, ...wrong }
        const spec = template === undefined ? right.spec : { ...right.spec, template }
        await lab.put({ ...right, spec, ...rest })
        if ('status' in wrong) {
          const live = await lab.client.get(sealedSecrets, { namespace: 'team', name: 'bad' })
          await lab.client.updateStatus(sealedSecrets, { ...live, ...wrong } as SealedSecret)
        }
        await lab.key('kube-system', { key: 'a' }) // wakes whatever is not synced
        await lab.put(await sealedFor('good', { a: 'x' }))
        await settled(lab)
        expect((await secretOf(lab, 'bad'))?.data).toEqual(before?.data)
        expect((await secretOf(lab, 'good'))?.data).toEqual({ a: 'eA==' })

        await lab.stopController()
        await lab.put(await sealedFor('later', { a: 'x' }))
        await lab.startController(options)
        await settled(lab)
        expect((await secretOf(lab, 'bad'))?.data).toEqual(before?.data)
        expect((await secretOf(lab, 'later'))?.data).toEqual({ a: 'eA==' })
      },
      ['c'],
      loose,
    )
  })
})

interface LooseDefinition {
  readonly spec: { readonly versions: { schema: object }[] }
}

describe('a network that fails at any call', () => {
  it.each([1, 2, 3, 4, 5])(
    'delays Secrets, and never makes one wrong or takes one away (seed %d)',
    async (seed) => {
      await inLab(async (lab) => {
        const { random } = simEnv(seed)
        await lab.startController(options)
        const faults: readonly NetFault[] = [
          { kind: 'refuse' },
          { kind: 'loseReply' },
          { kind: 'cut', afterBytes: 40 },
          { kind: 'answer', status: 503, body: '<html>try again</html>' },
          { kind: 'answer', status: 404, body: '{}' },
        ]
        const wanted = { a: 'eA==' }
        const names = ['s0', 's1', 's2', 's3']
        for (const name of names) await lab.put(await sealedFor(name, { a: 'x' }))
        await settled(lab)
        lab.env.net.plan = () =>
          random.next() < 0.4 ? faults[Math.floor(random.next() * faults.length)] : undefined
        const tamper = { data: { a: 'aGFja2Vk' } }
        for (let i = 0; i < 40; i++) {
          const key = { namespace: 'team', name: names[i % 4] as string }
          await lab.client
            .patch(secrets, key, tamper, { type: 'merge', fieldManager: 'rival' })
            .catch(() => {}) // the test's own calls fail as well
          await lab.env.clock.sleep(5_000)
        }
        lab.env.net.plan = () => undefined
        await lab.env.clock.sleep(1_800_000)
        for (const name of names) {
          expect((await secretOf(lab, name))?.data, name).toEqual(wanted)
          const status = (await sealedOf(lab, name))?.status
          expect(status?.conditions?.[0]?.status, name).toBe('True')
        }
      })
    },
  )
})

describe('data keys and labels named like parts of JavaScript', () => {
  it('are keys and labels like any other', async () => {
    await inLab(async (lab) => {
      const sealed = await sealedFor('db', { constructor: 'x', 'to-string': 'y' })
      await lab.put(sealed)
      await lab.startController(options)
      await settled(lab)
      expect((await secretOf(lab, 'db'))?.data).toEqual({
        constructor: 'eA==',
        'to-string': 'eQ==',
      })
    })
  })
})

describe('sealing keys', () => {
  const generateKey = () => Promise.resolve(readyKey)

  it('are made where there is none, stored as Sealed Secrets stores them, and used then', async () => {
    await inLab(async (lab) => {
      await lab.startController({ ...options, generateKey })
      const list = await lab.client.list(secrets, { namespace: 'kube-system' })
      expect(list.items).toMatchObject([
        {
          type: 'kubernetes.io/tls',
          metadata: {
            generateName: 'sealed-secrets-key',
            labels: { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' },
          },
        },
      ])
      const served = await lab.http({ path: '/v1/cert.pem' })
      const stored = Buffer.from(list.items[0]?.data?.['tls.crt'] ?? '', 'base64').toString()
      expect(served.body).toBe(stored)
      expect(new X509Certificate(served.body).subject ?? '').toBe('')
      await lab.put(
        await sealedFor('db', { a: 'x' }, { certificate: rsaCertificateOf(served.body) }),
      )
      await settled(lab)
      expect((await secretOf(lab, 'db'))?.data).toEqual({ a: 'eA==' })
    }, [])
  })

  it('are not used before they are stored: no certificate is served while storing fails', async () => {
    const env = labEnv()
    await env.clock.run(async () => {
      const lab = await Lab.start(env)
      await lab.namespace('kube-system')
      env.net.plan = ({ method, url }) =>
        method === 'POST' && url.includes('/secrets') ? { kind: 'refuse' } : undefined
      await expect(lab.startController({ ...options, generateKey })).rejects.toThrow('ready')
      expect((await lab.http({ path: '/v1/cert.pem' })).status).toBe(503)
      expect((await lab.http({ path: '/readyz' })).status).toBe(503)
      expect((await lab.http({ path: '/healthz' })).status).toBe(200)
      env.net.plan = () => undefined
      await env.clock.sleep(60_000)
      expect((await lab.http({ path: '/v1/cert.pem' })).status).toBe(200)
      await lab.close()
    })
  })

  it('are renewed when the newest is older than the period, and the old ones still open', async () => {
    await inLab(async (lab) => {
      await lab.startController({ ...options, keyRenewPeriodMs: 2 * 3_600_000, generateKey })
      await settled(lab)
      const count = async (): Promise<number> =>
        (await lab.client.list(secrets, { namespace: 'kube-system' })).items.length
      expect(await count()).toBe(2)
      await lab.env.clock.sleep(3 * 3_600_000)
      expect(await count()).toBe(3)
      await lab.put(await sealedFor('db', { a: 'x' }))
      await settled(lab)
      expect((await secretOf(lab, 'db'))?.data).toEqual({ a: 'eA==' })
    })
  })

  it('that are malformed are passed over', async () => {
    await inLab(async (lab) => {
      await lab.put({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          name: 'broken',
          namespace: 'kube-system',
          labels: { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' },
        },
        data: { 'tls.crt': 'eA==', 'tls.key': '' },
      })
      await lab.put(await sealedFor('db', { a: 'x' }))
      await lab.startController(options)
      await settled(lab)
      expect((await secretOf(lab, 'db'))?.data).toEqual({ a: 'eA==' })
    })
  })
})

describe('the endpoints', () => {
  it('refuse a body that is too large, and know no other paths', async () => {
    await inLab(async (lab) => {
      await lab.startController(options)
      const big = { method: 'POST', path: '/v1/verify', body: 'x'.repeat(3_000_000) }
      expect((await lab.http(big)).status).toBe(413)
      expect((await lab.http({ path: '/v1/keys' })).status).toBe(404)
    })
  })

  it('can do without verify and rotate', async () => {
    await inLab(async (lab) => {
      await lab.startController({ ...options, serveVerifyAndRotate: false })
      for (const path of ['/v1/verify', '/v1/rotate']) {
        expect((await lab.http({ method: 'POST', path, body: 'x' })).status).toBe(404)
      }
      expect((await lab.http({ path: '/v1/cert.pem' })).status).toBe(200)
    })
  })
})

describe('the rate limit', () => {
  it('lets a burst through, then so many a second, each key by itself', async () => {
    const { clock } = labEnv()
    await clock.run(async () => {
      const limit = new RateLimit(clock, 2, 2)
      const taken = [1, 2, 3, 4].map(() => limit.take('a').allowed)
      expect(taken).toEqual([true, true, true, false])
      expect(limit.take('b')).toMatchObject({ allowed: true, limit: 3, remaining: 2 })
      await clock.sleep(500)
      expect([limit.take('a').allowed, limit.take('a').allowed]).toEqual([true, false])
    })
  })
})
