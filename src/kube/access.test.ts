import { describe, expect, it } from 'vitest'
import { simEnv, type SimEnv } from '#base/env'
import { inClusterAccess, type InClusterPaths } from './in-cluster.ts'
import { kubeconfigAccess } from './kubeconfig.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

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
    expect(access.tls).toEqual({ ca: 'CA' })
    expect(await access.authorization?.()).toBe('Bearer one')
    await env.fs.write('/home/me/.kube/tok', 'two\n')
    expect(await access.authorization?.()).toBe('Bearer one')
    expect(await access.authorization?.('Bearer one')).toBe('Bearer two')
  })

  it('acts as whom it says', async () => {
    const text = config('    token: t\n    as: jane\n    as-groups: [dev]')
    expect((await kubeconfigAccess(simEnv(1), { text })).as).toEqual({
      user: 'jane',
      groups: ['dev'],
    })
  })

  it.each([
    ['as-uid', config('    as: jane\n    as-uid: "1"')],
    ['proxy-url', config('    token: t', '    proxy-url: http://proxy:3128')],
  ])('with %s is refused, not half obeyed', async (_what, text) => {
    await expect(kubeconfigAccess(simEnv(1), { text })).rejects.toMatchObject({
      reason: 'Unsupported',
    })
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

  it('by an exec plugin is asked of the program, and of it again when it has expired', async () => {
    // client-node runs the program itself, so this one is a real one of the machine.
    const credential = JSON.stringify({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'from-program' },
    })
    const env = simEnv(1)
    const user = `    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: echo
      args: ['${credential}']
      interactiveMode: Never`
    await env.fs.makeFolder('/kube')
    await env.fs.write('/kube/config', config(user))
    const access = await kubeconfigAccess(env, { path: '/kube/config' })
    expect(await access.authorization?.()).toBe('Bearer from-program')
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

  it('outlives a moment without its files', async () => {
    const env = await mounted()
    const access = await inClusterAccess(env, paths)
    await env.fs.remove(paths.token)
    await env.clock.advance(61_000)
    expect(await access.authorization?.()).toBe('Bearer one')
  })

  it('is not there outside a cluster', async () => {
    await expect(inClusterAccess(simEnv(1), paths)).rejects.toMatchObject({ reason: 'NotFound' })
  })
})
