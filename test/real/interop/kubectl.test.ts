/** A real kubectl drives our kinds while the operator runs, on a kube-apiserver and on the embedded one. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secrets } from '#api'
import { createOperator } from '#bin'
import { createClient } from '#kube'
import { createMetrics } from '#runtime'
import { clusters, ensureNamespace, type Cluster } from './cluster.ts'
import { kubectlOn, programOrSkip } from './programs.ts'
import { printTable, saw } from './table.ts'

const home = 'kubectl-interop'
const program = programOrSkip('kubectl', 'that a real kubectl works with it')

afterAll(() => printTable('kubectl:'))

describe.each(clusters)('kubectl on %s', (server, open) => {
  if (program === undefined) {
    it.skip('kubectl is missing')
    return
  }
  let cluster: Cluster
  let stop: () => Promise<void>
  beforeAll(async () => {
    cluster = await open()
    for (const name of [home, 'lockstep-system', 'kube-system'])
      await ensureNamespace(cluster.client, name)
    stop = await startOperator(cluster)
  })
  afterAll(async () => {
    await stop?.()
    await cluster?.close()
  })

  const kubectl = (args: readonly string[], options?: object): ReturnType<typeof tried> =>
    tried(['-n', home, ...args], options)
  const tried = (args: readonly string[], options?: object) =>
    kubectlOn(cluster, program)(args, options)
  const ok = async (args: readonly string[], options?: object): Promise<string> => {
    const { status, stdout, stderr } = await kubectl(args, options)
    expect([args.join(' '), status, stderr]).toEqual([args.join(' '), 0, ''])
    return stdout
  }
  const file = (name: string, text: string): string => {
    const path = join(cluster.folder, name)
    writeFileSync(path, text)
    return path
  }
  const valueOf = async (name: string, key: string): Promise<string | undefined> => {
    const secret = await cluster.client.get(secrets, { namespace: home, name })
    const value = secret?.data?.[key]
    return value === undefined ? undefined : Buffer.from(value, 'base64').toString()
  }
  const becomes = async (name: string, key: string, value: string): Promise<void> => {
    for (let tries = 0; tries < 400; tries++) {
      if ((await valueOf(name, key)) === value) return
      await cluster.env.clock.sleep(50)
    }
    expect(await valueOf(name, key)).toBe(value)
  }

  it('apply, wait, get: from a manifest to a Secret', async () => {
    const out = await ok(['apply', '-f', file('app.yaml', manifests('greeting'))])
    expect(out).toBe(
      'secretstore.external-secrets.io/greetings created\nexternalsecret.external-secrets.io/app created\n',
    )
    const wait = ['wait', '--for=condition=Ready', '--timeout=30s']
    expect(await ok([...wait, 'externalsecret/app', 'secretstore/greetings'])).toBe(
      'externalsecret.external-secrets.io/app condition met\nsecretstore.external-secrets.io/greetings condition met\n',
    )
    expect(await valueOf('app', 'greeting')).toBe('hello')
    const table = (await ok(['get', 'es'])).split('\n')
    expect(table[0]?.split(/ {2,}/)).toEqual([
      'NAME',
      'STORETYPE',
      'STORE',
      'REFRESH INTERVAL',
      'STATUS',
      'READY',
      'LAST SYNC',
    ])
    expect(table[1]).toMatch(/^app +SecretStore +greetings +1h0m0s +SecretSynced +True +/)
    expect(await ok(['get', 'es', 'app', '-o', 'name'])).toBe(
      'externalsecret.external-secrets.io/app\n',
    )
    saw('kubectl', server, 'apply, wait --for=condition, get')
  })

  it('apply again changes nothing; diff is empty, then shows what would change', async () => {
    const path = file('app.yaml', manifests('greeting'))
    const version = ['get', 'es', 'app', '-o', 'jsonpath={.metadata.generation} {.metadata.uid}']
    const before = await ok(version)
    // Defaults inside a list make kubectl send a patch that changes nothing, and say "configured".
    expect(await ok(['apply', '-f', path])).toContain(
      'secretstore.external-secrets.io/greetings unchanged',
    )
    expect(await ok(version)).toBe(before)
    expect(await ok(['diff', '-f', path])).toBe('')
    const changed = await kubectl(['diff', '-f', file('other.yaml', manifests('farewell'))])
    expect([changed.status, changed.stderr]).toEqual([1, ''])
    expect(changed.stdout).toMatch(/^-\s+key: greeting$/m)
    expect(changed.stdout).toMatch(/^\+\s+key: farewell$/m)
    expect(await valueOf('app', 'greeting')).toBe('hello')
    saw('kubectl', server, 'diff')
  })

  it('apply --server-side takes over what apply owned, and another manager conflicts', async () => {
    const path = file('app.yaml', manifests('greeting'))
    const force = ['apply', '--server-side', '--force-conflicts']
    const out = await ok([...force, '-f', path])
    expect(out.match(/serverside-applied/g)).toHaveLength(2)
    await ok(['apply', '--server-side', '-f', file('other.yaml', manifests('farewell'))])
    await becomes('app', 'greeting', 'goodbye')
    const foreign = await kubectl(['apply', '--server-side', '--field-manager=other', '-f', path])
    expect(foreign.status).toBe(1)
    expect(foreign.stderr).toContain(
      'Apply failed with 1 conflict: conflict with "kubectl": .spec.data',
    )
    await ok([...force, '--field-manager=other', '-f', path])
    await becomes('app', 'greeting', 'hello')
    saw('kubectl', server, 'apply --server-side, conflict, --force-conflicts')
  })

  it('edit with an editor changes the spec, and the Secret follows', async () => {
    const editor = file('editor.sh', '#!/bin/sh\nsed -i \'s/key: greeting/key: farewell/\' "$1"\n')
    chmodSync(editor, 0o755)
    const out = await ok(['edit', 'externalsecret', 'app'], { variables: { EDITOR: editor } })
    expect(out).toBe('externalsecret.external-secrets.io/app edited\n')
    await becomes('app', 'greeting', 'goodbye')
    saw('kubectl', server, 'edit')
  })

  it('edit of a field that the definition refuses is refused with its path', async () => {
    const seen = join(cluster.folder, 'seen')
    const script = `#!/bin/sh
cat "$1" >> ${seen}
sed -i 's/creationPolicy: Owner/creationPolicy: Robbed/' "$1"
`
    const editor = file('robber.sh', script)
    chmodSync(editor, 0o755)
    const { status, stderr } = await kubectl(['edit', 'externalsecret', 'app'], {
      variables: { EDITOR: editor },
    })
    expect(status).toBe(1)
    expect(stderr).toContain('"app" is invalid')
    // kubectl opens the editor again, with the server's words on top.
    expect(readFileSync(seen, 'utf8')).toContain(
      '# * spec.target.creationPolicy: Unsupported value: "Robbed": supported values: ',
    )
    saw('kubectl', server, 'edit refused by the schema')
  })

  it('describe tells why it is not ready, by condition and by event; the Secret stays', async () => {
    await ok([
      'apply',
      '--server-side',
      '--force-conflicts',
      '-f',
      file('bad.yaml', manifests('missing')),
    ])
    await ok(['wait', '--for=condition=Ready=false', '--timeout=30s', 'externalsecret/app'])
    const told = await until(cluster, async () => {
      const text = await ok(['describe', 'externalsecret', 'app'])
      return /Warning\s+UpdateFailed/.test(text) ? text : undefined
    })
    expect(told).toMatch(/Reason:\s+SecretSyncedError/)
    expect(told).toMatch(/Warning\s+UpdateFailed\s+\S+.*\s+external-secrets\s+.*missing/)
    expect(await valueOf('app', 'greeting')).toBe('goodbye')
    saw('kubectl', server, 'describe with events')
  })

  it('label, annotate, patch: each is followed', async () => {
    await ok([
      'apply',
      '--server-side',
      '--force-conflicts',
      '-f',
      file('app.yaml', manifests('greeting')),
    ])
    await becomes('app', 'greeting', 'hello')
    const patch = JSON.stringify([
      { op: 'replace', path: '/spec/data/0/remoteRef/key', value: 'farewell' },
    ])
    await ok(['patch', 'es', 'app', '--type=json', '-p', patch])
    await becomes('app', 'greeting', 'goodbye')
    await ok(['annotate', 'es', 'app', `force-sync=${Date.now()}`])
    await ok(['label', 'es', 'app', 'team=web'])
    expect(await ok(['get', 'es', '-l', 'team=web', '-o', 'name'])).toContain('/app')
    saw('kubectl', server, 'patch, annotate, label')
  })

  it('explain knows the kinds, and an unknown field is refused', async () => {
    expect(await ok(['explain', 'externalsecret.spec.refreshInterval'])).toContain(
      'FIELD: refreshInterval',
    )
    const wrong = file(
      'wrong.yaml',
      manifests('greeting').replace('refreshInterval', 'refreshIntervall'),
    )
    const { status, stderr } = await kubectl(['apply', '-f', wrong])
    expect(status).toBe(1)
    expect(stderr).toContain('unknown field "spec.refreshIntervall"')
    saw('kubectl', server, 'explain, strict validation')
  })

  it('create secret and create configmap, whose bodies are protobuf', async () => {
    await ok(['create', 'secret', 'generic', 'typed', '--from-literal=a=b'])
    expect(await valueOf('typed', 'a')).toBe('b')
    await ok(['create', 'configmap', 'typed', '--from-literal=a=b'])
    await ok(['create', 'serviceaccount', 'typed'])
    expect(await ok(['create', 'token', 'typed'])).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n?$/)
    expect((await kubectl(['auth', 'can-i', 'delete', 'secrets'])).stdout).toBe('yes\n')
    const nobody = await kubectl(['auth', 'can-i', 'delete', 'secrets', '--as=nobody'])
    expect(nobody.stdout).toBe('no\n')
    await ok(['delete', 'secret/typed', 'configmap/typed', 'serviceaccount/typed'])
    saw('kubectl', server, 'create (protobuf), create token, auth can-i')
  })

  it('delete: the Secret goes with its owner', async () => {
    expect(await ok(['delete', 'externalsecret', 'app'])).toMatch(
      /^externalsecret\.external-secrets\.io "app" deleted/,
    )
    // A garbage collector looks for new kinds every half a minute.
    await ok(['wait', '--for=delete', '--timeout=90s', 'secret/app'])
    await ok(['delete', 'secretstore', 'greetings'])
    expect((await kubectl(['get', 'es,secretstores'])).stderr).toContain('No resources found')
    saw('kubectl', server, 'delete, wait --for=delete')
  })
})

async function startOperator(cluster: Cluster): Promise<() => Promise<void>> {
  const { env } = cluster
  const client = createClient({ env, server: cluster.access })
  const operator = createOperator({
    env,
    client,
    metrics: await createMetrics(),
    controllers: new Set(['secrets']),
    namespace: 'lockstep-system',
    gitFolder: join(cluster.folder, 'git'),
  })
  const control = new AbortController()
  const running = operator.run(control.signal)
  running.catch(() => {}) // seen when it is stopped
  return async () => {
    control.abort()
    await running
    await client.close()
  }
}

async function until<T>(cluster: Cluster, look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 100; tries++) {
    const found = await look()
    if (found !== undefined) return found
    await cluster.env.clock.sleep(200)
  }
  throw new Error('not in time')
}

function manifests(key: string): string {
  return `apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: greetings, namespace: ${home}}
spec:
  provider:
    fake:
      data:
        - {key: greeting, value: hello}
        - {key: farewell, value: goodbye}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: app, namespace: ${home}}
spec:
  refreshInterval: 1h0m0s
  secretStoreRef: {kind: SecretStore, name: greetings}
  target: {creationPolicy: Owner}
  data:
    - secretKey: greeting
      remoteRef: {key: ${key}}
`
}
