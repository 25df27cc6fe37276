import { describe, expect, it } from 'vitest'
import { memoryMirror, MemoryRepository } from '#embedded/git'
import { Mirrors, type Reach } from './mirrors.ts'

const url = 'https://git.example/team.git'
const withToken = (version: number): Reach => ({ url, identity: `token-${version}`, timeoutMs: 1 })

interface Lab {
  readonly mirrors: Mirrors
  /** Folders that are there. */
  readonly folders: Set<string>
  readonly closed: string[]
}

function lab(): Lab {
  const [folders, closed] = [new Set<string>(), [] as string[]]
  const repository = new MemoryRepository()
  const open = (_reach: Reach, folder: string): ReturnType<typeof memoryMirror> => {
    folders.add(folder)
    const mirror = memoryMirror(repository)
    return {
      ...mirror,
      close: async () => {
        closed.push(folder)
        await mirror.close()
      },
    }
  }
  const remove = (folder: string): Promise<void> => {
    folders.delete(folder)
    return Promise.resolve()
  }
  return { mirrors: new Mirrors('/mirrors', open, remove), folders, closed }
}

describe('a source whose token is renewed each hour', () => {
  it('has at most two copies on disk, however often', async () => {
    const { mirrors, folders } = lab()
    for (let version = 0; version < 50; version++) {
      mirrors.use('web/app', withToken(version))
      expect(folders.size).toBeLessThanOrEqual(2)
      for (let refreshed = 0; refreshed < 2; refreshed++) await mirrors.settled('web/app')
    }
    expect(folders.size).toBe(1)
  })

  it('keeps the last good copy, open, while the new token does not work', async () => {
    const { mirrors, folders, closed } = lab()
    mirrors.use('web/app', withToken(1))
    await mirrors.settled('web/app')
    mirrors.use('web/app', withToken(2))
    mirrors.use('web/app', withToken(3))
    expect(folders.size).toBe(3)
    expect(closed).toEqual([])
  })

  it('keeps it for whoever reads from it when the new one has been fetched', async () => {
    const { mirrors, closed } = lab()
    mirrors.use('web/app', withToken(1))
    mirrors.use('web/app', withToken(2))
    await mirrors.settled('web/app')
    expect(closed).toEqual([])
    await mirrors.settled('web/app')
    expect(closed).toHaveLength(1)
  })

  it('leaves the copy alone that another source uses', async () => {
    const { mirrors, folders } = lab()
    const shared = mirrors.use('web/app', withToken(1))
    expect(mirrors.use('web/other', withToken(1))).toBe(shared)
    mirrors.use('web/app', withToken(2))
    for (let refreshed = 0; refreshed < 2; refreshed++) await mirrors.settled('web/app')
    expect(folders.size).toBe(2)
  })
})

describe('a copy', () => {
  it('has the same name after a restart, and another while that one is removed', async () => {
    const [{ mirrors, folders }, restarted] = [lab(), lab()]
    mirrors.use('web/app', withToken(1))
    restarted.mirrors.use('web/app', withToken(1))
    expect(restarted.folders).toEqual(folders)
    const [first] = folders
    mirrors.use('web/app', withToken(2))
    mirrors.use('web/app', withToken(1))
    expect([...folders]).toHaveLength(3)
    for (let refreshed = 0; refreshed < 2; refreshed++) await mirrors.settled('web/app')
    expect([...folders]).toEqual([`${first}-1`])
  })

  it('goes with the last source that used it', async () => {
    const { mirrors, folders } = lab()
    mirrors.use('web/app', withToken(1))
    mirrors.use('web/other', withToken(1))
    await mirrors.release('web/app')
    expect(folders.size).toBe(1)
    await mirrors.release('web/other')
    expect(folders.size).toBe(0)
  })
})
