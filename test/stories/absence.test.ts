import { describe, expect, it } from 'vitest'
import { secrets, type AnyObject } from '#api'
import { canary, describeLeaks, scanForCanaries } from '../canary.ts'
import { lockstep } from './command.ts'
import { every } from './servers.ts'
import { conditionOf, externalSecrets, inSimulation, type Stage, vaultStore } from './stage.ts'

const names = ['a', 'b', 'c', 'd', 'e', 'f']

function keyOf(name: string): { namespace: string; name: string } {
  return { namespace: 'web', name }
}

async function commit(
  stage: Stage,
  options: {
    deletionPolicy?: string
    names?: readonly string[]
    entries?: (name: string) => string
    interval?: string
  } = {},
): Promise<void> {
  const all = options.names ?? names
  for (const name of all) stage.vault.put(`secret/apps/${name}`, { password: canary(`of-${name}`) })
  await stage.apply(`
${vaultStore(stage)}`)
  for (const name of all) {
    await stage.apply(`
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: ${name}, namespace: web}
spec:
  refreshInterval: ${every(options.interval ?? '1m')}
  secretStoreRef: {name: vault}
  target: {deletionPolicy: ${options.deletionPolicy ?? 'Delete'}}
${options.entries?.(name) ?? `  data: [{secretKey: password, remoteRef: {key: apps/${name}, property: password}}]`}
`)
  }
  for (const name of all) {
    await stage.values(keyOf(name))
    await ready(stage, name)
  }
}

function ready(stage: Stage, name: string): Promise<AnyObject> {
  return stage.when(
    externalSecrets,
    keyOf(name),
    (es) => conditionOf(es, 'Ready').status === 'True',
  )
}

function held(stage: Stage, name: string): Promise<AnyObject> {
  return stage.when(
    externalSecrets,
    keyOf(name),
    (es) => conditionOf(es, 'Ready').message?.startsWith('deletion held back') === true,
  )
}

/** As after a restore of Vault from nothing. */
async function emptyVault(stage: Stage, all: readonly string[] = names): Promise<void> {
  for (const name of all) stage.vault.remove(`secret/apps/${name}`)
}

async function present(stage: Stage): Promise<readonly string[]> {
  const { items } = await stage.client.list(secrets, { namespace: 'web' })
  return items.map(({ metadata }) => metadata.name).filter((name) => name !== 'vault-token')
}

async function expectNoLeaks(stage: Stage, ...more: unknown[]): Promise<void> {
  expect(describeLeaks(scanForCanaries({ ...(await stage.outputs()), more }))).toBe('')
}

