import { describe, expect, it } from 'vitest'
import { secrets } from '#api'
import { canary, describeLeaks, scanForCanaries } from '../canary.ts'
import { every } from './servers.ts'
import {
  conditionOf,
  externalSecrets,
  inSimulation,
  secretStores,
  type Stage,
  vaultStore,
} from './stage.ts'

const app = { namespace: 'web', name: 'app' }

async function commitStoreAndSecret(
  stage: Stage,
  options: { deletionPolicy?: string } = {},
): Promise<void> {
  await stage.apply(`
${vaultStore(stage)}---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: app, namespace: web}
spec:
  refreshInterval: ${every('10s')}
  secretStoreRef: {name: vault}
  target: {deletionPolicy: ${options.deletionPolicy ?? 'Retain'}}
  data:
    - secretKey: password
      remoteRef: {key: apps/web, property: password}
`)
}

async function expectNoLeaks(stage: Stage): Promise<void> {
  expect(describeLeaks(scanForCanaries(await stage.outputs()))).toBe('')
}

describe('an ExternalSecret on Vault', () => {
  it('becomes a Secret, follows a rotation, and is put back when somebody edits it', () =>
    inSimulation(async (stage) => {
      const first = canary('first-password')
      const second = canary('second-password')
      stage.vault.put('secret/apps/web', { password: first })
      await commitStoreAndSecret(stage)
      expect(await stage.values(app)).toEqual({ password: first })

      stage.vault.put('secret/apps/web', { password: second })
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

  it('keeps its Secret byte for byte while Vault is away, says why, and recovers by itself', () =>
    inSimulation(async (stage) => {
      stage.vault.put('secret/apps/web', { password: canary('kept') })
      await commitStoreAndSecret(stage, { deletionPolicy: 'Delete' })
      await stage.values(app)
      const before = await stage.secret(app)
      await stage.stopVault()
      const failing = await stage.when(
        externalSecrets,
        app,
        (object) => conditionOf(object, 'Ready').status === 'False',
      )
      expect(conditionOf(failing, 'Ready').reason).toBe('SecretSyncedError')
      await stage.event('app', /connection refused|Vault/)
      await stage.env.clock.sleep(600_000)
      expect(await stage.secret(app)).toEqual(before)
      await stage.startVault()
      await stage.when(
        externalSecrets,
        app,
        (object) => conditionOf(object, 'Ready').status === 'True',
      )
      expect((await stage.secret(app))?.metadata.resourceVersion).toBe(
        before?.metadata.resourceVersion,
      )
      await expectNoLeaks(stage)
    }))

  it('writes nothing at rest, and nothing after a restart', () =>
    inSimulation(async (stage) => {
      stage.vault.put('secret/apps/web', { password: canary('at-rest') })
      await commitStoreAndSecret(stage)
      await stage.values(app)
      await stage.when(
        externalSecrets,
        app,
        (object) => conditionOf(object, 'Ready').status === 'True',
      )
      await stage.env.clock.sleep(60_000)
      const quiet = await versions(stage)
      await stage.env.clock.sleep(300_000)
      expect(await versions(stage)).toEqual(quiet)
      await stage.restart()
      await stage.env.clock.sleep(300_000)
      expect(await versions(stage)).toEqual(quiet)
    }))
})

/** resourceVersions of what the operator writes. */
async function versions(stage: Stage): Promise<readonly (string | undefined)[]> {
  const objects = [
    await stage.secret(app),
    await stage.client.get(externalSecrets, app),
    await stage.client.get(secretStores, { namespace: 'web', name: 'vault' }),
  ]
  return objects.map((object) => object?.metadata.resourceVersion)
}

/** What a backend may answer in place of a value, and what must be told of it. */
const answers: readonly [
  string,
  { status: number; body: string; headers?: Record<string, string> },
  RegExp,
][] = [
  [
    'a page of HTML',
    {
      status: 200,
      body: `<html>${canary('html')}</html>`,
      headers: { 'content-type': 'text/html' },
    },
    /JSON|answer/i,
  ],
  [
    'truncated JSON',
    { status: 200, body: `{"data":{"data":{"password":"${canary('cut').slice(0, 20)}` },
    /JSON|answer/i,
  ],
  [
    '403',
    { status: 403, body: `{"errors":["permission denied ${canary('denied')}"]}` },
    /denie[sd]/i,
  ],
  [
    '429',
    { status: 429, body: `{"errors":["${canary('limited')}"]}`, headers: { 'retry-after': '2' } },
    /rate|limit|429|too many/i,
  ],
  ['500', { status: 500, body: `{"errors":["${canary('broken')}"]}` }, /500|unavailable|server/i],
  ['an empty body', { status: 200, body: '' }, /JSON|answer|empty/i],
]

describe('a Vault that misbehaves', () => {
  it.each(answers)(
    'answers %s: the Secret stays, and the event says so without quoting it',
    (_what, answer, told) =>
      inSimulation(async (stage) => {
        stage.vault.put('secret/apps/web', { password: canary('good') })
        await commitStoreAndSecret(stage, { deletionPolicy: 'Delete' })
        await stage.values(app)
        const before = await stage.secret(app)
        await stage.stopVault()
        await stage.startVault(() => Promise.resolve(answer))
        const failing = await stage.when(
          externalSecrets,
          app,
          (object) => conditionOf(object, 'Ready').status === 'False',
        )
        expect(conditionOf(failing, 'Ready').reason).toBe('SecretSyncedError')
        await stage.event('app', told)
        expect(await stage.secret(app)).toEqual(before)
        await expectNoLeaks(stage)
      }),
  )

  it('never answers: the read is given up and the Secret stays', () =>
    inSimulation(async (stage) => {
      stage.vault.put('secret/apps/web', { password: canary('silent') })
      await commitStoreAndSecret(stage)
      await stage.values(app)
      const before = await stage.secret(app)
      await stage.stopVault()
      await stage.startVault(
        (request) =>
          new Promise((_resolve, reject) => {
            request.signal.addEventListener('abort', () => reject(new Error('hung up')), {
              once: true,
            })
          }),
      )
      await stage.event('app', /did not answer|in time/i)
      expect(await stage.secret(app)).toEqual(before)
      await expectNoLeaks(stage)
    }))
})

/** Mistakes in a reference, and where the event says they are. */
const mistakes: readonly [string, string, RegExp][] = [
  [
    'a key that does not exist',
    '{key: apps/nothing, property: password}',
    /spec\.data\[0\].*apps\/nothing/,
  ],
  ['a property that does not exist', '{key: apps/web, property: nothing}', /apps\/web|property/],
  [
    'a version that does not exist',
    '{key: apps/web, property: password, version: "77"}',
    /apps\/web/,
  ],
]

describe('an ExternalSecret with a mistake', () => {
  it.each(mistakes)('names %s and leaves its Secret as it was', (_what, ref, told) =>
    inSimulation(async (stage) => {
      stage.vault.put('secret/apps/web', { password: canary('was-good') })
      await commitStoreAndSecret(stage)
      await stage.values(app)
      const before = await stage.secret(app)
      await stage.client.patch(
        externalSecrets,
        app,
        { spec: { data: [{ secretKey: 'password', remoteRef: flow(ref) }] } },
        { type: 'merge' },
      )
      const failing = await stage.when(
        externalSecrets,
        app,
        (object) => conditionOf(object, 'Ready').status === 'False',
      )
      expect(conditionOf(failing, 'Ready').reason).toBe('SecretSyncedError')
      await stage.event('app', told)
      expect((await stage.secret(app))?.data).toEqual(before?.data)
      await expectNoLeaks(stage)
    }),
  )

  it('is refused by the API server when its shape is wrong', () =>
    inSimulation(async (stage) => {
      await expect(
        stage.apply(`
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: wrong, namespace: web}
spec:
  secretStoreRef: {name: vault, kind: Nonsense}
`),
      ).rejects.toMatchObject({ reason: 'InvalidSpec' })
    }))

  it('cannot make a token for a ServiceAccount', () =>
    inSimulation(async (stage) => {
      stage.vault.put('secret/apps/web', { password: canary('token') })
      await commitStoreAndSecret(stage)
      await stage.values(app)
      await stage.apply(`
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: thief, namespace: web}
spec:
  secretStoreRef: {name: vault}
  target:
    template:
      type: kubernetes.io/service-account-token
      metadata: {annotations: {kubernetes.io/service-account.name: default}}
  data:
    - secretKey: password
      remoteRef: {key: apps/web, property: password}
`)
      await stage.when(
        externalSecrets,
        { namespace: 'web', name: 'thief' },
        (object) => conditionOf(object, 'Ready').status === 'False',
      )
      expect(await stage.secret({ namespace: 'web', name: 'thief' })).toBeNull()
    }))
})

function flow(text: string): unknown {
  return Object.fromEntries(
    text
      .slice(1, -1)
      .split(', ')
      .map((pair) => pair.split(': ').map((part) => part.replaceAll('"', ''))),
  )
}
