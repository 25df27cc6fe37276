import { describe, expect, it } from 'vitest'

import { secrets, type ExternalSecret } from '#api'
import { Fault, faultOf } from '#base'
import { simEnv } from '#base/env'
import { createClient } from '#kube'
import { refusalOf } from './refusal.ts'

function es(annotations: Readonly<Record<string, string>>): ExternalSecret {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'app', namespace: 'web' },
    spec: { target: { template: { metadata: { annotations } } } },
  }
}

interface Cause {
  readonly field: string
  readonly reason: string
  readonly message: string
}

/** What the client makes of an API server's refusal. */
async function refused(causes: readonly Cause[]): Promise<Fault> {
  const env = simEnv(1)
  const body = JSON.stringify({
    kind: 'Status',
    status: 'Failure',
    reason: 'Invalid',
    message: 'Secret "app" is invalid: hunter2',
    details: { name: 'app', kind: 'Secret', causes },
    code: 422,
  })
  env.net.plan = () => ({
    kind: 'answer',
    status: 422,
    body,
    headers: { 'content-type': 'application/json' },
  })
  const client = createClient({ env, server: { url: 'http://127.0.0.1:1' } })
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'app', namespace: 'web' } }
  return await env.clock.run(() =>
    client.create(secrets, secret).then(
      () => new Fault('InternalError', 'it was not refused'),
      (thrown: unknown) => faultOf(thrown),
    ),
  )
}

describe('a refusal of the API server', () => {
  it("reads as the API server's own sentence", async () => {
    const required = { reason: 'FieldValueRequired', message: 'Required value' }
    const two = await refused([
      { field: 'data[tls.crt]', ...required },
      { field: 'data[tls.key]', ...required },
    ])
    expect(refusalOf(two, es({}), 'app').message).toBe(
      'Secret "app" is invalid: [data[tls.crt]: Required value, data[tls.key]: Required value]',
    )
  })

  it('keeps a value that stands in the spec, and hides one that was rendered', async () => {
    const cause = (value: string): Cause => ({
      field: 'metadata.annotations',
      reason: 'FieldValueInvalid',
      message: `Invalid value: "${value}": must be good`,
    })
    const known = refusalOf(await refused([cause('odd key')]), es({ 'odd key': '1' }), 'app')
    expect(known.message).toContain('Invalid value: "odd key": must be good')
    const rendered = refusalOf(await refused([cause('hunter2')]), es({ a: '{{ .b }}' }), 'app')
    expect(rendered.message).toContain('Invalid value: [redacted]: must be good')
  })

  it('leaves alone what is no refusal', () => {
    const fault = new Fault('Unavailable', 'connection refused')
    expect(refusalOf(fault, es({}), 'app')).toBe(fault)
  })
})
