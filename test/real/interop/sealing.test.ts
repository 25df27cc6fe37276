/**
 * Whoever seals, whoever unseals: `lockstep seal` and kubeseal, Lockstep and the Sealed Secrets
 * controller. Each pair of one of ours and one of theirs plays the same tests on a kube-apiserver; on the
 * embedded server kubeseal plays, with either controller, those that go through the API server.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resource, secrets, type AnyObject } from '#api'
import { at, fromBase64 } from '#base'
import { apply, clusters, ensureNamespace, type Cluster } from './cluster.ts'
import { printTable, saw } from './table.ts'
import {
  bringOwnKey,
  certificateIn,
  removeSealingKeys,
  sealers,
  sealingKeys,
  unsealers,
  type Unsealer,
} from './unsealers.ts'

const sealedSecrets = resource<AnyObject>('bitnami.com/v1alpha1', 'SealedSecret', 'sealedsecrets')
const scopes = ['strict', 'namespace-wide', 'cluster-wide'] as const
const home = 'sealing-interop'
const elsewhere = 'sealing-interop-2'

// Bytes that an encoding could trip over, and one that is no UTF-8.
const values: Readonly<Record<string, Buffer>> = {
  password: Buffer.from('pa"ss\nwörd $(x) ${y} é'),
  empty: Buffer.from(''),
  binary: Buffer.from([0, 255, 254, 10, 13, 0]),
}

afterAll(() => printTable('Sealing:'))

describe.each(clusters)('on %s', (server, open) => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await open()
    await ensureNamespace(cluster.client, home)
    await ensureNamespace(cluster.client, elsewhere)
    await ensureNamespace(cluster.client, 'kube-system')
  })
  afterAll(() => cluster?.close())

  describe.each(unsealers())('%s unseals', (controller, startUnsealer) => {
    let unsealer: Unsealer
    beforeAll(async () => {
      await removeSealingKeys(cluster)
      unsealer = await startUnsealer(cluster)
    })
    afterAll(async () => {
      await unsealer?.stop()
      for (const namespace of [home, elsewhere]) {
        for (const { metadata } of (await cluster.client.list(sealedSecrets, { namespace })).items)
          await cluster.client.delete(sealedSecrets, { namespace, name: metadata.name })
        for (const { metadata } of (await cluster.client.list(secrets, { namespace })).items)
          await cluster.client.delete(secrets, { namespace, name: metadata.name })
      }
    })

    // On kube-apiserver one of each pair is ours; what bytes open does not depend on the server.
    const isWhole = server === 'kube-apiserver'
    const chosen = sealers().filter(([name]) =>
      isWhole ? (name === 'kubeseal') === (controller === 'Lockstep') : name === 'kubeseal',
    )
    if (chosen.length === 0) it.skip('what somebody else seals: a program is missing')
    describe.each(chosen)('what %s seals', (sealerName, sealer) => {
      const passed = (what: string): void => saw(`${sealerName} → ${controller}`, server, what)
      const sealed = async (flags: readonly string[], stdin?: string): Promise<string> => {
        const { status, stdout, stderr } = await sealer(cluster, flags, stdin)
        expect([status, stderr]).toEqual([0, ''])
        return stdout
      }
      const certificate = async (): Promise<string> => {
        const path = join(cluster.folder, 'cluster.pem')
        writeFileSync(path, await (await fetch(`${unsealer.url}/v1/cert.pem`)).text())
        return path
      }
      const name = (what: string): string => `${sealerName.replaceAll(' ', '-')}-${what}`

      it.each(isWhole ? scopes : ['strict'])('opens in scope %s, byte for byte', async (scope) => {
        const secret = name(scope)
        const flags = ['--cert', await certificate(), '--scope', scope]
        const object = parse(await sealed(flags, manifest(secret, values))) as AnyObject
        expect(Object.keys(at(object, 'spec', 'encryptedData') as object).sort()).toEqual(
          Object.keys(values).sort(),
        )
        await apply(cluster.client, object)
        expect(await opened(cluster, home, secret)).toEqual(values)
        passed(scope)
      })

      it('opens under another name only in a wider scope', async () => {
        const flags = ['--cert', await certificate()]
        const strict = parse(await sealed(flags, manifest(name('from'), values))) as AnyObject
        await apply(cluster.client, moved(strict, home, name('to')))
        await refused(cluster, home, name('to'))
        const wide = parse(
          await sealed([...flags, '--scope', 'namespace-wide'], manifest(name('wide'), values)),
        ) as AnyObject
        await apply(cluster.client, moved(wide, home, name('wide-to')))
        expect(await opened(cluster, home, name('wide-to'))).toEqual(values)
        await apply(cluster.client, moved(wide, elsewhere, name('wide-to')))
        await refused(cluster, elsewhere, name('wide-to'))
        const widest = parse(
          await sealed([...flags, '--scope', 'cluster-wide'], manifest(name('all'), values)),
        ) as AnyObject
        await apply(cluster.client, moved(widest, elsewhere, name('anywhere')))
        expect(await opened(cluster, elsewhere, name('anywhere'))).toEqual(values)
        passed('scopes hold')
      })

      it('with a certificate from a URL', async () => {
        const flags = ['--cert', `${unsealer.url}/v1/cert.pem`, '-o', 'yaml']
        const text = await sealed(flags, manifest(name('url'), values))
        await apply(cluster.client, parse(text) as AnyObject)
        expect(await opened(cluster, home, name('url'))).toEqual(values)
        passed('certificate by URL')
      })

      it('with the certificate that the Service proxy gives', async (context) => {
        if (cluster.proxyAddress === undefined) {
          console.log('SKIPPED the Service proxy: this machine has loopback alone')
          return context.skip()
        }
        const fetched = await sealed(['--fetch-cert'])
        expect(fetched.trim()).toBe(certificateIn((await sealingKeys(cluster))[0]).trim())
        const text = await sealed([], manifest(name('proxy'), values))
        await apply(cluster.client, parse(text) as AnyObject)
        expect(await opened(cluster, home, name('proxy'))).toEqual(values)
        passed('certificate by Service proxy')
      })

      it.each(isWhole ? scopes : [])('raw, in scope %s', async (scope) => {
        const secret = name(`raw-${scope}`)
        const file = join(cluster.folder, 'value')
        writeFileSync(file, values['password'] ?? '')
        const place = scope === 'cluster-wide' ? [] : ['--namespace', home]
        const named = scope === 'strict' ? ['--name', secret] : []
        const cert = ['--cert', await certificate()]
        const raw = await sealed([
          '--raw',
          '--scope',
          scope,
          '--from-file',
          file,
          ...cert,
          ...place,
          ...named,
        ])
        await apply(cluster.client, {
          apiVersion: 'bitnami.com/v1alpha1',
          kind: 'SealedSecret',
          metadata: { namespace: home, name: secret, annotations: scopeMarks(scope) },
          spec: {
            encryptedData: { password: raw.trim() },
            template: { metadata: { annotations: scopeMarks(scope) } },
          },
        })
        expect(await opened(cluster, home, secret)).toEqual({ password: values['password'] })
        passed(`raw ${scope}`)
      })

      it('merged into what was sealed before', async () => {
        const secret = name('merge')
        const file = join(cluster.folder, `${secret}.yaml`)
        const flags = ['--cert', await certificate(), '-o', 'yaml']
        const one = { first: Buffer.from('1'), second: Buffer.from('old') }
        writeFileSync(file, await sealed(flags, manifest(secret, one)))
        const two = { second: Buffer.from('new'), third: Buffer.from('3') }
        await sealed([...flags, '--merge-into', file], manifest(secret, two))
        await apply(cluster.client, parse(readFileSync(file, 'utf8')) as AnyObject)
        expect(await opened(cluster, home, secret)).toEqual({ ...one, ...two })
        passed('--merge-into')
      })

      it('is validated by the controller, and a foreign one is refused', async (context) => {
        if (cluster.proxyAddress === undefined) return context.skip()
        const flags = ['--cert', await certificate()]
        const good = await sealed(flags, manifest(name('valid'), values))
        expect(await sealer(cluster, ['--validate'], good)).toMatchObject({ status: 0 })
        const bad = good.replaceAll(name('valid'), name('other'))
        const answer = await sealer(cluster, ['--validate'], bad)
        expect(answer.status).toBe(1)
        expect(answer.stderr).toContain('unable to decrypt sealed secret')
        passed('--validate')
      })

      it('opens with the keys that were backed up, without a cluster', async () => {
        const keys = await sealingKeys(cluster)
        const backup = join(cluster.folder, 'backup.json')
        const list = {
          apiVersion: 'v1',
          kind: 'List',
          items: keys.map((key) => ({ ...key, apiVersion: 'v1', kind: 'Secret' })),
        }
        writeFileSync(backup, JSON.stringify(list))
        const flags = ['--cert', await certificate()]
        const text = await sealed(flags, manifest(name('recover'), values))
        const { status, stdout, stderr } = await sealer(
          cluster,
          ['--recovery-unseal', '--recovery-private-key', backup],
          text,
        )
        expect([status, stderr]).toEqual([0, ''])
        expect(dataOf(parse(stdout) as AnyObject)).toEqual(values)
        passed('--recovery-unseal')
      })

      it('opens when keys are many, and is sealed anew to the newest', async (context) => {
        const flags = ['--cert', await certificate()]
        const text = await sealed(flags, manifest(name('many'), values))
        const before = await sealingKeys(cluster)
        await unsealer.stop()
        const own = name(`own-key-${Date.now()}`)
        const newest = await bringOwnKey(cluster, own)
        unsealer = await startUnsealer(cluster)
        await apply(cluster.client, parse(text) as AnyObject)
        expect(await opened(cluster, home, name('many'))).toEqual(values)
        expect(await (await fetch(`${unsealer.url}/v1/cert.pem`)).text()).toBe(newest)
        // Nobody touched the older keys.
        const after = await sealingKeys(cluster)
        expect(after.map(identity)).toEqual(expect.arrayContaining(before.map(identity)))
        expect(after).toHaveLength(before.length + 1)
        passed(`${after.length} keys`)
        if (cluster.proxyAddress === undefined) return context.skip()
        const answer = await sealer(cluster, ['--re-encrypt', '-o', 'json'], text)
        expect([answer.status, answer.stderr]).toEqual([0, ''])
        const rotated = parse(answer.stdout) as AnyObject
        expect(at(rotated, 'spec', 'encryptedData')).not.toEqual(
          at(parse(text), 'spec', 'encryptedData'),
        )
        const file = join(cluster.folder, 'newest.json')
        const key = after.find(({ metadata }) => metadata.name === own)
        writeFileSync(file, JSON.stringify({ ...key, apiVersion: 'v1', kind: 'Secret' }))
        const recovered = await sealer(
          cluster,
          ['--recovery-unseal', '--recovery-private-key', file],
          answer.stdout,
        )
        expect([recovered.status, recovered.stderr]).toEqual([0, ''])
        expect(dataOf(parse(recovered.stdout) as AnyObject)).toEqual(values)
        passed('--re-encrypt')
      })
    })
  })
})

function manifest(name: string, data: Readonly<Record<string, Buffer>>): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: home, name },
    data: Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, value.toString('base64')]),
    ),
  })
}

function moved(object: AnyObject, namespace: string, name: string): AnyObject {
  const text = JSON.parse(JSON.stringify(object)) as {
    metadata: Record<string, unknown>
    spec: { template?: { metadata?: Record<string, unknown> } }
  } & AnyObject
  Object.assign(text.metadata, { namespace, name })
  Object.assign(text.spec.template?.metadata ?? {}, { namespace, name })
  return text
}

function scopeMarks(scope: string): Record<string, string> {
  return scope === 'strict' ? {} : { [`sealedsecrets.bitnami.com/${scope}`]: 'true' }
}

function identity({ metadata }: Pick<AnyObject, 'metadata'>): string {
  return `${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`
}

function dataOf(secret: AnyObject): Record<string, Buffer> {
  return Object.fromEntries(
    Object.entries((secret['data'] ?? {}) as Record<string, string>).map(([key, value]) => [
      key,
      Buffer.from(value ?? '', 'base64'),
    ]),
  )
}

/** The Secret's values, once it is there. */
async function opened(
  cluster: Cluster,
  namespace: string,
  name: string,
): Promise<Record<string, Buffer>> {
  for (let tries = 0; tries < 600; tries++) {
    const secret = await cluster.client.get(secrets, { namespace, name })
    if (secret !== null) {
      return Object.fromEntries(
        Object.entries(secret.data ?? {}).map(([key, value]) => [
          key,
          Buffer.from(fromBase64(value) ?? new Uint8Array()),
        ]),
      )
    }
    await cluster.env.clock.sleep(50)
  }
  const object = await cluster.client.get(sealedSecrets, { namespace, name })
  throw new Error(`no Secret ${name}: ${JSON.stringify(at(object, 'status'))}`)
}

/** Holds once the controller has said that it cannot open it; and there is no Secret. */
async function refused(cluster: Cluster, namespace: string, name: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const object = await cluster.client.get(sealedSecrets, { namespace, name })
    const conditions = (at(object, 'status', 'conditions') ?? []) as AnyObject[]
    const told = conditions.find((one) => at(one, 'type') === 'Synced')
    if (at(told, 'status') === 'False') {
      expect(at(told, 'message')).toContain('no key could decrypt secret')
      expect(await cluster.client.get(secrets, { namespace, name })).toBeNull()
      return
    }
    await cluster.env.clock.sleep(50)
  }
  throw new Error(`${name} was not refused`)
}
