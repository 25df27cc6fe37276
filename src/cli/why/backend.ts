/** Command lines for the backend that a store stands for. */
import { at, isObject, stringOf } from '#base'
import type { Store } from '../chain/chain.ts'
import { quoted } from './finding.ts'

/** The entry an ExternalSecret asks for. */
export interface WantedEntry {
  readonly key: string
  readonly property?: string
  readonly version?: string
}

/** Makes the entry. What is secret is typed or piped in, never an argument. */
export function createEntry(store: Store | null, entry: WantedEntry): string | undefined {
  const key = quoted(entry.key)
  const property = quoted(entry.property ?? 'value')
  switch (providerOf(store)) {
    case 'vault':
      return `vault kv put -mount=${mountOf(store)} ${key} ${property}=-`
    case 'aws':
      return `aws secretsmanager create-secret --name ${key} --secret-string file:///dev/stdin`
    case 'azurekv':
      return `az keyvault secret set --vault-name ${vaultName(store)} --name ${key} --file /dev/stdin`
    case 'kubernetes':
      return `kubectl ${remoteNamespace(store)}create secret generic ${key} --from-file=${property}=/dev/stdin`
    default:
      return undefined
  }
}

/** Adds the property to an entry that is there. */
export function addProperty(store: Store | null, entry: WantedEntry): string | undefined {
  if (providerOf(store) !== 'vault') return undefined
  return `vault kv patch -mount=${mountOf(store)} ${quoted(entry.key)} ${quoted(entry.property ?? 'value')}=-`
}

/** Shows which versions there are. */
export function showVersions(store: Store | null, entry: WantedEntry): string | undefined {
  const key = quoted(entry.key)
  switch (providerOf(store)) {
    case 'vault':
      return `vault kv metadata get -mount=${mountOf(store)} ${key}`
    case 'aws':
      return `aws secretsmanager list-secret-version-ids --secret-id ${key}`
    case 'azurekv':
      return `az keyvault secret list-versions --vault-name ${vaultName(store)} --name ${key}`
    default:
      return undefined
  }
}

/** Shows what the identity of the store may do there. */
export function showRights(store: Store | null, entry?: WantedEntry): string | undefined {
  switch (providerOf(store)) {
    case 'vault':
      return entry === undefined
        ? 'vault token lookup'
        : `vault token capabilities ${quoted(`${mountOf(store)}/data/${entry.key}`)}`
    case 'aws':
      return entry === undefined
        ? 'aws sts get-caller-identity'
        : `aws secretsmanager get-resource-policy --secret-id ${quoted(entry.key)}`
    default:
      return undefined
  }
}

/** Asks whether the backend is there. */
export function isItUp(store: Store | null): string | undefined {
  const server = stringOf(at(store, 'spec', 'provider', 'vault', 'server'))
  return server === undefined
    ? undefined
    : `curl -sS ${quoted(`${server.replace(/\/$/, '')}/v1/sys/health`)}`
}

function providerOf(store: Store | null): string | undefined {
  const provider = at(store, 'spec', 'provider')
  return isObject(provider) ? Object.keys(provider)[0] : undefined
}

function mountOf(store: Store | null): string {
  return quoted(stringOf(at(store, 'spec', 'provider', 'vault', 'path')) ?? 'secret')
}

function vaultName(store: Store | null): string {
  const url = stringOf(at(store, 'spec', 'provider', 'azurekv', 'vaultUrl')) ?? ''
  return quoted(/^https:\/\/([^./]+)/.exec(url)?.[1] ?? 'VAULT')
}

function remoteNamespace(store: Store | null): string {
  const namespace = stringOf(at(store, 'spec', 'provider', 'kubernetes', 'remoteNamespace'))
  return `-n ${quoted(namespace ?? 'default')} `
}
