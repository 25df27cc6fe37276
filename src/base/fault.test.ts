import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Fault, faultOf, outcomeOf } from './fault.ts'
import { Sensitive } from './sensitive.ts'

describe('Fault', () => {
  it('says what was being done in front of what went wrong, and keeps reason, place and retry', () => {
    const fault = new Fault('RateLimited', 'asked to wait', {
      retry: { kind: 'after', ms: 5_000 },
      at: 'spec.data[0]',
    }).within('read apps/db from Vault')
    expect(fault.message).toBe('read apps/db from Vault: asked to wait')
    expect(fault.reason).toBe('RateLimited')
    expect(fault.at).toBe('spec.data[0]')
    expect(fault.retry).toEqual({ kind: 'after', ms: 5_000 })
  })

  it('does not repeat the text of a thrown error that is no Fault', () => {
    const fault = faultOf(new Error('password=hunter2'))
    expect(fault.reason).toBe('InternalError')
    expect(fault.message).not.toContain('hunter2')
  })

  it('becomes a value through outcomeOf', async () => {
    const outcome = await outcomeOf(() => Promise.reject(new Fault('Unavailable', 'down')))
    expect(outcome).toMatchObject({ kind: 'failed', fault: { reason: 'Unavailable' } })
  })
})

describe('Sensitive', () => {
  it('prints as [redacted] whatever it is handed to', () => {
    const secret = Sensitive.of('hunter2')
    expect(String(secret)).toBe('[redacted]')
    expect(JSON.stringify({ secret })).toBe('{"secret":"[redacted]"}')
    expect(inspect({ secret })).toContain('[redacted]')
    expect(inspect(secret, { showHidden: true, depth: 9 })).not.toContain('hunter2')
    expect(secret.revealText()).toBe('hunter2')
  })
})
