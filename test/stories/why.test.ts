import { describe, expect, it } from 'vitest'
import { canary, describeLeaks, scanForCanaries } from '../canary.ts'
import { lockstep } from './command.ts'
import { realKubeconfig } from './servers.ts'
import {
  conditionOf,
  externalSecrets,
  inSimulation,
  sealedSecrets,
  secretStores,
  type Stage,
} from './stage.ts'

interface Told {
  readonly status: number
  readonly reasons: readonly string[]
  readonly text: string
  readonly json: string
}

async function why(stage: Stage, ...argv: readonly string[]): Promise<Told> {
  const json = await lockstep(stage, ['why', ...argv, '-o', 'json'])
  const told = await lockstep(stage, ['why', ...argv])
  expect(json.stderr + told.stderr).toBe('')
  expect(told.status).toBe(json.status)
  const { findings } = JSON.parse(json.stdout) as { findings: { reason: string }[] }
  return {
    status: told.status,
    reasons: findings.map(({ reason }) => reason),
    text: told.stdout,
    json: json.stdout,
  }
}

function store(stage: Stage, name: string, secret = 'vault-token', key = 'token'): string {
  return `
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: ${name}, namespace: web}
spec:
  provider:
    vault:
      server: ${stage.vaultUrl}
      path: secret
      version: v2
      auth: {tokenSecretRef: {name: ${secret}, key: ${key}}}
`
}

async function prepare(stage: Stage): Promise<void> {
  stage.vault.put('secret/apps/web', { password: canary('why-password') })
  stage.vault.policy('narrow', 'path "secret/data/apps/web" { capabilities = ["read"] }')
  await stage.apply(`
apiVersion: v1
kind: Secret
metadata: {name: vault-token, namespace: web}
stringData: {token: ${stage.rootToken}}
---
apiVersion: v1
kind: Secret
metadata: {name: narrow-token, namespace: web}
stringData: {token: ${stage.vault.token(['narrow'])}}
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: Password
metadata: {name: wrong, namespace: web}
spec: {length: 4, digits: 6}
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: UUID
metadata: {name: uuid, namespace: web}
spec: {}
---${store(stage, 'vault')}---${store(stage, 'narrow', 'narrow-token')}---${store(stage, 'no-secret', 'nowhere')}---${store(stage, 'no-key', 'vault-token', 'tokn')}`)
}

function externalSecret(name: string, spec: string, interval = '1m'): string {
  return `
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: ${name}, namespace: web}
spec:
  refreshInterval: ${interval}
${spec}`
}

const entry = (ref: string, store = 'vault'): string => `  secretStoreRef: {name: ${store}}
  data: [{secretKey: password, remoteRef: {${ref}}}]
`
const drawn = (ref: string): string => `  dataFrom: [{sourceRef: {generatorRef: {${ref}}}}]
`
const good = entry('key: apps/web, property: password')

