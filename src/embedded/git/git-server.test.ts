import { expect, test } from 'vitest'
import { Sensitive, textOf } from '#base'
import { realEnv } from '#base/env'
import { fetchRevision, gitMirror, resolveRevision, type GitMirrorOptions, type Mirror } from '#git'
import { createGitServer, type GitServer } from './index.ts'

const signal = new AbortController().signal

interface Bench {
  readonly server: GitServer
  readonly url: string
  readonly folder: string
  readonly mirror: (options?: Partial<GitMirrorOptions>) => Mirror
}

async function withServer(
  options: { auth?: { username: string; password: string } },
  work: (bench: Bench) => Promise<void>,
): Promise<void> {
  const env = realEnv()
  const folder = await env.fs.makeTempFolder('lockstep-git-test-')
  const server = createGitServer({ env, folder: `${folder}/served`, ...options })
  await server.create('repo')
  const listener = await env.net.listen(server.handler)
  const mirrors: Mirror[] = []
  const url = `${listener.url}/repo.git`
  let count = 0
  try {
    await work({
      server,
      url,
      folder,
      mirror: (extra = {}) => {
        const mirror = gitMirror({ env, url, folder: `${folder}/mirror-${++count}`, ...extra })
        mirrors.push(mirror)
        return mirror
      },
    })
  } finally {
    for (const mirror of mirrors) await mirror.close()
    await listener.close()
    await env.fs.remove(folder)
  }
}

async function newest(mirror: Mirror, branch: string): Promise<string> {
  const revision = await resolveRevision(mirror, { branch }, signal)
  return (await fetchRevision(mirror, { branch }, revision, signal)).commit
}

test('a commit made in process is listed, fetched and read', async () => {
  await withServer({}, async ({ server, mirror }) => {
    const first = await server.commit('repo', { 'a.yaml': 'a: 1\n', 'x/b.yaml': 'b' }, 'first')
    const copy = mirror()
    expect(await newest(copy, 'main')).toBe(first)
    const root = await copy.tree(first, '', signal)
    expect(root?.map(({ name, kind }) => `${kind} ${name}`)).toEqual(['file a.yaml', 'folder x'])
    const inner = await copy.tree(first, './x/', signal)
    expect(textOf(await copy.blob(inner?.[0]?.id ?? '', 100, signal))).toBe('b')
    expect(await copy.tree(first, 'nowhere', signal)).toBeNull()
    expect((await copy.commit(first, signal)).subject).toBe('first')

    const second = await server.commit('repo', { 'x/b.yaml': 'c', 'x/n.yaml': 'n' }, 'second')
    expect(await newest(copy, 'main')).toBe(second)
    expect(await copy.diff(first, second, signal)).toEqual([
      { path: 'x/b.yaml', kind: 'changed' },
      { path: 'x/n.yaml', kind: 'added' },
    ])
  })
})

test('a basic credential opens the repository and is in no argument, file or environment', async () => {
  await withServer({ auth: { username: 'ada', password: 'canary-3141' } }, async (bench) => {
    const commit = await bench.server.commit('repo', { 'a.yaml': 'a' }, 'first')
    const password = Sensitive.of('canary-3141')
    const seen: string[] = []
    const real = realEnv()
    const env = {
      ...real,
      spawn: {
        ...real.spawn,
        run: async (command: Parameters<typeof real.spawn.run>[0]) => {
          seen.push(JSON.stringify(command))
          return real.spawn.run(command)
        },
      },
    }
    const copy = bench.mirror({ env, credential: { kind: 'basic', username: 'ada', password } })
    expect(await newest(copy, 'main')).toBe(commit)
    expect(seen.length).toBeGreaterThan(0)
    expect(seen.join()).not.toContain('canary')
    expect(seen.join()).not.toContain(Buffer.from('ada:canary-3141').toString('base64'))
  })
})

test('a wrong or missing password is an AccessDenied that does not repeat it', async () => {
  await withServer({ auth: { username: 'ada', password: 'right' } }, async (bench) => {
    await bench.server.commit('repo', { 'a.yaml': 'a' }, 'first')
    await expect(newest(bench.mirror(), 'main')).rejects.toMatchObject({ reason: 'AccessDenied' })
    const wrong = { kind: 'basic', username: 'ada', password: Sensitive.of('wrong-2718') } as const
    const failed = newest(bench.mirror({ credential: wrong }), 'main')
    await expect(failed).rejects.toMatchObject({ reason: 'AccessDenied' })
    await expect(failed).rejects.not.toThrow('2718')
  })
})

