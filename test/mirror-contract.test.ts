import { Sensitive } from '#base'
import { realEnv } from '#base/env'
import { createGitServer, memoryMirror, MemoryRepository } from '#embedded/git'
import { gitMirror } from '#git'
import { withSsh } from './fakes/ssh.ts'
import { describeMirror } from './mirror-contract.ts'

describeMirror('in memory', async (work) => {
  const repository = new MemoryRepository()
  await work({
    mirror: memoryMirror(repository),
    commit: async (files, options) => repository.commit(files, 'a change', options),
    setRef: async (ref, commit) => repository.setRef(ref, commit),
  })
})

describeMirror('by the git binary, over smart HTTP', async (work) => {
  const env = realEnv()
  const folder = await env.fs.makeTempFolder('lockstep-mirror-')
  const server = createGitServer({ env, folder: `${folder}/served` })
  await server.create('repo')
  const listener = await env.net.listen(server.handler)
  const mirror = gitMirror({ env, url: `${listener.url}/repo.git`, folder: `${folder}/mirror` })
  try {
    await work({
      mirror,
      commit: (files, options) =>
        server.commit('repo', files, 'a change', { replace: true, ...options }),
      setRef: (ref, commit) => server.setRef('repo', ref, commit),
    })
  } finally {
    await mirror.close()
    await listener.close()
    await env.fs.remove(folder)
  }
})

const versions = [
  ['', true],
  [', to a server of the old protocol', false],
] as const
for (const [which, takesProtocol] of versions) {
  describeMirror(`by the git binary, over ssh${which}`, async (work) => {
    const real = realEnv()
    const folder = await real.fs.makeTempFolder('lockstep-mirror-')
    const env = withSsh(real, { root: `${folder}/served`, takesProtocol })
    const server = createGitServer({ env: real, folder: `${folder}/served` })
    await server.create('repo')
    const mirror = gitMirror({
      env,
      url: 'ssh://git@git.example.com/repo.git',
      folder: `${folder}/mirror`,
      credential: { kind: 'ssh', identity: Sensitive.of('a key'), knownHosts: 'a host' },
    })
    try {
      await work({
        mirror,
        commit: (files, options) =>
          server.commit('repo', files, 'a change', { replace: true, ...options }),
        setRef: (ref, commit) => server.setRef('repo', ref, commit),
      })
    } finally {
      await mirror.close()
      await real.fs.remove(folder)
    }
  })
}
