import { expect, it } from 'vitest'
import { memoryMirror, MemoryRepository } from '#embedded/git'
import { resolveRevision } from './revision.ts'

it('a range that no tag is in is repeated up to 256 characters', async () => {
  const repository = new MemoryRepository()
  repository.commit({ 'a.yaml': 'a: 1' }, 'first')
  const mirror = memoryMirror(repository)
  const { signal } = new AbortController()
  const found = (semver: string) => resolveRevision(mirror, { semver }, signal, () => undefined)
  await expect(found('>=2')).rejects.toMatchObject({
    reason: 'NotFound',
    message: 'no match found for semver: >=2',
  })
  await expect(found('9'.repeat(100_000))).rejects.toMatchObject({
    message: `no match found for semver: ${'9'.repeat(256)}`,
  })
})
