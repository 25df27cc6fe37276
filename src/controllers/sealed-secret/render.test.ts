import { describe, expect, it } from 'vitest'

import { textOf, utf8 } from '#base'
import { simEnv } from '#base/env'
import type { Made } from './render-task.ts'
import { templateRender } from './render.ts'

const values = new Map([['pass', utf8('hunter2')]])

async function made(...texts: readonly string[]): Promise<readonly string[]> {
  const env = simEnv(3)
  const jobs = texts.map((text, i) => ({ name: `k${i}`, text }))
  const all = await env.clock.run(() => templateRender(env)(jobs, values, AbortSignal.any([])))
  return all.map((one: Made) => (one.kind === 'made' ? textOf(one.bytes) : one.message))
}

describe('templates of a SealedSecret', () => {
  it('may ask for chance, keys and the clock', async () => {
    const [random, key, hash, year] = await made(
      '{{ randAlphaNum 12 }}',
      '{{ genPrivateKey "ecdsa" }}',
      '{{ htpasswd "ann" .pass }}',
      '{{ now | date "2006" }}',
    )
    expect(random).toMatch(/^[A-Za-z0-9]{12}$/)
    expect(key).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n/)
    expect(hash).toMatch(/^ann:\$2a\$10\$/)
    expect(year).toMatch(/^\d{4}$/)
  })

  it('are told all at once when they are wrong, without a value', async () => {
    const [bad, fine, worse] = await made('{{ .pass ', '{{ .pass }}', '{{ fail .pass }}')
    expect(bad).toBe('template: k0:1: unclosed action')
    expect(fine).toBe('hunter2')
    expect(worse).toMatch(/^template: k2:1:3: /)
    expect(worse).not.toContain('hunter2')
  })
})