/** What is wrong, the manifest, the reasons told, words of the text and of the fix. */
const mistakes: readonly [string, string, readonly string[], RegExp, RegExp][] = [
  [
    'store-missing',
    entry('key: apps/web', 'nowhere'),
    ['StoreMissing'],
    /SecretStore nowhere, and there is no such store in the namespace web/,
    /\$ kubectl -n web get secretstores/,
  ],
  [
    'auth-secret-missing',
    entry('key: apps/web', 'no-secret'),
    ['StoreNotReady', 'AuthSecretMissing'],
    /logs in with the Secret web\/nowhere, and there is no such Secret/,
    /\$ kubectl -n web create secret generic nowhere --from-file=token=\/dev\/stdin/,
  ],
  [
    'auth-key-missing',
    entry('key: apps/web', 'no-key'),
    ['StoreNotReady', 'AuthKeyMissing'],
    /the key tokn of the Secret vault-token/,
    /--from-file=tokn=\/dev\/stdin/,
  ],
  [
    'generator-missing',
    drawn('kind: Password, name: nowhere'),
    ['GeneratorMissing'],
    /Password nowhere, and there is no such generator in the namespace web/,
    /\$ kubectl -n web get passwords\.generators\.external-secrets\.io/,
  ],
  [
    'generator-wrong',
    drawn('kind: Password, name: wrong'),
    ['GeneratorWrong'],
    /number of digits and symbols must be less than total length/,
    /\$ kubectl -n web edit passwords\.generators\.external-secrets\.io wrong/,
  ],
  [
    'generator-not-built',
    drawn('kind: Webhook, name: calls-out'),
    ['GeneratorNotBuilt'],
    /draws from a Webhook, which Lockstep does not make/,
    /^/,
  ],
  [
    'key-absent',
    entry('key: apps/nothing, property: password'),
    ['KeyAbsent'],
    /The entry apps\/nothing, property password, is not in the backend/,
    /\$ vault kv put -mount=secret apps\/nothing password=-/,
  ],
  [
    'property-absent',
    entry('key: apps/web, property: nothing'),
    ['PropertyAbsent'],
    /apps\/web is there, but it has no property nothing/,
    /\$ vault kv patch -mount=secret apps\/web nothing=-/,
  ],
  [
    'no-such-version',
    entry('key: apps/web, property: password, version: "77"'),
    ['NoSuchVersion'],
    /apps\/web has no version 77/,
    /\$ vault kv metadata get -mount=secret apps\/web/,
  ],
  [
    'denied',
    entry('key: apps/other, property: password', 'narrow'),
    ['Denied'],
    /does not let it read apps\/other/,
    /\$ vault token capabilities secret\/data\/apps\/other/,
  ],
  [
    'template-error',
    `${good}  target: {template: {data: {url: "{{ .nothing.at.all | nosuch }}"}}}\n`,
    ['TemplateError'],
    /template cannot be rendered.*nosuch/,
    /\$ kubectl -n web edit externalsecret template-error/,
  ],
  [
    'taken',
    `${good}  target: {name: owned}\n`,
    ['TargetOwnedByAnother'],
    /belongs to another, owner; two must not write one Secret/,
    /\$ kubectl -n web edit externalsecret taken/,
  ],
  [
    'forbidden-type',
    `${good}  target: {template: {type: kubernetes.io/service-account-token, metadata: {annotations: {kubernetes.io/service-account.name: default}}}}\n`,
    ['ForbiddenTarget'],
    /kubernetes.io\/service-account-token hands out rights/,
    /\$ kubectl -n web edit externalsecret forbidden-type/,
  ],
]

