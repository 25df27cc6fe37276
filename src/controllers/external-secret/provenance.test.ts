import { describe, expect, it } from 'vitest'
import type { Source } from './source.ts'
import { provenanceOf } from './provenance.ts'

const source: Source = {
  from: 'spec.data[0]',
  keys: ['password'],
  store: { kind: 'SecretStore', namespace: 'web', name: 'vault' },
  remoteKey: 'apps/web',
  property: 'password',
  version: '3',
}

describe('provenance', () => {
  it('names store, remote key, property, version and when, and no more', () => {
    expect(provenanceOf([source], [], 0)).toEqual([
      {
        from: 'spec.data[0]',
        keys: ['password'],
        store: { kind: 'SecretStore', name: 'vault' },
        remoteKey: 'apps/web',
        property: 'password',
        version: '3',
        time: '1970-01-01T00:00:00Z',
      },
    ])
  })

  it('keeps its time while the version stays, and takes a new one with a new version', () => {
    const first = provenanceOf([source], [], 0)
    expect(provenanceOf([source], first, 60_000)).toEqual(first)
    const next = provenanceOf([{ ...source, version: '4' }], first, 60_000)
    expect(next[0]?.time).toBe('1970-01-01T00:01:00Z')
  })

  it('stays small', () => {
    const keys = Array.from({ length: 5_000 }, (_, i) => `key-${i}`)
    const sources = Array.from({ length: 500 }, () => ({ ...source, keys }))
    const bounded = provenanceOf(sources, [], 0)
    expect(bounded).toHaveLength(200)
    expect(bounded[0]?.keys).toHaveLength(100)
  })
})
