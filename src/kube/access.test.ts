import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { simEnv, type SimEnv } from '#base/env'
import { generateKeyTask, makeSelfSigned } from '#x509'
import { inClusterAccess, type InClusterPaths } from './in-cluster.ts'
import { impersonationHeaders } from './impersonation.ts'
import { kubeconfigAccess } from './kubeconfig.ts'
import type { ServerAccess } from './server-access.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

async function trustOf({ tls }: ServerAccess): Promise<unknown> {
  return typeof tls === 'function' ? await tls() : tls
}

/** A client certificate with its key. */
async function selfSigned(): Promise<{ readonly cert: string; readonly key: string }> {
  const key = await generateKeyTask.run({ type: 'ec' })
  const notAfterMs = Date.UTC(2030, 0)
  const request = { use: 'client', commonName: 'me', notBeforeMs: 0, notAfterMs } as const
  const env = simEnv(1)
  const cert = await env.clock.run(() => makeSelfSigned(env, request, key))
  return { cert, key: key.privateKey }
}

function config(user: string, cluster = ''): string {
  return `
apiVersion: v1
kind: Config
current-context: here
contexts:
- name: here
  context: { cluster: c, user: u, namespace: apps }
- name: there
  context: { cluster: other, user: u }
clusters:
- name: c
  cluster:
    server: https://10.0.0.1:6443
${cluster}
- name: other
  cluster: { server: "https://other.example/k8s/c1", insecure-skip-tls-verify: true, tls-server-name: inner }
users:
- name: u
  user:
${user}
`
}

