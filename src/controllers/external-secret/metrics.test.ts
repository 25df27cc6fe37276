import { expect, it } from 'vitest'

import type { ExternalSecret } from '#api'
import { createMetrics } from '#runtime'
import { Memories } from './memory.ts'
import { registerMetrics } from './metrics.ts'

it('shows each object under the names that dashboards for External Secrets read', async () => {
  const es: ExternalSecret = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'app', namespace: 'web' },
    status: { conditions: [{ type: 'Ready', status: 'False' }] },
  }
  const memories = new Memories()
  const memory = memories.of('web/app', 'uid-1')
  memory.syncs = 3
  memory.errors = 1
  memory.refreshedMs = 1_500
  const metrics = await createMetrics()
  const cache = { get: () => es, list: () => [es], by: () => [], size: 1 }
  registerMetrics(metrics, cache, memories)

  const { text } = await metrics.render()
  const labels = 'name="app",namespace="web"'
  expect(text).toContain(
    `externalsecret_status_condition{${labels},condition="Ready",status="False"} 1`,
  )
  expect(text).toContain(
    `externalsecret_status_condition{${labels},condition="Ready",status="True"} 0`,
  )
  expect(text).toContain(`externalsecret_sync_calls_total{${labels}} 3`)
  expect(text).toContain(`externalsecret_sync_calls_error{${labels}} 1`)
  expect(text).toContain(`lockstep_external_secret_refreshed_timestamp_seconds{${labels}} 1.5`)

  memories.forget('web/app')
  expect((await metrics.render()).text).not.toContain(`externalsecret_sync_calls_total{${labels}}`)
})
