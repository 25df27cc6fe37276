/** A store's token is taken back, and hours later somebody puts a new one in its Secret. */
import { expect, it } from 'vitest'
import { secrets } from '#api'
import { conditionOf, externalSecrets, inSimulation, type Stage } from './stories/stage.ts'

const objects = 20

async function setTable(stage: Stage, token: string): Promise<void> {
  await stage.apply(`
apiVersion: v1
kind: Secret
metadata: {name: vault-token, namespace: lockstep-system}
stringData: {token: ${token}}
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider:
    vault:
      server: ${stage.vaultUrl}
      path: secret
      version: v2
      auth:
        tokenSecretRef: {name: vault-token, namespace: lockstep-system, key: token}
`)
  for (let i = 0; i < objects; i++) {
    await stage.apply(`
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: app-${i}, namespace: web}
spec:
  refreshInterval: 10s
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  data:
    - secretKey: password
      remoteRef: {key: apps/${i}, property: password}
`)
  }
}

const until = (stage: Stage, i: number, status: string): Promise<unknown> =>
  stage.when(externalSecrets, { namespace: 'web', name: `app-${i}` }, (object) => {
    return conditionOf(object, 'Ready').status === status
  })

it('everyone reads again within seconds of the new token, however long it took to come', () =>
  inSimulation(async (stage) => {
    const rotate = (round: number): void => {
      for (let i = 0; i < objects; i++) {
        stage.vault.put(`secret/apps/${i}`, { password: `password-${i}-of-round-${round}` })
      }
    }
    stage.vault.policy('reader', 'path "secret/*" { capabilities = ["read", "list"] }')
    const token = stage.vault.token(['reader'])
    rotate(1)
    await setTable(stage, token)
    for (let i = 0; i < objects; i++) await until(stage, i, 'True')

    stage.vault.revoke(token)
    rotate(2)
    for (let i = 0; i < objects; i++) await until(stage, i, 'False')
    await stage.env.clock.sleep(3 * 3_600_000) // each one's patience has grown to five minutes
    const renewedMs = stage.env.clock.monotonic()
    await stage.client.patch(
      secrets,
      { namespace: 'lockstep-system', name: 'vault-token' },
      { stringData: { token: stage.vault.token(['reader']) } },
      { type: 'merge', fieldManager: 'somebody' },
    )
    for (let i = 0; i < objects; i++) {
      await until(stage, i, 'True')
      const key = { namespace: 'web', name: `app-${i}` }
      expect(await stage.values(key)).toEqual({ password: `password-${i}-of-round-2` })
    }
    // Minutes, when only the object's own patience or the store's next look brought it back.
    expect(stage.env.clock.monotonic() - renewedMs).toBeLessThan(5_000)
  }))
