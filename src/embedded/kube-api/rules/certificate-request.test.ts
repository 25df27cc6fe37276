import { simEnv } from '#base/env'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKubeApi, type KubeApi } from '../index.ts'

const group = 'certificates.k8s.io'
const path = `apis/${group}/v1/certificatesigningrequests`
const signer = 'example.com/own'

/** A user who may write requests everywhere, and what else is said. */
function rights(name: string, more: readonly object[]): object[] {
  const apiGroup = 'rbac.authorization.k8s.io'
  const apiVersion = `${apiGroup}/v1`
  const rules = [
    { apiGroups: [group], resources: ['*'], verbs: ['get', 'update', 'patch'] },
    ...more,
  ]
  const roleRef = { apiGroup, kind: 'ClusterRole', name }
  const subjects = [{ apiGroup, kind: 'User', name }]
  return [
    { apiVersion, kind: 'ClusterRole', metadata: { name }, rules },
    { apiVersion, kind: 'ClusterRoleBinding', metadata: { name }, roleRef, subjects },
  ]
}

const on = (verb: string, name: string): object => ({
  apiGroups: [group],
  resources: ['signers'],
  resourceNames: [name],
  verbs: [verb],
})

interface Told {
  readonly code: number
  readonly message?: string
  readonly metadata: { readonly managedFields?: readonly Readonly<Record<string, unknown>>[] }
  readonly status: { readonly certificate?: string; readonly conditions?: readonly Condition[] }
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly message?: string
}

const users = ['root', 'writer', 'approver', 'signer', 'domain', 'other']
let api: KubeApi
beforeEach(async () => {
  api = createKubeApi({
    env: simEnv(1),
    authorization: 'rbac',
    users: Object.fromEntries(
      users.map((name) => [name, { name, groups: name === 'root' ? ['system:masters'] : [] }]),
    ),
    crds: [
      ...rights('writer', []),
      ...rights('approver', [on('approve', signer)]),
      ...rights('signer', [on('sign', signer)]),
      ...rights('domain', [on('approve', 'example.com/*'), on('sign', 'example.com/*')]),
      ...rights('other', [on('approve', 'example.com/another'), on('sign', 'example.org/*')]),
    ],
  })
  const pem = '-----BEGIN CERTIFICATE REQUEST-----\nAA==\n-----END CERTIFICATE REQUEST-----\n'
  const spec = { request: btoa(pem), signerName: signer, usages: ['client auth'] }
  // A request of which nobody owns anything is not followed: its spec is the server's.
  const metadata = { name: 'one', labels: { app: 'web' } }
  const kind = 'CertificateSigningRequest'
  const made = { apiVersion: `${group}/v1`, kind, metadata, spec }
  expect(await send('root', 'POST', path, made)).toMatchObject({ code: 201 })
})
afterEach(() => api.close())

async function send(token: string, method: string, to: string, body?: object): Promise<Told> {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  const headers = { authorization: `Bearer ${token}`, 'content-type': type }
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const answer = await api.handle(new Request(`http://any/${to}`, { method, headers, ...sent }))
  return { ...((await answer.json()) as Told), code: answer.status }
}

const write = (part: string, status: object, token = 'root'): Promise<Told> =>
  send(token, 'PATCH', `${path}/one/${part}`, { status })

const held = async (): Promise<Told['status']> => (await send('root', 'GET', `${path}/one`)).status

const said = (...types: readonly string[]): object => ({
  conditions: types.map((type) => ({ type, status: 'True', reason: 'Test' })),
})

const issued = (text: string): string =>
  btoa(`-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`)

