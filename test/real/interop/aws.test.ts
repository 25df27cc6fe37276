/** The AWS provider against moto, by the operator on a kube-apiserver. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { externalSecrets, resource, secrets, type AnyObject } from '#api'
import { at } from '#base'
import { createOperator } from '#bin'
import { createClient } from '#kube'
import { createMetrics } from '#runtime'
import { applyYaml, ensureNamespace, openReal, type Cluster } from './cluster.ts'
import { startMoto, type Moto } from './moto.ts'
import { programOrSkip } from './programs.ts'
import { printTable, saw } from './table.ts'

const home = 'aws-interop'
const events = resource<AnyObject>('v1', 'Event', 'events')
const program = programOrSkip('moto', 'the AWS provider against a server')

describe('AWS Secrets Manager as moto has it', () => {
  if (program === undefined) {
    it.skip('moto is missing')
    return
  }
  let cluster: Cluster
  let moto: Moto
  let stop: () => Promise<void>
  beforeAll(async () => {
    cluster = await openReal()
    await ensureNamespace(cluster.client, home)
    moto = await startMoto(cluster.env, program, join(cluster.folder, 'moto'))
    stop = await startOperator(cluster, moto.url)
    await putKeys('keys', 'AKIAINTEROP000000000', 'interop')
    await store('aws', 'keys')
  })
  afterAll(async () => {
    await stop?.()
    await moto?.close()
    await cluster?.close()
    printTable('AWS:')
  })

  const seen = (did: string): void => saw('AWS provider', 'moto', did)
  const put = (Name: string, SecretString: string): Promise<Record<string, unknown>> =>
    moto.secrets('CreateSecret', { Name, SecretString })
  const apply = (name: string, spec: string): Promise<void> =>
    applyYaml(
      cluster.client,
      `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: ${name}, namespace: ${home}}
spec:
  refreshInterval: 1h
  secretStoreRef: {kind: SecretStore, name: aws}
${spec.replaceAll(/^/gm, '  ')}
`,
    )
  const refresh = (name: string): Promise<unknown> =>
    cluster.client.patch(
      externalSecrets,
      { namespace: home, name },
      { metadata: { annotations: { 'force-sync': String(performance.now()) } } },
      { type: 'merge' },
    )
  const valuesOf = async (name: string): Promise<Record<string, string> | undefined> => {
    const found = await cluster.client.get(secrets, { namespace: home, name })
    if (found === null) return undefined
    return Object.fromEntries(
      Object.entries(found.data ?? {}).map(([key, text]) => [
        key,
        Buffer.from(text, 'base64').toString('latin1'),
      ]),
    )
  }
  const becomes = async (name: string, wanted: Record<string, string>): Promise<void> => {
    for (let tries = 0; tries < 400; tries++) {
      if (JSON.stringify(await valuesOf(name)) === JSON.stringify(wanted)) return
      await cluster.env.clock.sleep(50)
    }
    expect([await valuesOf(name), await said(name)]).toEqual([wanted, 'in time'])
  }
  const said = async (name: string): Promise<string> => {
    const { items } = await cluster.client.list(events, { namespace: home })
    return items
      .filter((event) => at(event, 'involvedObject', 'name') === name)
      .map((event) => String(at(event, 'message')))
      .join('; ')
  }
  const fails = async (name: string, matches: RegExp): Promise<string> => {
    let message = ''
    for (let tries = 0; tries < 400; tries++) {
      const object = await cluster.client.get(externalSecrets, { namespace: home, name })
      const told = object?.status?.conditions?.find(({ type }) => type === 'Ready')
      const events = await said(name)
      message = `${told?.message}; ${events}`
      if (told?.status === 'False' && matches.test(events)) return message
      await cluster.env.clock.sleep(50)
    }
    throw new Error(`${name}: ${message}`)
  }

  it('a value, a property, a whole JSON object and bytes', async () => {
    await put('app/plain', 'pa"ss wörd')
    await put('app/json', '{"user":"ada","deep":{"er":[1,2]},"dot.ted":"x"}')
    await moto.secrets('CreateSecret', {
      Name: 'app/bytes',
      SecretBinary: Buffer.from([0, 255, 10]).toString('base64'),
    })
    await apply(
      'values',
      `data:
  - {secretKey: a-plain, remoteRef: {key: app/plain}}
  - {secretKey: b-user, remoteRef: {key: app/json, property: user}}
  - {secretKey: c-deep, remoteRef: {key: app/json, property: deep.er.1}}
  - {secretKey: d-dotted, remoteRef: {key: app/json, property: dot.ted}}
  - {secretKey: e-bytes, remoteRef: {key: app/bytes}}`,
    )
    await becomes('values', {
      'a-plain': Buffer.from('pa"ss wörd').toString('latin1'),
      'b-user': 'ada',
      'c-deep': '2',
      'd-dotted': 'x',
      'e-bytes': Buffer.from([0, 255, 10]).toString('latin1'),
    })
    await apply('spread', 'dataFrom: [{extract: {key: app/json}}]')
    await becomes('spread', { deep: '{"er":[1,2]}', 'dot.ted': 'x', user: 'ada' })
    seen('single values, JSON properties, bytes, extract')
  })

  it('40 secrets that are due together are two calls', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `many-${String(index).padStart(2, '0')}`)
    for (const name of names) await put(name, `value of ${name}`)
    moto.calls.length = 0
    const data = names.map((name) => `  - {secretKey: ${name}, remoteRef: {key: ${name}}}`)
    await apply('many', `data:\n${data.join('\n')}`)
    await becomes('many', Object.fromEntries(names.map((name) => [name, `value of ${name}`])))
    expect(moto.calls).toEqual(['BatchGetSecretValue', 'BatchGetSecretValue'])
    seen('40 refs in 2 calls')
  })

  it('versions by stage and by id; a rotation is seen', async () => {
    const made = await put('turning', 'one')
    await apply(
      'turning',
      `data:
  - {secretKey: now, remoteRef: {key: turning}}`,
    )
    await becomes('turning', { now: 'one' })
    await moto.secrets('PutSecretValue', { SecretId: 'turning', SecretString: 'two' })
    await refresh('turning')
    await becomes('turning', { now: 'two' })
    await apply(
      'stages',
      `data:
  - {secretKey: a-now, remoteRef: {key: turning, version: AWSCURRENT}}
  - {secretKey: b-before, remoteRef: {key: turning, version: AWSPREVIOUS}}
  - {secretKey: c-first, remoteRef: {key: turning, version: uuid/${String(made['VersionId'])}}}`,
    )
    await becomes('stages', { 'a-now': 'two', 'b-before': 'one', 'c-first': 'one' })
    seen('rotation, AWSCURRENT, AWSPREVIOUS, uuid/…')
  })

  it('found by name and by tags', async () => {
    for (const [name, team] of [
      ['found/one', 'web'],
      ['found/two', 'web'],
      ['found/three', 'other'],
    ]) {
      const Tags = [{ Key: 'team', Value: team }]
      await moto.secrets('CreateSecret', { Name: name, SecretString: `${name}!`, Tags })
    }
    const rewrite = 'rewrite: [{regexp: {source: "found/", target: ""}}]'
    await apply('by-name', `dataFrom: [{find: {name: {regexp: "^found/t"}}, ${rewrite}}]`)
    await becomes('by-name', { three: 'found/three!', two: 'found/two!' })
    await apply('by-tag', `dataFrom: [{find: {tags: {team: web}}, ${rewrite}}]`)
    await becomes('by-tag', { one: 'found/one!', two: 'found/two!' })
    seen('find by name and tags')
  })

  it('one that is missing, or marked for deletion, is absent: by policy kept or deleted', async () => {
    await put('leaving', 'here')
    const data = 'data: [{secretKey: a, remoteRef: {key: leaving}}]'
    await apply('kept', data)
    await apply('dropped', `target: {deletionPolicy: Delete}\n${data}`)
    await becomes('kept', { a: 'here' })
    await becomes('dropped', { a: 'here' })
    await moto.secrets('DeleteSecret', { SecretId: 'leaving' })
    await refresh('kept')
    await refresh('dropped')
    await fails('kept', /does not exist|not found|Secret does not exist/i)
    expect(await valuesOf('kept')).toEqual({ a: 'here' })
    for (let tries = 0; tries < 400 && (await valuesOf('dropped')) !== undefined; tries++)
      await cluster.env.clock.sleep(50)
    expect(await valuesOf('dropped')).toBeUndefined()
    await apply('never', 'data: [{secretKey: a, remoteRef: {key: never/was}}]')
    await fails('never', /does not exist|not found/i)
    expect(await valuesOf('never')).toBeUndefined()
    seen('missing, scheduled for deletion')
  })

  it('unknown keys and denied reads are failures; what is there stays', async () => {
    const keysOf = async (UserName: string): Promise<readonly [string, string]> => {
      await moto.iam('CreateUser', { UserName })
      const xml = await moto.iam('CreateAccessKey', { UserName })
      const field = (name: string): string =>
        new RegExp(`<${name}>(.*?)</${name}>`).exec(xml)?.[1] ?? ''
      return [field('AccessKeyId'), field('SecretAccessKey')]
    }
    const stranger = await keysOf('stranger')
    const reader = await keysOf('reader')
    const Statement = [{ Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' }]
    await moto.iam('PutUserPolicy', {
      UserName: 'reader',
      PolicyName: 'read',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    })
    await moto.secrets('PutSecretValue', { SecretId: 'turning', SecretString: 'three' })
    await moto.enforce()
    await refresh('turning')
    await fails('turning', /AWS (denies permission|does not know the access key)/)
    await putKeys('keys', ...stranger)
    await refresh('turning')
    await fails('turning', /AWS denies permission/)
    expect(await valuesOf('turning')).toEqual({ now: 'two' })
    await putKeys('keys', reader[0], `${reader[1]}x`)
    await refresh('turning')
    await fails('turning', /AWS (denies permission|does not accept the signature)/)
    expect(await valuesOf('turning')).toEqual({ now: 'two' })
    await putKeys('keys', ...reader)
    await refresh('turning')
    await becomes('turning', { now: 'three' })
    seen('unknown key, no rights, wrong signature: the Secret stays; right keys: read again')
  })

  async function putKeys(name: string, id: string, secret: string): Promise<void> {
    await cluster.client.delete(secrets, { namespace: home, name })
    await cluster.client.create(secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace: home, name },
      data: { id: base64(id), secret: base64(secret) },
    })
  }

  const store = (name: string, keys: string): Promise<void> =>
    applyYaml(
      cluster.client,
      `apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: ${name}, namespace: ${home}}
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth:
        secretRef:
          accessKeyIDSecretRef: {name: ${keys}, key: id}
          secretAccessKeySecretRef: {name: ${keys}, key: secret}
`,
    )
})

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

async function startOperator(
  { env, access, folder }: Cluster,
  awsEndpoint: string,
): Promise<() => Promise<void>> {
  const client = createClient({ env, server: access })
  const operator = createOperator({
    env,
    client,
    metrics: await createMetrics(),
    controllers: new Set(['secrets']),
    namespace: 'lockstep-system',
    gitFolder: join(folder, 'git'),
    allowLocalEndpoints: true,
    providers: { awsEndpoint },
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
