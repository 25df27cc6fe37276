import { deployments, resource, secrets, type AnyObject, type Resource, type Secret } from '#api'
import { at, Fault, fromBase64, isObject, stringOf, textOf, type Env } from '#base'
import type { Client } from '#kube'
import { deployment, externalSecret, namespace, plainSecret, secretStore } from './manifests.ts'
import { until, type Narrator } from './narrator.ts'

/** What the story is played on. */
export interface Stage {
  readonly env: Env
  readonly client: Client
  readonly vault: {
    readonly url: string
    put(path: string, data: Readonly<Record<string, string>>): void
    stop(): Promise<void>
    start(): Promise<void>
  }
  /** Commits files (null removes one) to the repository that is synced. @returns the commit. */
  commit(files: Readonly<Record<string, string | null>>, message: string): Promise<string>
  /** Runs `lockstep seal` on a manifest. @returns the SealedSecret as YAML. */
  seal(manifest: string): Promise<string>
}

const externalSecrets = resource('external-secrets.io/v1', 'ExternalSecret', 'externalsecrets')
const database = { namespace, name: 'database' }
const payment = { namespace, name: 'payment' }

/** Plays the whole story, in order; throws at the first step that fails. */
export async function playStory(
  stage: Stage,
  narrator: Narrator,
  signal: AbortSignal,
): Promise<void> {
  const sealed = await commitEverything(stage, narrator)
  await secretsAppear(stage, narrator, signal)
  await rotate(stage, narrator, signal)
  await editByHand(stage, narrator, signal)
  await loseVault(stage, narrator, signal)
  await prune(stage, sealed, narrator, signal)
}

/** @returns the SealedSecret that was committed. */
async function commitEverything(stage: Stage, narrator: Narrator): Promise<string> {
  stage.vault.put('secret/shop/database', { username: 'shop', password: firstPassword })
  const sealed = await narrator.step('seal a Secret with `lockstep seal`', 10_000, () =>
    stage.seal(plainSecret(apiKey)),
  )
  await narrator.step(
    'commit a SecretStore, an ExternalSecret, the SealedSecret and a Deployment',
    10_000,
    async (told) => {
      const commit = await stage.commit(
        {
          'deploy/store.yaml': secretStore(stage.vault.url),
          'deploy/database.yaml': externalSecret,
          'deploy/payment.yaml': sealed,
          'deploy/shop.yaml': deployment,
        },
        'shop: database and payment credentials',
      )
      told(`main is at ${commit.slice(0, 12)}`)
    },
  )
  return sealed
}

async function secretsAppear(stage: Stage, narrator: Narrator, signal: AbortSignal): Promise<void> {
  await narrator.step('both Secrets appear in the cluster', 15_000, async (told) => {
    for (const key of [database, payment]) {
      const secret = await secretWhere(stage, key, () => true, signal)
      told(`${namespace}/${key.name}: ${masked(secret)}`)
    }
    await objectWhere(stage, deployments, { namespace, name: 'shop' }, () => true, signal)
    told('Deployment shop uses both')
  })
}

async function rotate(stage: Stage, narrator: Narrator, signal: AbortSignal): Promise<void> {
  await narrator.step('rotate the password in Vault: the Secret follows', 10_000, async (told) => {
    stage.vault.put('secret/shop/database', { username: 'shop', password: secondPassword })
    const secret = await secretWhere(
      stage,
      database,
      (found) => valueOf(found, 'DATABASE_URL').includes(secondPassword),
      signal,
    )
    told(`${namespace}/database: ${masked(secret)}`)
  })
}

async function editByHand(stage: Stage, narrator: Narrator, signal: AbortSignal): Promise<void> {
  await narrator.step('edit the Secret by hand: it is put back', 10_000, async () => {
    await stage.client.patch(
      secrets,
      database,
      { data: { DATABASE_URL: 'b29wcw==' } },
      { type: 'merge', fieldManager: 'somebody', signal },
    )
    await secretWhere(
      stage,
      database,
      (found) => valueOf(found, 'DATABASE_URL').includes(secondPassword),
      signal,
    )
  })
}

