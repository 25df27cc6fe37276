import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { realEnv } from '#base/env'
import { createGitServer } from '#embedded/git'

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the program as a user does, in an environment of its own. */
function lockstep(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['src/bin/lockstep.ts', ...args],
      { timeout: 90_000, env: { PATH: process.env['PATH'] } },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr })
      },
    )
  })
}

const steps = [
  'start an API server, a Vault and a Git server',
  'start the operator',
  'seal a Secret with `lockstep seal`',
  'commit a SecretStore, an ExternalSecret, the SealedSecret and a Deployment',
  'both Secrets appear in the cluster',
  'rotate the password in Vault: the Secret follows',
  'edit the Secret by hand: it is put back',
  'stop Vault: nothing is lost, and status says why',
  'start Vault again: ready by itself',
  'remove a manifest from Git: it is pruned',
  'put it back: the same ciphertext opens again',
]

describe('lockstep demo --once', () => {
  it('plays every step, shows no value, leaves nothing behind and exits 0', async () => {
    const before = demoFolders()
    const { code, stdout, stderr } = await lockstep('demo', '--once')
    expect(stderr).toBe('')
    const ticked = stdout.split('\n').filter((line) => line.startsWith('✔'))
    expect(ticked.map((line) => line.replace(/^✔ +[\d.]+ s +/, ''))).toEqual(steps)
    for (const value of ['correct-horse', 'staple-after', 'pk_demo_']) {
      expect(stdout).not.toContain(value)
    }
    expect(demoFolders().filter((name) => !before.includes(name))).toEqual([])
    expect(code).toBe(0)
  }, 100_000)

  it('syncs a folder of a branch of a repository that it is given', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-repo-'))
    const env = realEnv()
    const git = createGitServer({ env, folder })
    await git.create('mine')
    const settings =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {a: b}\n'
    const commit = await git.commit('mine', { 'apps/settings.yaml': settings }, 'begin', {
      branch: 'prod',
    })
    const listener = await env.net.listen(git.handler)
    const url = `${listener.url}/mine.git`
    const flags = ['--once', '--repo', url, '--branch', 'prod', '--path', './apps']
    const { code, stdout, stderr } = await lockstep('demo', ...flags)
    await listener.close()
    rmSync(folder, { recursive: true, force: true })
    expect(stderr).toBe('')
    expect(stdout).toContain(`Applied revision: prod@sha1:${commit}`)
    expect(code).toBe(0)
  }, 100_000)

  it('exits 1 and says what the cluster says when a repository cannot be synced', async () => {
    const { code, stdout, stderr } = await lockstep(
      'demo',
      '--once',
      '--repo',
      'http://127.0.0.1:9/nothing.git',
    )
    expect(stdout).toContain('✘')
    expect(stdout).toContain('lockstep status -A')
    expect(stderr).toMatch(/^error: .*\nhint: .*\n$/)
    expect(code).toBe(1)
  }, 100_000)
})

describe('lockstep', () => {
  it('lists its commands, and exits 2 for one it does not know', async () => {
    expect(await lockstep('--help')).toMatchObject({ code: 0 })
    expect((await lockstep('--help')).stdout).toContain('lockstep COMMAND --help')
    expect(await lockstep('nonsense')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: there is no command nonsense\nhint: `lockstep --help` lists them\n',
    })
  })

  it.each(['run', 'demo', 'seal', 'status', 'version'])(
    'tells of %s when asked for help',
    async (command) => {
      const { code, stdout } = await lockstep(command, '--help')
      expect(stdout).toMatch(/Usage/i)
      expect(code).toBe(0)
    },
  )

  it('says in one line what is wrong with a kubeconfig, and in one what to do', async () => {
    const { code, stderr } = await lockstep('status', '--kubeconfig', '/nonexistent/config')
    expect(stderr).toMatch(/^error: .*\/nonexistent\/config.*\nhint: .*\n$/)
    expect(code).toBe(1)
  })
})

function demoFolders(): readonly string[] {
  return ['/dev/shm', '/tmp'].flatMap((parent) => {
    try {
      return readdirSync(parent).filter((name) => name.startsWith('lockstep-demo-'))
    } catch {
      return [] // not on this platform
    }
  })
}