describe('the status of a request', () => {
  it.each(['Approved', 'Denied'])('is no way to say %s', async (type) => {
    const told = await write('status', said(type))
    expect(told).toMatchObject({ code: 422 })
    expect(told.message).toContain(
      `status.conditions: Forbidden: updates may not add a condition of type "${type}"`,
    )
    expect((await held()).conditions ?? []).toEqual([])
  })

  it('takes a certificate once', async () => {
    const certificate = issued('AA==')
    expect(await write('status', { certificate })).toMatchObject({ code: 200 })
    const told = await write('status', { certificate: issued('BB==') })
    expect(told).toMatchObject({ code: 422 })
    expect(told.message).toContain(
      'status.certificate: Forbidden: updates may not modify existing certificate content',
    )
    expect(await held()).toMatchObject({ certificate })
  })

  it('keeps what was decided, whatever it says of it', async () => {
    await write('approval', said('Approved'))
    const conditions = [
      { type: 'Approved', status: 'True', reason: 'Test', message: 'changed' },
      { type: 'Failed', status: 'True', reason: 'Test' },
    ]
    expect(await write('status', { conditions })).toMatchObject({ code: 200 })
    const after = (await held()).conditions
    expect(after?.map(({ type }) => type)).toEqual(['Approved', 'Failed'])
    expect(after?.[0]?.message).toBeUndefined()
  })

  it('takes no condition back', async () => {
    await write('approval', said('Approved'))
    const told = await write('status', { conditions: [] })
    expect(told.message).toContain('updates may not remove a condition of type "Approved"')
  })

  it('has no condition twice', async () => {
    const told = await write('status', said('Failed', 'Failed'))
    expect(told.message).toContain('status.conditions[1].type: Duplicate value: "Failed"')
  })
})

describe('a condition', () => {
  it.each([
    ['Failed', 'False', '"True"'],
    ['Other', 'Maybe', '"False", "True", "Unknown"'],
  ])('%s is never %s', async (type, status, allowed) => {
    const told = await write('status', { conditions: [{ type, status }] })
    expect(told.message).toContain(
      `status.conditions[0].status: Unsupported value: "${status}": supported values: ${allowed}`,
    )
  })
})

describe('the approval of a request', () => {
  it('is stored and owned by whoever said it', async () => {
    const { metadata } = await write('approval', said('Approved'))
    expect((await held()).conditions).toMatchObject([{ type: 'Approved', status: 'True' }])
    const names = ['lastTransitionTime', 'lastUpdateTime', 'reason', 'status', 'type']
    const own = Object.fromEntries(
      ['.', ...names.map((name) => `f:${name}`)].map((one) => [one, {}]),
    )
    const conditions = { '.': {}, 'k:{"type":"Approved"}': own }
    expect(metadata.managedFields).toMatchObject([
      { fieldsV1: { 'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } } } },
      { subresource: 'approval', fieldsV1: { 'f:status': { 'f:conditions': conditions } } },
    ])
  })

  it('is one of the two', async () => {
    const told = await write('approval', said('Approved', 'Denied'))
    expect(told).toMatchObject({ code: 422 })
    expect(told.message).toContain(
      'status.conditions: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive',
    )
  })

  it('is no way to bring a certificate, nor to change one', async () => {
    const forged = { ...said('Approved'), certificate: issued('AA==') }
    expect(await write('approval', forged)).toMatchObject({ code: 200 })
    expect(await held()).not.toHaveProperty('certificate')
    const certificate = issued('BB==')
    await write('status', { certificate })
    expect(await write('approval', { certificate: issued('CC==') })).toMatchObject({ code: 200 })
    expect(await held()).toMatchObject({ certificate })
  })
})

describe('under RBAC', () => {
  const refused = (verb: string): string =>
    `certificatesigningrequests.${group} "one" is forbidden: user not permitted to ${verb} requests with signerName "${signer}"`

  it.each(['writer', 'signer', 'other'])('%s may not approve for this signer', async (token) => {
    const told = await write('approval', said('Approved'), token)
    expect(told).toMatchObject({ code: 403, message: refused('approve') })
    expect((await held()).conditions ?? []).toEqual([])
  })

  it.each(['approver', 'domain', 'root'])('%s may approve for it', async (token) => {
    expect(await write('approval', said('Approved'), token)).toMatchObject({ code: 200 })
  })

  it.each(['writer', 'approver', 'other'])('%s may not sign for this signer', async (token) => {
    const told = await write('status', { certificate: issued('AA==') }, token)
    expect(told).toMatchObject({ code: 403, message: refused('sign') })
    expect(await write('status', said('Failed'), token)).toMatchObject({ code: 403 })
    expect(await held()).not.toHaveProperty('certificate')
  })

  it.each(['signer', 'domain', 'root'])('%s may sign for it', async (token) => {
    const certificate = issued('AA==')
    expect(await write('status', { certificate }, token)).toMatchObject({ code: 200 })
  })

  it('who changes nothing of a status needs no right to sign', async () => {
    const labels = { metadata: { labels: { a: 'b' } } }
    expect(await send('writer', 'PATCH', `${path}/one/status`, labels)).toMatchObject({ code: 200 })
  })
})
