/** The objects that the faults befall, and how a value tells which rotation it is of. */
import type { AnyObject } from '#api'
import { canary } from '../../canary.ts'

export const externalSecretCount = 150
export const sealedSecretCount = 49
/** ConfigMaps of the one Git sync. */
export const fileCount = 10

/** What the operator reads values as: planted once, so that it is looked for in all that is written. */
const marked = canary('faults')

/** The value of an entry's property in a rotation. */
export function valueOf(property: string, i: number, round: number): string {
  return `${marked}-${property}-${i}-r${round}`
}

/** The rotation a value (base64, as a Secret has it) is of. */
export function roundOf(value: string): number | undefined {
  return roundOfText(Buffer.from(value, 'base64').toString())
}

export function roundOfText(text: string): number | undefined {
  const found = /-r(\d+)$/.exec(text)?.[1]
  return found === undefined ? undefined : Number(found)
}

/** Namespace of ExternalSecret or SealedSecret number `i`. */
export function namespaceOf(i: number): string {
  return `team-${i % 4}`
}

export const namespaces: readonly string[] = [
  'lockstep-system',
  'site',
  ...[0, 1, 2, 3].map(namespaceOf),
]

/** Keys of all Secrets that there have to be. */
export function secretKeys(): readonly string[] {
  return [
    ...numbers(externalSecretCount).map((i) => `${namespaceOf(i)}/app-${i}`),
    ...numbers(sealedSecretCount).map((i) => `${namespaceOf(i)}/sealed-${i}`),
  ]
}

/** Keys of the ConfigMaps that come from Git. */
export function fileKeys(): readonly string[] {
  return numbers(fileCount).map((i) => `site/settings-${i}`)
}

export function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i)
}

/** The store's token. */
export function tokenSecret(token: string): AnyObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'vault-token', namespace: 'lockstep-system' },
    stringData: { token },
  }
}

export function clusterStore(server: string): AnyObject {
  const tokenSecretRef = { name: 'vault-token', namespace: 'lockstep-system', key: 'token' }
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ClusterSecretStore',
    metadata: { name: 'vault' },
    spec: {
      provider: { vault: { server, path: 'secret', version: 'v2', auth: { tokenSecretRef } } },
    },
  }
}

/** Each of the three deletion policies in turn: two of them would delete for a mistake. */
export function externalSecret(i: number): AnyObject {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: `app-${i}`, namespace: namespaceOf(i) },
    spec: {
      refreshInterval: '5s',
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
      target: { deletionPolicy: ['Retain', 'Delete', 'Merge'][i % 3] },
      data: ['username', 'password'].map((property) => ({
        secretKey: property,
        remoteRef: { key: `apps/${i}`, property },
      })),
    },
  }
}

export function sealedSecret(i: number, sealed: string): AnyObject {
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name: `sealed-${i}`, namespace: namespaceOf(i) },
    spec: { encryptedData: { password: sealed } },
  }
}

/** The repository's files in a rotation. They hold no secrets, so they are unmarked. */
export function files(round: number): Readonly<Record<string, string>> {
  const file = (i: number): string => `apiVersion: v1
kind: ConfigMap
metadata: {name: settings-${i}, namespace: site}
data: {value: setting-${i}-r${round}}
`
  return Object.fromEntries(numbers(fileCount).map((i) => [`deploy/${i}.yaml`, file(i)]))
}

/** Source and sync, which acts as the account that `deploy/` allows. */
export function gitSync(url: string): readonly AnyObject[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'lockstep-deployer', namespace: 'site' },
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'deployer', namespace: 'site' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'lockstep-deployer', namespace: 'site' }],
    },
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name: 'site', namespace: 'site' },
      spec: { interval: '2s', url: `${url}/site.git`, ref: { branch: 'main' } },
    },
    {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'site', namespace: 'site' },
      spec: {
        interval: '10m',
        retryInterval: '2s',
        path: './deploy',
        prune: true,
        sourceRef: { kind: 'GitRepository', name: 'site' },
      },
    },
  ]
}
