import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dataPath, metadataPath } from './path.ts'

describe('the path of a key', () => {
  const v2 = { path: 'secret', version: 'v2' } as const
  const deep = { path: 'team/kv', version: 'v2' } as const
  const v1 = { path: 'kv', version: 'v1' } as const
  const free = { version: 'v2' } as const
  it.each([
    [v2, 'apps/db', 'secret/data/apps/db'],
    [v2, 'secret/apps/db', 'secret/data/apps/db'],
    [v2, 'secret/data/apps/db', 'secret/data/apps/db'],
    [v2, 'data/apps/db', 'secret/data/data/apps/db'],
    [v2, 'secrets/db', 'secret/data/secrets/db'],
    [deep, 'db', 'team/kv/data/db'],
    [deep, 'team/kv/db', 'team/kv/data/db'],
    [v1, 'apps/db', 'kv/apps/db'],
    [v1, 'kv/apps/db', 'kv/apps/db'],
    [v1, 'kv/data/db', 'kv/data/db'],
    [free, 'secret/apps/db', 'secret/data/apps/db'],
    [free, 'secret/data/apps/db', 'secret/data/apps/db'],
    [free, 'team/kv/data/db', 'team/kv/data/db'],
    [{ version: 'v1' } as const, 'kv/apps/db', 'kv/apps/db'],
    [v2, 'a b/ü?#%&', 'secret/data/a%20b/%C3%BC%3F%23%25%26'],
  ])('under %j, %s is %s', (mount, key, path) => {
    expect(dataPath(mount, key)).toBe(path)
  })

  it('of metadata lies beside it', () => {
    expect(metadataPath(v2, 'apps/db')).toBe('secret/metadata/apps/db')
    expect(metadataPath(v2, 'secret/data/apps/db')).toBe('secret/metadata/apps/db')
    expect(metadataPath(free, 'team/kv/data/db')).toBe('team/kv/metadata/db')
    expect(metadataPath(v2, '')).toBe('secret/metadata/')
  })

  it('stays below the mount whatever the key is, or is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (key) => {
        let path: string
        try {
          path = dataPath(v2, key)
        } catch {
          return
        }
        const { pathname, search, hash } = new URL(`http://vault/v1/${path}`)
        expect(pathname.startsWith('/v1/secret/data/')).toBe(true)
        expect(search + hash).toBe('')
      }),
    )
    for (const key of ['', 'apps/', '..', 'a/../b', './a', '../../sys/seal']) {
      expect(() => dataPath(v2, key)).toThrow(/^(the key names no entry|a key may not have)/)
    }
  })
})
