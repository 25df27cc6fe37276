import { simEnv } from '#base/env'
import { afterAll, describe, expect, it } from 'vitest'
import { createKubeApi } from '../index.ts'

const group = 'rbac.authorization.k8s.io'
const identities = ['authentication.k8s.io']

/** A user with these rights in the whole cluster. */
function rights(name: string, rules: readonly object[]): object[] {
  const apiVersion = `${group}/v1`
  const roleRef = { apiGroup: group, kind: 'ClusterRole', name }
  const subjects = [{ apiGroup: group, kind: 'User', name }]
  return [
    { apiVersion, kind: 'ClusterRole', metadata: { name }, rules },
    { apiVersion, kind: 'ClusterRoleBinding', metadata: { name }, roleRef, subjects },
  ]
}

const mayActAs = [
  { apiGroups: [''], resources: ['secrets'], verbs: ['impersonate-on:user-info:list'] },
  { apiGroups: identities, resources: ['users', 'groups'], verbs: ['impersonate:user-info'] },
]
const older = { apiGroups: [''], resources: ['users', 'groups'], verbs: ['impersonate'] }
const api = createKubeApi({
  env: simEnv(1),
  authorization: 'rbac',
  users: {
    narrow: { name: 'narrow', groups: [] },
    both: { name: 'both', groups: [] },
    root: { name: 'root', groups: ['system:masters'] },
  },
  crds: [
    ...rights('narrow', mayActAs),
    ...rights('both', [...mayActAs, older]),
    ...rights('reader', [{ apiGroups: [''], resources: ['secrets'], verbs: ['list'] }]),
  ],
})
afterAll(() => api.close())

async function told(token: string, groups: readonly string[]): Promise<string> {
  const headers = new Headers({ authorization: `Bearer ${token}`, 'impersonate-user': 'reader' })
  for (const one of groups) headers.append('impersonate-group', one)
  const url = 'http://any/api/v1/namespaces/default/secrets'
  const answer = await api.handle(new Request(url, { headers }))
  const { message = '' } = (await answer.json()) as { message?: string }
  return `${answer.status} ${message}`
}

describe('the right to do one thing as others', () => {
  it('reaches any group that holds no power over everything', async () => {
    expect(await told('narrow', ['people'])).toBe('200 ')
  })

  it.each([
    ['alone', ['system:masters']],
    ['among others', ['people', 'system:masters']],
  ])('never makes anybody an administrator: masters %s', async (_, groups) => {
    expect(await told('narrow', groups)).toBe(
      '403 groups.authentication.k8s.io "system:masters" is forbidden: User "narrow" cannot impersonate:user-info resource "groups" in API group "authentication.k8s.io" at the cluster scope: impersonating the system:masters group is not allowed',
    )
  })

  it('does not reach a group without a name', async () => {
    expect(await told('narrow', ['', 'system:masters'])).toBe(
      '403 groups.authentication.k8s.io is forbidden: User "narrow" cannot impersonate:user-info resource "groups" in API group "authentication.k8s.io" at the cluster scope: impersonating the empty string group is not allowed',
    )
  })

  it.each(['both', 'root'])('leaves the older right what it was: %s', async (token) => {
    expect(await told(token, ['system:masters'])).toBe('200 ')
  })
})