describe('lockstep why', () => {
  it('names what is wrong with an ExternalSecret, in plain words and with the command that mends it', () =>
    inSimulation(async (stage) => {
      await prepare(stage)
      await stage.apply(externalSecret('owner', `${good}  target: {name: owned}\n`))
      await stage.values({ namespace: 'web', name: 'owned' })
      for (const [name, spec] of mistakes) await stage.apply(externalSecret(name, spec))
      for (const [name] of mistakes) {
        await stage.when(
          externalSecrets,
          { namespace: 'web', name },
          (es) => conditionOf(es, 'Ready').status === 'False',
        )
      }
      for (const bad of ['no-secret', 'no-key']) {
        await stage.when(
          secretStores,
          { namespace: 'web', name: bad },
          (object) => conditionOf(object, 'Ready').status === 'False',
        )
      }
      await stage.env.clock.sleep(10_000)
      const all: Told[] = []
      for (const [name, , reasons, words, fix] of mistakes) {
        const told = await why(stage, 'externalsecret', `web/${name}`)
        all.push(told)
        expect([name, told.status, told.reasons]).toEqual([name, 1, reasons])
        expect(told.text).toMatch(words)
        expect(told.text).toMatch(fix)
      }
      const secret = await why(stage, 'web/key-absent')
      expect(secret.reasons).toEqual(['KeyAbsent'])
      expect(describeLeaks(scanForCanaries({ ...(await stage.outputs()), all }))).toBe('')
    }))

  it('says when nothing is wrong and when the next read is due, with exit status 0', () =>
    inSimulation(async (stage) => {
      await prepare(stage)
      await stage.apply(externalSecret('app', good, '3h'))
      await stage.apply(externalSecret('often', good, '10s'))
      await stage.apply(
        externalSecret('once', good).replace(
          'refreshInterval',
          'refreshPolicy: CreatedOnce\n  refreshInterval',
        ),
      )
      await stage.apply(externalSecret('made', drawn('kind: UUID, name: uuid'), '3h'))
      const sourceRef = 'sourceRef: {generatorRef: {kind: UUID, name: uuid}}'
      const asOne = `  data: [{secretKey: a, ${sourceRef}, remoteRef: {key: uuid}}]\n`
      await stage.apply(externalSecret('as-one', asOne))
      for (const name of ['app', 'often', 'once', 'made']) {
        await stage.when(
          externalSecrets,
          { namespace: 'web', name },
          (es) => conditionOf(es, 'Ready').status === 'True',
        )
      }
      await stage.env.clock.sleep(3_600_000)
      const app = await why(stage, 'app', '-n', 'web')
      expect(app).toMatchObject({ status: 0, reasons: ['UpToDate'] })
      // In real time an hour is a few seconds.
      const [ago, ahead] = realKubeconfig === undefined ? ['6\\dm', '1\\d\\dm'] : ['\\ds', '2h']
      expect(app.text).toMatch(
        new RegExp(
          `not yet due\\. It is read every 3h; it was read ${ago} ago, and is read again in ${ahead}`,
        ),
      )
      expect(app.text).toContain('$ kubectl -n web annotate externalsecret app force-sync=')
      expect((await why(stage, 'web/often')).text).toContain('arrives within that time')
      expect(await why(stage, 'web/once')).toMatchObject({ status: 0, reasons: ['NotReadAgain'] })
      const made = await why(stage, 'web/made')
      expect(made).toMatchObject({ status: 0, reasons: ['MadeAnew'] })
      // To read again is to replace what is in use.
      expect(made.text).not.toContain('force-sync')
      expect(await why(stage, 'web/as-one')).toMatchObject({
        status: 1,
        reasons: ['GeneratorInData'],
      })
      expect(await why(stage, 'web/vault-token')).toMatchObject({
        status: 0,
        reasons: ['MadeByOthers'],
      })
      expect(await why(stage, 'secretstore', 'web/vault')).toMatchObject({ status: 0 })
      expect(await why(stage, 'web/nothing-of-the-kind')).toMatchObject({
        status: 1,
        reasons: ['NothingMakesIt'],
      })
    }))

  it('tells an outage from everything else, and that nothing is lost', () =>
    inSimulation(async (stage) => {
      await prepare(stage)
      await stage.apply(externalSecret('app', good, '10s'))
      await stage.values({ namespace: 'web', name: 'app' })
      await stage.stopVault()
      await stage.when(
        externalSecrets,
        { namespace: 'web', name: 'app' },
        (es) => conditionOf(es, 'Ready').status === 'False',
      )
      await stage.env.clock.sleep(2_000)
      const told = await why(stage, 'web/app')
      expect(told).toMatchObject({ status: 1, reasons: ['Outage'] })
      expect(told.text).toContain('the Secret stays as it is')
      expect(told.text).toMatch(/\$ curl -sS .*\/v1\/sys\/health/)
    }))

  it('says what a sealed value was sealed for', () =>
    inSimulation(async (stage) => {
      const manifest = (name: string, template: string, annotations = '{}'): string => `
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: ${name}, namespace: web, annotations: ${annotations}}
spec:
  encryptedData: {password: ${Buffer.alloc(600, 7).toString('base64')}}
  template: {metadata: ${template}}
`
      await stage.apply(manifest('moved', '{name: origin, namespace: web}'))
      await stage.apply(
        manifest(
          'scoped',
          '{name: scoped, namespace: web, annotations: {sealedsecrets.bitnami.com/cluster-wide: "true"}}',
        ),
      )
      await stage.apply(manifest('foreign', '{name: foreign, namespace: web}'))
      const reasons = new Map([
        ['moved', 'SealedForAnotherName'],
        ['scoped', 'SealedForAnotherScope'],
        ['foreign', 'UnknownSealingKey'],
      ])
      for (const [name, reason] of reasons) {
        await stage.when(
          sealedSecrets,
          { namespace: 'web', name },
          (object) => conditionOf(object, 'Synced').status === 'False',
        )
        const told = await why(stage, `web/${name}`)
        expect(told).toMatchObject({ status: 1, reasons: [reason] })
        expect(told.text).toContain('$ lockstep seal')
      }
    }))

  it('is misused with status 2, and fails with status 1 and a hint', () =>
    inSimulation(async (stage) => {
      expect(await lockstep(stage, ['why'])).toMatchObject({ status: 2 })
      expect(await lockstep(stage, ['why', 'nonsense', 'web/a'])).toMatchObject({ status: 2 })
      expect(await lockstep(stage, ['why', 'web/a', '--nope'])).toMatchObject({ status: 2 })
      expect(await lockstep(stage, ['why', 'web/a', '-o', 'xml'])).toMatchObject({ status: 2 })
      const gone = await lockstep(stage, ['why', 'externalsecret', 'web/gone'])
      expect(gone.status).toBe(1)
      expect(gone.stderr).toContain('hint:')
    }))
})
