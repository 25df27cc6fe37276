/** What every Mirror does, whatever stands behind it. */
import { describe, expect, test } from 'vitest'
import { textOf } from '#base'
import type { NewFile } from '#embedded/git'
import { fetchRevision, resolveRevision, type Mirror } from '#git'

/** A mirror and the repository that it follows. */
export interface MirrorBench {
  readonly mirror: Mirror
  readonly commit: (
    files: Readonly<Record<string, NewFile>>,
    options?: { readonly branch?: string; readonly parent?: string | null },
  ) => Promise<string>
  readonly setRef: (ref: string, commit: string | null) => Promise<void>
}

/** Runs `work` on a fresh empty repository. */
export type WithBench = (work: (bench: MirrorBench) => Promise<void>) => Promise<void>

const signal = new AbortController().signal

/** The contract, for a mirror named `name`. */
export function describeMirror(name: string, withBench: WithBench): void {
  const newest = async (mirror: Mirror, branch: string): Promise<string> => {
    const revision = await resolveRevision(mirror, { branch }, signal)
    return (await fetchRevision(mirror, { branch }, revision, signal)).text
  }

  describe(`a mirror: ${name}`, () => {
    test('shows the newest commit of a branch, and its tree', () =>
      withBench(async ({ mirror, commit }) => {
        const id = await commit({ 'a.yaml': 'a', 'x/y.yaml': 'y', 'x.yaml': 'b', l: { link: 'a' } })
        expect(await newest(mirror, 'main')).toBe(`main@sha1:${id}`)
        const entries = await mirror.tree(id, '', signal)
        expect(entries?.map((entry) => `${entry.kind} ${entry.name}`)).toEqual([
          'file a.yaml',
          'link l',
          'file x.yaml',
          'folder x',
        ])
        const inner = await mirror.tree(id, './x/', signal)
        expect(textOf(await mirror.blob(inner?.[0]?.id ?? '', 10, signal))).toBe('y')
        expect(await mirror.tree(id, 'a.yaml', signal)).toBeNull()
        expect(await mirror.tree(id, 'nowhere', signal)).toBeNull()
      }))

    test('has nothing that was not fetched', () =>
      withBench(async ({ mirror, commit }) => {
        const id = await commit({ a: 'a' })
        expect(await mirror.has(id, signal)).toBe(false)
        await expect(mirror.commit(id, signal)).rejects.toMatchObject({ reason: 'NotFound' })
        await newest(mirror, 'main')
        expect(await mirror.has(id, signal)).toBe(true)
      }))

    test('tells which paths differ', () =>
      withBench(async ({ mirror, commit }) => {
        const a = await commit({ keep: '1', gone: '1', 'x/same': '1', 'x/moved': '1' })
        await newest(mirror, 'main')
        const b = await commit({ keep: '1', 'x/same': '1', 'x/moved': '2', 'x/new': '1' })
        await newest(mirror, 'main')
        expect(await mirror.diff(a, b, signal)).toEqual([
          { path: 'gone', kind: 'removed' },
          { path: 'x/moved', kind: 'changed' },
          { path: 'x/new', kind: 'added' },
        ])
      }))

    test('says NotFound for a branch that is not there, and for an empty repository', () =>
      withBench(async ({ mirror, commit }) => {
        await expect(newest(mirror, 'main')).rejects.toMatchObject({
          message: 'git repository is empty',
        })
        await commit({ a: 'a' })
        await expect(newest(mirror, 'prod')).rejects.toMatchObject({ reason: 'NotFound' })
      }))

    test('gives a pinned commit only when a branch or tag leads to it', () =>
      withBench(async ({ mirror, commit, setRef }) => {
        const first = await commit({ a: '1' })
        await commit({ a: '2' })
        const stray = await commit({ a: '3' }, { branch: 'fork' })
        await setRef('refs/heads/fork', null)
        await mirror.fetchCommit(first, signal)
        expect(await mirror.has(first, signal)).toBe(true)
        await expect(mirror.fetchCommit(stray, signal)).rejects.toMatchObject({
          reason: 'NotFound',
        })
        await expect(mirror.fetchCommit('main', signal)).rejects.toMatchObject({
          reason: 'InvalidSpec',
        })
      }))

    test('follows a history that was rewritten', () =>
      withBench(async ({ mirror, commit }) => {
        await commit({ a: '1' })
        await newest(mirror, 'main')
        const other = await commit({ b: '1' }, { parent: null })
        expect(await newest(mirror, 'main')).toBe(`main@sha1:${other}`)
      }))

    test('refuses a file beyond the limit and reads on afterwards', () =>
      withBench(async ({ mirror, commit }) => {
        const id = await commit({ big: 'x'.repeat(1_000), small: 's' })
        await newest(mirror, 'main')
        const [big, small] = (await mirror.tree(id, '', signal)) ?? []
        await expect(mirror.blob(big?.id ?? '', 10, signal)).rejects.toMatchObject({
          reason: 'TooLarge',
        })
        expect(textOf(await mirror.blob(small?.id ?? '', 10, signal))).toBe('s')
      }))

    test('refuses names that are no references', () =>
      withBench(async ({ mirror }) => {
        for (const ref of ['--upload-pack=x', 'refs/heads/a..b', 'refs/heads/a b', 'main']) {
          await expect(mirror.fetch(ref, signal)).rejects.toMatchObject({
            reason: 'InvalidSpec',
          })
        }
      }))

    test('ends at once for a caller who gave up', () =>
      withBench(async ({ mirror, commit }) => {
        await commit({ a: '1' })
        const given = AbortSignal.abort(new Error('enough'))
        await expect(mirror.refs(given)).rejects.toThrow('enough')
        expect((await mirror.refs(signal)).get('refs/heads/main')).toBeDefined()
      }))
  })
}