describe('a kubeconfig', () => {
  it('gives server, trust, token and namespace', async () => {
    const text = config('    token: t0ken', `    certificate-authority-data: ${base64('CA')}`)
    const access = await kubeconfigAccess(simEnv(1), { text })
    expect(access).toMatchObject({
      url: 'https://10.0.0.1:6443',
      namespace: 'apps',
      tls: { ca: 'CA' },
    })
    expect(await access.authorization?.()).toBe('Bearer t0ken')
  })

  it('gives another context when asked', async () => {
    const access = await kubeconfigAccess(simEnv(1), {
      text: config('    token: t'),
      context: 'there',
    })
    expect(access.url).toBe('https://other.example/k8s/c1')
    expect(access.tls).toEqual({ insecure: true, serverName: 'inner' })
    expect(access.namespace).toBeUndefined()
  })

  it('gives a client certificate, and basic authentication', async () => {
    const certificate = `    client-certificate-data: ${base64('CERT')}\n    client-key-data: ${base64('KEY')}`
    const byCertificate = await kubeconfigAccess(simEnv(1), { text: config(certificate) })
    expect(byCertificate.tls).toEqual({ cert: 'CERT', key: 'KEY' })
    expect(byCertificate.authorization).toBeUndefined()
    const basic = await kubeconfigAccess(simEnv(1), {
      text: config('    username: jane\n    password: "pä:ss"'),
    })
    expect(await basic.authorization?.()).toBe(`Basic ${base64('jane:pä:ss')}`)
  })

  it('reads the files beside it, and a token file again when it has changed', async () => {
    const env = simEnv(1)
    await env.fs.makeFolder('/home/me/.kube')
    await env.fs.write(
      '/home/me/.kube/config',
      config('    tokenFile: tok', '    certificate-authority: ca.pem'),
    )
    await env.fs.write('/home/me/.kube/ca.pem', 'CA')
    await env.fs.write('/home/me/.kube/tok', 'one\n')
    const access = await kubeconfigAccess(env, { path: '/home/me/.kube/config' })
    expect(await trustOf(access)).toEqual({ ca: 'CA' })
    expect(await access.authorization?.()).toBe('Bearer one')
    await env.fs.write('/home/me/.kube/tok', 'two\n')
    expect(await access.authorization?.()).toBe('Bearer one')
    expect(await access.authorization?.('Bearer one')).toBe('Bearer two')
  })

  it('follows certificates that are renewed in their files within a minute', async () => {
    const env = simEnv(1)
    for (const folder of ['/kube/pki', '/etc']) await env.fs.makeFolder(folder)
    const user = '    client-certificate: pki/me.crt\n    client-key: pki/me.key'
    await env.fs.write('/kube/config', config(user, '    certificate-authority: /etc/ca.pem'))
    const write = async (age: string): Promise<void> => {
      await env.fs.write('/kube/pki/me.crt', `CERT ${age}`)
      await env.fs.write('/kube/pki/me.key', `KEY ${age}`)
      await env.fs.write('/etc/ca.pem', `CA ${age}`)
    }
    await write('old')
    const access = await kubeconfigAccess(env, { path: '/kube/config' })
    expect(await trustOf(access)).toEqual({ cert: 'CERT old', key: 'KEY old', ca: 'CA old' })
    await write('new')
    await env.clock.advance(61_000)
    expect(await trustOf(access)).toEqual({ cert: 'CERT new', key: 'KEY new', ca: 'CA new' })
  })

  it('never pairs a certificate with the key of another one, however it meets them', async () => {
    const env = simEnv(1)
    await env.fs.makeFolder('/kube')
    const user = '    client-certificate: me.crt\n    client-key: me.key'
    await env.fs.write('/kube/config', config(user))
    const [old, next] = [await selfSigned(), await selfSigned()]
    await env.fs.write('/kube/me.crt', old.cert)
    await env.fs.write('/kube/me.key', old.key)
    const access = await kubeconfigAccess(env, { path: '/kube/config' })
    expect(await trustOf(access)).toEqual(old)
    await env.fs.write('/kube/me.crt', next.cert)
    await env.clock.advance(61_000)
    expect(await trustOf(access)).toEqual(old) // until the other file has come
    await env.fs.write('/kube/me.key', next.key)
    expect(await trustOf(access)).toEqual(next)
    await env.fs.write('/kube/me.crt', old.cert.slice(0, 200)) // half of it is written
    await env.clock.advance(61_000)
    expect(await trustOf(access)).toEqual(next)
  })

  it('that names an empty token file speaks of the file, not of a Pod', async () => {
    const env = simEnv(1)
    await env.fs.write('/config', config('    tokenFile: /token'))
    await env.fs.write('/token', '')
    const access = await kubeconfigAccess(env, { path: '/config' })
    const fault = await access.authorization?.().catch((thrown: unknown) => thrown)
    expect(fault).toMatchObject({ reason: 'NotFound', message: '/token is not there, or empty' })
    expect(fault).not.toHaveProperty('hint', expect.any(String))
  })

  it('of several files: the first that names a thing counts, paths start beside it, missing ones do not matter', async () => {
    const env = simEnv(1)
    for (const folder of ['/one', '/two']) await env.fs.makeFolder(folder)
    await env.fs.write(
      '/one/config',
      `
current-context: there
users:
- name: u
  user: { tokenFile: token }
contexts:
`,
    )
    await env.fs.write('/one/token', 'of one')
    await env.fs.write('/two/config', config('    token: of two', '    certificate-authority: ca'))
    await env.fs.write('/two/ca', 'CA of two')
    const path = ['/nowhere', '/one/config', '/two/config']
    const there = await kubeconfigAccess(env, { path })
    expect(there.url).toBe('https://other.example/k8s/c1')
    expect(await there.authorization?.()).toBe('Bearer of one')
    const here = await kubeconfigAccess(env, { path, context: 'here' })
    expect(await trustOf(here)).toEqual({ ca: 'CA of two' })
    expect(await here.authorization?.()).toBe('Bearer of one')
    await expect(kubeconfigAccess(env, { path: ['/a', '/b'] })).rejects.toMatchObject({
      reason: 'NotFound',
      message: 'kubeconfig /a, /b is not there',
    })
  })

  it('may name no user', async () => {
    const text = config('    token: t').replace('user: u, n', 'user: "", n')
    expect((await kubeconfigAccess(simEnv(1), { text })).authorization).toBeUndefined()
  })

  it('acts as whom it says', async () => {
    const text = config('    token: t\n    as: jane\n    as-groups: [dev]')
    expect((await kubeconfigAccess(simEnv(1), { text })).as).toEqual({
      user: 'jane',
      groups: ['dev'],
    })
    const more = '\n    as-uid: "7"\n    as-user-extra: { "acme.io/Scope": [a, b] }'
    const access = await kubeconfigAccess(simEnv(1), { text: config(`    as: jane${more}`) })
    expect(impersonationHeaders(access.as ?? { user: '' })).toEqual({
      'impersonate-user': 'jane',
      'impersonate-uid': '7',
      'impersonate-extra-acme.io%2fscope': ['a', 'b'],
    })
    const nobody = await kubeconfigAccess(simEnv(1), { text: config('    as-uid: "7"') })
    expect(() => impersonationHeaders(nobody.as ?? { user: 'x' })).toThrow('impersonation needs')
  })

  it('names a proxy, before the environment does; of a tenant it may not', async () => {
    const env = simEnv(1)
    const variables = { HTTPS_PROXY: 'proxy.test:3128', NO_PROXY: 'other.example' }
    await env.fs.write('/plain', config('    token: t'))
    const cluster = '    proxy-url: socks5://here:1080'
    await env.fs.write('/own', config('    token: t', cluster))
    const proxyOf = async (path: string, context: string): Promise<string | undefined> =>
      (await kubeconfigAccess(env, { path, context, variables })).proxy
    expect(await proxyOf('/plain', 'here')).toBe('http://proxy.test:3128')
    expect(await proxyOf('/plain', 'there')).toBeUndefined()
    expect(await proxyOf('/own', 'here')).toBe('socks5://here:1080')
    await expect(
      kubeconfigAccess(env, { text: config('    token: t', cluster) }),
    ).rejects.toMatchObject({ reason: 'Forbidden', at: 'clusters[].cluster.proxy-url' })
  })

  it.each([
    ['http://u:canary#ss@proxy.test:3128'],
    ['http://u:canary50%@proxy.test:3128'],
    ['http://u:12#canary@proxy.test:3128'],
    ['ftp://u:canary@proxy.test'],
  ])('names no proxy that cannot be used, and none of its text is told: %s', async (named) => {
    const env = simEnv(1)
    await env.fs.write('/own', config('    token: t', `    proxy-url: "${named}"`))
    const failure = await kubeconfigAccess(env, { path: '/own', context: 'here' }).catch(
      (error: unknown) => error,
    )
    const at = 'clusters[].cluster.proxy-url'
    expect(failure).toMatchObject({ reason: 'InvalidSpec', at })
    expect(String(failure)).not.toContain('canary')
  })

  it.each([
    ['exec', '    exec: { apiVersion: client.authentication.k8s.io/v1, command: /bin/evil }'],
    ['auth-provider', '    auth-provider: { name: gcp, config: { cmd-path: /bin/evil } }'],
  ])('of a tenant may not run a program by %s', async (_how, user) => {
    await expect(kubeconfigAccess(simEnv(1), { text: config(user) })).rejects.toMatchObject({
      reason: 'Forbidden',
    })
  })

  it.each([
    ['a token file', '    tokenFile: /var/run/secrets/token', ''],
    ['a CA file', '    token: t', '    certificate-authority: /etc/passwd'],
    ['a key file', '    client-certificate: /a\n    client-key: /b', ''],
  ])('of a tenant may not name %s', async (_what, user, cluster) => {
    await expect(
      kubeconfigAccess(simEnv(1), { text: config(user, cluster) }),
    ).rejects.toMatchObject({ reason: 'Forbidden' })
  })

  it.each([
    ['no YAML', '{canary-31', undefined],
    ['nothing', '', 'contexts'],
    ['a list', '- canary-31', 'contexts'],
    [
      'no such context',
      config('    token: canary-31').replace('current-context: here', 'current-context: x'),
      'contexts',
    ],
    [
      'no such cluster',
      config('    token: canary-31').replace('cluster: c,', 'cluster: x,'),
      'clusters',
    ],
    ['no such user', config('    token: canary-31').replace('user: u, n', 'user: x, n'), 'users'],
    [
      'a server that is no address',
      config('    token: canary-31').replace('https://10', 'file://10'),
      'clusters[].cluster.server',
    ],
    [
      'a password in the address',
      config('    token: t').replace('https://10', 'https://me:canary-31@10'),
      'clusters[].cluster.server',
    ],
    [
      'no base64',
      config('    token: t', '    certificate-authority-data: "canary-31!"'),
      'clusters[].cluster.certificate-authority-data',
    ],
    [
      'a certificate without its key',
      config(`    client-certificate-data: ${base64('canary-31')}`),
      'users[].user',
    ],
  ])('that is wrong says where and quotes nothing: %s', async (_what, text, at) => {
    const thrown = await kubeconfigAccess(simEnv(1), { text }).catch((fault: unknown) => fault)
    expect(thrown).toMatchObject({ reason: 'InvalidSpec', at })
    expect((thrown as Error).message).not.toContain('canary-31')
  })

  it('that is not there says so', async () => {
    await expect(kubeconfigAccess(simEnv(1), { path: '/nowhere' })).rejects.toMatchObject({
      reason: 'NotFound',
    })
  })

  describe('with an exec plugin', () => {
    // client-node runs the program itself, so this one is a real one, beside the kubeconfig.
    interface Plugin {
      /** What it does before it answers, in shell; `$n`: the how many-th run it is. */
      readonly first?: string
      /** The answer's `status`. */
      readonly status?: string
      readonly exec?: string
      readonly change?: (config: string) => string
    }

    interface PluginWorld {
      readonly access: ServerAccess
      readonly env: SimEnv
      readonly runs: () => number
      readonly info: () => unknown
    }

    async function withPlugin(
      { first = '', status = '"token":"t\'$n\'"', exec = '', change = (it) => it }: Plugin,
      work: (world: PluginWorld) => Promise<void>,
    ): Promise<void> {
      const folder = mkdtempSync(join(tmpdir(), 'lockstep-plugin-'))
      const script = `#!/bin/sh
echo "$KUBERNETES_EXEC_INFO" > "${folder}/info"
echo run >> "${folder}/runs"
n=$(wc -l < "${folder}/runs" | tr -d ' ')
${first}
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{${status}}}'
`
      writeFileSync(join(folder, 'plugin.sh'), script, { mode: 0o755 })
      writeFileSync(join(folder, 'runs'), '')
      const env = simEnv(1)
      const user = `    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: ./plugin.sh
      interactiveMode: Never
${exec}`
      await env.fs.makeFolder(folder)
      await env.fs.write(`${folder}/config`, change(config(user)))
      const runs = (): number => readFileSync(join(folder, 'runs'), 'utf8').split('\n').length - 1
      const info = (): unknown => JSON.parse(readFileSync(join(folder, 'info'), 'utf8'))
      try {
        const access = await kubeconfigAccess(env, { path: `${folder}/config` })
        await work({ access, env, runs, info })
        expect(info()).toMatchObject({
          kind: 'ExecCredential',
          apiVersion: 'client.authentication.k8s.io/v1',
        })
      } finally {
        rmSync(folder, { recursive: true })
      }
    }

    it('asks it once for all calls, and anew, once, when its answer is refused', () =>
      withPlugin({}, async ({ access, env, runs }) => {
        const tokens = (refused?: string): Promise<unknown[]> =>
          Promise.all(Array.from({ length: 8 }, async () => await access.authorization?.(refused)))
        expect(new Set(await tokens())).toEqual(new Set(['Bearer t1']))
        await trustOf(access)
        await env.clock.advance(3_600_000)
        expect(new Set(await tokens())).toEqual(new Set(['Bearer t1']))
        expect(runs()).toBe(1)
        expect(new Set(await tokens('Bearer t1'))).toEqual(new Set(['Bearer t2']))
        expect(new Set(await tokens('Bearer t1'))).toEqual(new Set(['Bearer t2']))
        expect(runs()).toBe(2)
      }))

    it('asks it anew when its answer has expired', () =>
      withPlugin(
        { status: '"token":"t\'$n\'","expirationTimestamp":"2020-01-01T00:00:00Z"' },
        async ({ access, env, runs }) => {
          expect(await access.authorization?.()).toBe('Bearer t1')
          await env.clock.advance(20_000)
          expect(await access.authorization?.()).toBe('Bearer t2')
          expect(runs()).toBe(2)
        },
      ))

    it('waits for one that hangs before it starts another, each time longer', () =>
      // It ends when the test ends: nothing else would end it.
      withPlugin(
        { first: 'while [ -e "$0" ]; do sleep 0.05; done' },
        async ({ access, env, runs }) => {
          const started = async (n: number): Promise<void> => {
            while (runs() < n) await new Promise((resolve) => setTimeout(resolve, 5))
          }
          const asked: Promise<unknown>[] = []
          const ask = (): void => {
            const answer = access.authorization?.() ?? Promise.resolve()
            asked.push(answer.catch((thrown: unknown) => thrown))
          }
          for (let i = 0; i < 11; i++) {
            ask()
            await env.clock.advance(10_900)
          }
          await started(1)
          expect(runs()).toBe(1)
          await env.clock.advance(10_000)
          const timeout = { reason: 'Timeout' }
          expect(await Promise.all(asked)).toEqual(
            asked.map(() => expect.objectContaining(timeout)),
          )
          ask()
          await started(2)
          await env.clock.advance(239_000)
          ask()
          await env.clock.advance(1_001)
          expect(await asked.at(-1)).toMatchObject(timeout)
          expect(runs()).toBe(2)
        },
      ))

    it('asks it anew for a certificate that is refused, once', () =>
      withPlugin(
        { status: '"clientCertificateData":"C\'$n\'","clientKeyData":"K\'$n\'"' },
        async ({ access, runs }) => {
          const { tls } = access
          if (typeof tls !== 'function') throw new Error('it is asked for')
          expect(await access.authorization?.()).toBeUndefined()
          const first = await tls()
          expect(first).toEqual({ cert: 'C1', key: 'K1' })
          const next = await Promise.all([tls(first), tls(first), tls(first)])
          expect(next).toEqual(next.map(() => ({ cert: 'C2', key: 'K2' })))
          expect(await tls(first)).toEqual({ cert: 'C2', key: 'K2' })
          expect(runs()).toBe(2)
        },
      ))

    it('takes its answer for a server without TLS, too', () =>
      withPlugin(
        { change: (text) => text.replace('https://10.0.0.1', 'http://10.0.0.1') },
        async ({ access }) => {
          expect(await access.authorization?.()).toBe('Bearer t1')
        },
      ))

    it('is told of the cluster what it wants to know', () => {
      const cluster = `    certificate-authority-data: ${base64('CA')}
    tls-server-name: inner
    insecure-skip-tls-verify: true
    proxy-url: http://proxy.test:3128
    extensions:
    - name: other
      extension: { of: nobody }
    - name: client.authentication.k8s.io/exec
      extension: { audience: "06e3fbd1" }
    server:`
      return withPlugin(
        {
          exec: '      provideClusterInfo: true\n',
          change: (text) => text.replace('    server:', cluster),
        },
        async ({ access, info }) => {
          await access.authorization?.()
          expect(info()).toMatchObject({
            spec: {
              interactive: false,
              cluster: {
                server: 'https://10.0.0.1:6443',
                'certificate-authority-data': base64('CA'),
                'tls-server-name': 'inner',
                'insecure-skip-tls-verify': true,
                'proxy-url': 'http://proxy.test:3128',
                config: { audience: '06e3fbd1' },
              },
            },
          })
        },
      )
    })
  })
})

