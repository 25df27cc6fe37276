import { describe, expect, it } from 'vitest'
import { secrets } from '#api'
import { at, fromBase64, textOf, utf8 } from '#base'
import { seal } from '#cli/seal'
import { parse, stringify } from 'yaml'
import { canary, describeLeaks, scanForCanaries } from '../canary.ts'
import { conditionOf, inSimulation, sealedSecrets, type Stage } from './stage.ts'

const app = { namespace: 'web', name: 'app' }

/** What a person does: `lockstep seal --cert cluster.pem < secret.yaml`. */
async function sealed(stage: Stage, value: string, flags: readonly string[] = []): Promise<string> {
  const certificate = await certificateOf(stage)
  await stage.env.fs.write('/tmp/cluster.pem', certificate)
  const out: string[] = []
  const told: string[] = []
  const status = await seal(
    ['--cert', '/tmp/cluster.pem', '-o', 'yaml', ...flags],
    {
      env: stage.env,
      cwd: '/tmp',
      variables: {},
      stdin: () =>
        Promise.resolve(
          utf8(
            stringify({
              apiVersion: 'v1',
              kind: 'Secret',
              metadata: { name: 'app', namespace: 'web' },
              stringData: { password: value },
            }),
          ),
        ),
      stdout: (text) => out.push(typeof text === 'string' ? text : textOf(text)),
      stderr: (text) => told.push(text),
      isTty: false,
    },
    new AbortController().signal,
  )
  expect([status, told.join('')]).toEqual([0, ''])
  return out.join('')
}

async function certificateOf(stage: Stage): Promise<string> {
  for (;;) {
    const { items } = await stage.client.list(secrets, {
      namespace: 'lockstep-system',
      labelSelector: 'sealedsecrets.bitnami.com/sealed-secrets-key=active',
    })
    const certificate = items[0]?.data?.['tls.crt']
    if (certificate !== undefined) return textOf(fromBase64(certificate) ?? new Uint8Array())
    await stage.env.clock.sleep(100)
  }
}

/** The manifest with one character of the ciphertext changed. */
function tampered(manifest: string): string {
  const object = parse(manifest) as { spec: { encryptedData: { password: string } } }
  const text = object.spec.encryptedData.password
  const middle = text.length - 40
  object.spec.encryptedData.password =
    text.slice(0, middle) + (text[middle] === 'A' ? 'B' : 'A') + text.slice(middle + 1)
  return stringify(object)
}

async function expectNoLeaks(stage: Stage): Promise<void> {
  expect(describeLeaks(scanForCanaries(await stage.outputs()))).toBe('')
}

describe('a SealedSecret', () => {
  it('becomes a Secret, follows a new value, and is put back when somebody edits or deletes it', () =>
    inSimulation(async (stage) => {
      const first = canary('sealed-first')
      const second = canary('sealed-second')
      await stage.apply(await sealed(stage, first))
      expect(await stage.values(app)).toEqual({ password: first })
      await stage.apply(await sealed(stage, second))
      await stage.values(app, (values) => values['password'] === second)
      await stage.client.patch(
        secrets,
        app,
        { data: { password: 'b29wcw==' } },
        { type: 'merge', fieldManager: 'somebody' },
      )
      await stage.values(app, (values) => values['password'] === second)
      await stage.client.delete(secrets, app)
      await stage.values(app, (values) => values['password'] === second)
      await expectNoLeaks(stage)
    }))

  it('whose ciphertext was tampered with leaves the Secret of before as it was, and says why', () =>
    inSimulation(async (stage) => {
      const manifest = await sealed(stage, canary('sealed-good'))
      await stage.apply(manifest)
      await stage.values(app)
      await stage.when(
        sealedSecrets,
        app,
        (found) => conditionOf(found, 'Synced').status === 'True',
      )
      const before = await stage.secret(app)
      await stage.apply(tampered(manifest))
      const object = await stage.when(
        sealedSecrets,
        app,
        (found) => conditionOf(found, 'Synced').status === 'False',
      )
      expect(conditionOf(object, 'Synced').message).toContain(
        'no key could decrypt secret (password)',
      )
      await stage.event('app', /no key could decrypt secret/)
      expect(await stage.secret(app)).toEqual(before)
      await expectNoLeaks(stage)
    }))

  it('sealed for another namespace or name does not open', () =>
    inSimulation(async (stage) => {
      const manifest = await sealed(stage, canary('sealed-elsewhere'))
      await stage.apply(
        manifest
          .replace('namespace: web', 'namespace: other')
          .replace('namespace: web', 'namespace: other'),
      )
      await stage.when(
        sealedSecrets,
        { namespace: 'other', name: 'app' },
        (found) => conditionOf(found, 'Synced').status === 'False',
      )
      expect(await stage.secret({ namespace: 'other', name: 'app' })).toBeNull()
      await expectNoLeaks(stage)
    }))

  it('sealed cluster-wide opens wherever it is put', () =>
    inSimulation(async (stage) => {
      const value = canary('sealed-for-all')
      const manifest = await sealed(stage, value, ['--scope', 'cluster-wide'])
      await stage.apply(manifest.replaceAll('namespace: web', 'namespace: other'))
      await stage.values(
        { namespace: 'other', name: 'app' },
        (values) => values['password'] === value,
      )
    }))

  it('is not opened again, and nothing is written, after a restart', () =>
    inSimulation(async (stage) => {
      await stage.apply(await sealed(stage, canary('sealed-restart')))
      await stage.values(app)
      await stage.when(
        sealedSecrets,
        app,
        (found) => conditionOf(found, 'Synced').status === 'True',
      )
      await stage.env.clock.sleep(10_000)
      const versions = async (): Promise<readonly unknown[]> => [
        (await stage.secret(app))?.metadata.resourceVersion,
        at(await stage.client.get(sealedSecrets, app), 'metadata', 'resourceVersion'),
      ]
      const quiet = await versions()
      await stage.restart()
      await stage.env.clock.sleep(600_000)
      expect(await versions()).toEqual(quiet)
    }))
})