async function loseVault(stage: Stage, narrator: Narrator, signal: AbortSignal): Promise<void> {
  const before = await secretWhere(stage, database, () => true, signal)
  await narrator.step('stop Vault: nothing is lost, and status says why', 15_000, async (told) => {
    await stage.vault.stop()
    const failing = await objectWhere(
      stage,
      externalSecrets,
      database,
      (found) => readyOf(found)?.status === 'False',
      signal,
    )
    const after = await secretWhere(stage, database, () => true, signal)
    if (after.metadata.resourceVersion !== before.metadata.resourceVersion) {
      throw new Fault('InternalError', 'the Secret was touched while Vault was away')
    }
    told(`Ready=False ${readyOf(failing)?.reason}: ${readyOf(failing)?.message}`)
    const why = await warningAbout(stage, failing, signal)
    told(`event: ${why}`)
  })
  await narrator.step('start Vault again: ready by itself', 15_000, async () => {
    await stage.vault.start()
    await objectWhere(
      stage,
      externalSecrets,
      database,
      (found) => readyOf(found)?.status === 'True',
      signal,
    )
  })
}

async function prune(
  stage: Stage,
  sealed: string,
  narrator: Narrator,
  signal: AbortSignal,
): Promise<void> {
  await narrator.step('remove a manifest from Git: it is pruned', 15_000, async (told) => {
    await stage.commit({ 'deploy/payment.yaml': null }, 'shop: no payments any more')
    await until(
      async () =>
        (await stage.client.get(secrets, payment, { signal })) === null ? true : undefined,
      stage.env.clock,
      signal,
    )
    told(`SealedSecret and Secret ${namespace}/payment are gone; the others stay`)
    await secretWhere(stage, database, () => true, signal)
  })
  await narrator.step('put it back: the same ciphertext opens again', 15_000, async () => {
    await stage.commit({ 'deploy/payment.yaml': sealed }, 'shop: payments after all')
    await secretWhere(stage, payment, () => true, signal)
  })
}

const firstPassword = 'correct-horse-battery'
const secondPassword = 'staple-after-rotation'
const apiKey = 'pk_demo_4242424242'

function secretWhere(
  stage: Stage,
  key: { namespace: string; name: string },
  fits: (secret: Secret) => boolean,
  signal: AbortSignal,
): Promise<Secret> {
  return objectWhere(stage, secrets, key, fits, signal)
}

function objectWhere<T extends AnyObject | Secret>(
  stage: Stage,
  kind: Resource<T>,
  key: { namespace: string; name: string },
  fits: (object: T) => boolean,
  signal: AbortSignal,
): Promise<T> {
  return until(
    async () => {
      const found = await stage.client.get(kind, key, { signal })
      return found !== null && fits(found) ? found : undefined
    },
    stage.env.clock,
    signal,
  )
}

async function warningAbout(stage: Stage, object: AnyObject, signal: AbortSignal): Promise<string> {
  return await until(
    async () => {
      const { items } = await stage.client.list(resource('v1', 'Event', 'events'), {
        namespace,
        fieldSelector: `involvedObject.name=${object.metadata.name}`,
        signal,
      })
      const warnings = items.filter((event) => event['type'] === 'Warning')
      return stringOf(warnings.at(-1)?.['message'])
    },
    stage.env.clock,
    signal,
  )
}

function readyOf(
  object: AnyObject,
): { status: string; reason: string; message: string } | undefined {
  const conditions = at(object, 'status', 'conditions')
  if (!Array.isArray(conditions)) return undefined
  for (const condition of conditions as readonly unknown[]) {
    if (!isObject(condition) || condition['type'] !== 'Ready') continue
    return {
      status: stringOf(condition['status']) ?? '',
      reason: stringOf(condition['reason']) ?? '',
      message: stringOf(condition['message']) ?? '',
    }
  }
  return undefined
}

function valueOf(secret: Secret, key: string): string {
  return textOf(fromBase64(secret.data?.[key] ?? '') ?? new Uint8Array())
}

/** Keys, and of the values only how long they are. */
function masked(secret: Secret): string {
  return Object.keys(secret.data ?? {})
    .sort()
    .map((key) => `${key}=${'•'.repeat(8)} (${valueOf(secret, key).length} bytes)`)
    .join('  ')
}
