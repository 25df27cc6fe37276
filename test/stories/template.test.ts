import { describe, expect, it } from 'vitest'
import { secrets } from '#api'
import { base64, utf8 } from '#base'
import { canary, describeLeaks, scanForCanaries } from '../canary.ts'
import { every } from './servers.ts'
import { externalSecrets, inSimulation, type Stage, vaultStore } from './stage.ts'

const app = { namespace: 'web', name: 'app' }

async function commit(stage: Stage, template: string): Promise<void> {
  await stage.apply(`
${vaultStore(stage)}---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: app, namespace: web}
spec:
  refreshInterval: ${every('10s')}
  secretStoreRef: {name: vault}
  target:
    template:
      data:
${template}
  data:
    - secretKey: user
      remoteRef: {key: apps/web, property: user}
`)
}

const twoKeys = `
        login: '{{ .user }}:{{ randAlphaNum 20 }}'
        since: '{{ now | date "2006-01-02T15:04:05.000" }}'`

describe('a template that answers differently each time', () => {
  it('keeps what it made over refreshes, a restart and a loss of status', () =>
    inSimulation(async (stage) => {
      const user = canary('user')
      stage.vault.put('secret/apps/web', { user })
      await commit(stage, twoKeys)
      const first = await stage.values(app)
      expect(first['login']?.startsWith(`${user}:`)).toBe(true)
      expect(first['login']?.slice(-20)).toMatch(/^[A-Za-z0-9]{20}$/)
      const before = await stage.secret(app)

      await stage.env.clock.sleep(60_000)
      expect(await stage.secret(app)).toEqual(before)

      await stage.restart()
      await stage.env.clock.sleep(60_000)
      expect(await stage.secret(app)).toEqual(before)

      await stage.client.patch(
        externalSecrets,
        app,
        { status: null },
        { type: 'merge', subresource: 'status' },
      )
      await stage.when(externalSecrets, app, (object) => 'status' in object)
      await stage.env.clock.sleep(30_000)
      expect(await stage.values(app)).toEqual(first)
      expect(describeLeaks(scanForCanaries(await stage.outputs()))).toBe('')
    }))

  it('is rendered anew when a value changes, and when the template does', () =>
    inSimulation(async (stage) => {
      stage.vault.put('secret/apps/web', { user: 'ann' })
      await commit(stage, twoKeys)
      const first = await stage.values(app)

      stage.vault.put('secret/apps/web', { user: 'bob' })
      const second = await stage.values(app, ({ login }) => login?.startsWith('bob:') === true)
      expect(second['login']?.slice(4)).not.toBe(first['login']?.slice(4))

      await commit(stage, `${twoKeys}\n        more: 'x'`)
      const third = await stage.values(app, ({ more }) => more === 'x')
      expect(third['login']).not.toBe(second['login'])
    }))

  it('is rendered anew when somebody changes what it made', () =>
    inSimulation(async (stage) => {
      stage.vault.put('secret/apps/web', { user: 'ann' })
      await commit(stage, twoKeys)
      const first = await stage.values(app)
      await stage.client.patch(
        secrets,
        app,
        { data: { login: base64(utf8('mallory')) } },
        { type: 'merge', fieldManager: 'somebody' },
      )
      const second = await stage.values(app, ({ login }) => login?.startsWith('ann:') === true)
      expect(second['login']).not.toBe(first['login'])
    }))
})
