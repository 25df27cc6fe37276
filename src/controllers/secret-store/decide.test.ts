import { describe, expect, it } from 'vitest'

import type { SecretStore } from '#api'
import { isUnmaintained, validationIntervalMs } from './decide.ts'

function storeWith(refreshInterval: number | string | undefined): SecretStore {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'SecretStore',
    metadata: { name: 'store', namespace: 'web' },
    spec: { provider: {}, ...(refreshInterval === undefined ? {} : { refreshInterval }) },
  }
}

describe('validationIntervalMs', () => {
  it.each([
    ['five minutes without a word', undefined, 300_000],
    ['five minutes for 0', 0, 300_000],
    ['whole seconds', 30, 30_000],
    ['seconds written as text', '30', 30_000],
    ['a duration', '1m30s', 90_000],
    ['never less than a second', '1ms', 1_000],
  ])('is %s', (_name, asked, ms) => {
    expect(validationIntervalMs(storeWith(asked))).toBe(ms)
  })

  it('refuses what is no duration, naming the field', () => {
    expect(() => validationIntervalMs(storeWith('soon'))).toThrow(
      'spec.refreshInterval: "soon" is no duration',
    )
    expect(() => validationIntervalMs(storeWith(-1))).toThrow('is no duration')
  })
})

describe('isUnmaintained', () => {
  it('warns as External Secrets does, unless told not to', () => {
    const store = storeWith(undefined)
    expect(isUnmaintained(store, 'fake')).toBe(true)
    expect(isUnmaintained(store, 'vault')).toBe(false)
    const annotations = { 'external-secrets.io/ignore-maintenance-checks': 'true' }
    const quiet = { ...store, metadata: { ...store.metadata, annotations } }
    expect(isUnmaintained(quiet, 'fake')).toBe(false)
  })
})