describe('the identity of a Pod', () => {
  const paths: InClusterPaths = { token: '/sa/token', ca: '/sa/ca.crt', namespace: '/sa/namespace' }

  async function mounted(): Promise<SimEnv> {
    const env = simEnv(1)
    await env.fs.makeFolder('/sa')
    await env.fs.write(paths.token, 'one')
    await env.fs.write(paths.ca, 'CA1')
    await env.fs.write(paths.namespace, 'ops\n')
    return env
  }

  it('is read from where the kubelet puts it', async () => {
    const env = await mounted()
    const access = await inClusterAccess(env, paths, { host: 'fd00::1', port: '443' })
    expect(access.url).toBe('https://[fd00::1]:443')
    expect(access.namespace).toBe('ops')
    expect(await access.authorization?.()).toBe('Bearer one')
  })

  it('follows a rotation of token and CA within a minute', async () => {
    const env = await mounted()
    const access = await inClusterAccess(env, paths)
    await env.fs.write(paths.token, 'two')
    await env.fs.write(paths.ca, 'CA2')
    await env.clock.advance(61_000)
    expect(await access.authorization?.()).toBe('Bearer two')
    expect(typeof access.tls === 'function' ? await access.tls() : {}).toEqual({ ca: 'CA2' })
  })

  it('outlives a moment in which its files are gone, or empty', async () => {
    const env = await mounted()
    const access = await inClusterAccess(env, paths)
    for (const change of [
      () => env.fs.remove(paths.token),
      () => env.fs.write(paths.token, '\n'),
    ]) {
      await change()
      await env.clock.advance(61_000)
      expect(await access.authorization?.()).toBe('Bearer one')
    }
  })

  it('is not there outside a cluster', async () => {
    await expect(inClusterAccess(simEnv(1), paths)).rejects.toMatchObject({
      reason: 'NotFound',
      hint: 'this runs outside a cluster? give a kubeconfig',
    })
  })
})