test('no such branch, no such repository, an empty one and a dead host are told apart', async () => {
  await withServer({}, async (bench) => {
    await expect(newest(bench.mirror(), 'main')).rejects.toMatchObject({
      reason: 'NotFound',
      message: 'git repository is empty',
    })
    await bench.server.commit('repo', { 'a.yaml': 'a' }, 'first')
    await expect(newest(bench.mirror(), 'prod')).rejects.toMatchObject({
      reason: 'NotFound',
      message: 'couldn\'t find remote ref "refs/heads/prod"',
    })
    const elsewhere = bench.mirror({ url: bench.url.replace('repo.git', 'other.git') })
    await expect(newest(elsewhere, 'main')).rejects.toMatchObject({ reason: 'NotFound' })
    const dead = bench.mirror({ url: 'http://127.0.0.1:9/x.git' })
    await expect(newest(dead, 'main')).rejects.toMatchObject({ reason: 'Unavailable' })
    bench.server.behave({ status: 503 })
    await expect(newest(bench.mirror(), 'main')).rejects.toMatchObject({ reason: 'Unavailable' })
  })
})

test('a pinned commit must be reachable from a branch or tag', async () => {
  await withServer({}, async ({ server, mirror }) => {
    const first = await server.commit('repo', { 'a.yaml': 'a' }, 'first')
    const second = await server.commit('repo', { 'a.yaml': 'b' }, 'second')
    const stray = await server.commit('repo', { 'evil.yaml': 'x' }, 'stray', { branch: 'fork' })
    await server.setRef('repo', 'refs/heads/fork', null)
    const copy = mirror()
    expect(await newest(copy, 'main')).toBe(second)
    await copy.fetchCommit(first, signal)
    expect(await copy.has(first, signal)).toBe(true)
    await copy.fetchCommit(first, signal, 'refs/heads/main')
    await expect(copy.fetchCommit(stray, signal)).rejects.toMatchObject({ reason: 'NotFound' })
  })
})

test('an annotated tag gives the commit behind it, and a moved tag is followed', async () => {
  await withServer({}, async ({ server, mirror }) => {
    const first = await server.commit('repo', { 'a.yaml': 'a' }, 'first')
    await server.annotate('repo', 'v1', first)
    const copy = mirror()
    const revision = await resolveRevision(copy, { tag: 'v1' }, signal)
    expect(revision.text).toBe(`v1@sha1:${first}`)
    await fetchRevision(copy, { tag: 'v1' }, revision, signal)
    expect(await copy.tree(first, '/', signal)).toHaveLength(1)
  })
})

test('a history rewritten by force is followed', async () => {
  await withServer({}, async ({ server, mirror }) => {
    await server.commit('repo', { 'a.yaml': 'a' }, 'first')
    const copy = mirror()
    await newest(copy, 'main')
    const rewritten = await server.commit('repo', { 'b.yaml': 'b' }, 'other', {
      parent: null,
      replace: true,
    })
    expect(await newest(copy, 'main')).toBe(rewritten)
    expect((await copy.tree(rewritten, '', signal))?.map(({ name }) => name)).toEqual(['b.yaml'])
  })
})

test('a mirror broken on disk is made anew', async () => {
  await withServer({}, async ({ server, mirror, folder }) => {
    const first = await server.commit('repo', { 'a.yaml': 'a' }, 'first')
    const env = realEnv()
    await newest(mirror({ folder: `${folder}/m` }), 'main')
    await env.fs.remove(`${folder}/m/objects`)
    await env.fs.write(`${folder}/m/objects`, 'no folder at all')
    expect(await newest(mirror({ folder: `${folder}/m` }), 'main')).toBe(first)
  })
})

test('git clone and git push work against the server', async () => {
  await withServer({}, async ({ server, url, folder }) => {
    await server.commit('repo', { 'a.yaml': 'a' }, 'first')
    const env = realEnv()
    const git = async (...args: string[]): Promise<number> => {
      const home = {
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: 'a',
        GIT_AUTHOR_EMAIL: 'a@b',
        GIT_COMMITTER_NAME: 'a',
        GIT_COMMITTER_EMAIL: 'a@b',
      }
      return (await env.spawn.run({ file: 'git', args, cwd: folder, env: home })).code
    }
    expect(await git('clone', '--quiet', url, 'work')).toBe(0)
    await env.fs.write(`${folder}/work/b.yaml`, 'b')
    expect(await git('-C', 'work', 'add', '.')).toBe(0)
    expect(await git('-C', 'work', 'commit', '--quiet', '-m', 'by hand')).toBe(0)
    expect(await git('-C', 'work', 'push', '--quiet', 'origin', 'HEAD:main')).toBe(0)
    expect(await server.resolve('repo', 'refs/heads/main:b.yaml')).not.toBeNull()
  })
})