describe('a backend restored empty', () => {
  it('deletes nothing until a person confirms, and then exactly what was shown', () =>
    inSimulation(async (stage) => {
      await commit(stage)
      await emptyVault(stage)
      for (const name of names) await held(stage, name)
      expect(conditionOf(await held(stage, 'a'), 'Ready')).toMatchObject({
        status: 'False',
        reason: 'SecretSyncedError',
      })
      await stage.event('a', /lockstep confirm secretstore\/vault -n web/)
      await stage.event('vault', /6 of 6 references are absent at once/)
      expect(await present(stage)).toEqual(names)
      expect(String((await stage.outputs())['metrics'])).toContain(
        'lockstep_external_secret_deletion_held{name="a",namespace="web"} 1',
      )

      const declined = await lockstep(stage, ['confirm', 'secretstore/vault', '-n', 'web'], 'n')
      expect(declined.status).toBe(1)
      expect(declined.stdout).toContain('Secret web/a: deleted')
      const unasked = await lockstep(stage, ['confirm', 'secretstore/vault', '-n', 'web'])
      expect(unasked.status).toBe(1)
      expect(unasked.stderr).toContain('--yes')
      await stage.env.clock.sleep(600_000)
      expect(await present(stage)).toEqual(names)

      // One that is made after the person looked was not shown, so it is not confirmed.
      const confirmed = await lockstep(stage, [
        'confirm',
        'secretstore',
        'vault',
        '-n',
        'web',
        '--yes',
      ])
      expect(confirmed).toMatchObject({ status: 0, stderr: '' })
      for (const name of names) {
        await stage.when(
          externalSecrets,
          keyOf(name),
          (es) => conditionOf(es, 'Ready').reason === 'SecretDeleted',
        )
      }
      expect(await present(stage)).toEqual([])
      await expectNoLeaks(stage, declined, confirmed)
    }))

  // Issue 5: an answer held the second in which it was made, its condition the one in which the look
  // began; where a second went by between, what a person had confirmed was void.
  it('is confirmed by what was shown, however slowly the store answered', () =>
    inSimulation(async (stage) => {
      await commit(stage)
      await stage.stopVault()
      await emptyVault(stage)
      await stage.startVault(async (request) => {
        await stage.env.clock.sleep(1_100)
        return await stage.vault.handler(request)
      })
      for (const name of names) await held(stage, name)
      const confirmed = await lockstep(stage, [
        'confirm',
        'secretstore/vault',
        '-n',
        'web',
        '--yes',
      ])
      expect(confirmed).toMatchObject({ status: 0, stderr: '' })
      for (const name of names) {
        await stage.when(
          externalSecrets,
          keyOf(name),
          (es) => conditionOf(es, 'Ready').reason === 'SecretDeleted',
        )
      }
      expect(await present(stage)).toEqual([])
    }))

  it('is noticed by an operator that starts only then', () =>
    inSimulation(async (stage) => {
      await commit(stage)
      await emptyVault(stage)
      await stage.restart()
      for (const name of names) await held(stage, name)
      await stage.restart()
      await stage.env.clock.sleep(900_000)
      expect(await present(stage)).toEqual(names)
    }))

  it('recovers by itself when the values are back, and an old answer confirms nothing new', () =>
    inSimulation(async (stage) => {
      await commit(stage)
      await stage.stopVault()
      await emptyVault(stage)
      await stage.startVault()
      for (const name of names) await held(stage, name)
      // Confirmed while nobody is there to act on it.
      const { stdout } = await lockstep(stage, ['confirm', 'secretstore/vault', '-o', 'json'])
      const answers = JSON.parse(stdout) as { name: string; answer: string }[]
      expect(answers.map(({ name }) => name)).toEqual(names)
      for (const name of names)
        stage.vault.put(`secret/apps/${name}`, { password: canary(`of-${name}`) })
      // What is held back is looked at again after five minutes.
      await stage.pass(300_000)
      for (const name of names) await ready(stage, name)
      for (const { name, answer } of answers) {
        await stage.client.patch(
          externalSecrets,
          keyOf(name),
          { metadata: { annotations: { 'lockstep.dev/confirm-absence': answer } } },
          { type: 'merge' },
        )
      }
      await stage.env.clock.sleep(120_000)
      await emptyVault(stage)
      for (const name of names) await held(stage, name)
      expect(await present(stage)).toEqual(names)
    }))

  it('empties no Secret of several keys either, whatever the policy', () =>
    inSimulation(async (stage) => {
      const entries = (name: string): string => `  data:
    - {secretKey: password, remoteRef: {key: apps/${name}, property: password}}
    - {secretKey: shared, remoteRef: {key: common, property: shared}}`
      stage.vault.put('secret/common', { shared: canary('shared-value') })
      await commit(stage, { deletionPolicy: 'Merge', entries, names: [...names, 'g', 'h'] })
      const before = await stage.secret(keyOf('a'))
      await emptyVault(stage, [...names, 'g', 'h'])
      // Half of the references, not more: this is believed.
      await stage.values(keyOf('a'), (values) => Object.keys(values).join() === 'shared')
      expect(Object.keys(before?.data ?? {})).toEqual(['password', 'shared'])
    }))

  it('is told from a store of which a few are taken away', () =>
    inSimulation(async (stage) => {
      await commit(stage, { names: [...names, 'g', 'h', 'i', 'j', 'k', 'l'] })
      await emptyVault(stage)
      for (const name of names) {
        await stage.when(
          externalSecrets,
          keyOf(name),
          (es) => conditionOf(es, 'Ready').reason === 'SecretDeleted',
        )
      }
      expect(await present(stage)).toEqual(['g', 'h', 'i', 'j', 'k', 'l'])
    }))

  it('that empties slowly is followed to the half and no further', () =>
    inSimulation(async (stage) => {
      await commit(stage, { names: [...names, 'g', 'h', 'i', 'j'], interval: '10s' })
      for (const name of [...names, 'g', 'h', 'i', 'j']) {
        await emptyVault(stage, [name])
        await stage.env.clock.sleep(30_000)
      }
      expect(await present(stage)).toEqual(['f', 'g', 'h', 'i', 'j'])
      for (const name of ['f', 'j']) await held(stage, name)
    }))

  it('takes nothing from a list that has become much shorter', () =>
    inSimulation(async (stage) => {
      const entries = (): string => `  dataFrom: [{find: {path: apps, name: {regexp: .*}}}]`
      await commit(stage, { names, entries, deletionPolicy: 'Retain' })
      await stage.values(keyOf('a'), (values) => Object.keys(values).length === 6)
      await emptyVault(stage, names.slice(1))
      await held(stage, 'a')
      expect(Object.keys((await stage.secret(keyOf('a')))?.data ?? {})).toHaveLength(6)
    }))
})
