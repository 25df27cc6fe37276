import { at, field, Fault, isObject, stringOf, textOf } from '#base'
import type { AzureKeyVaultProvider } from '#api'
import { secretKeyRef, type ClusterReader } from '#provider'

/** What a store says, checked; without its credentials. */
export interface KeyVaultConfig {
  /** Origin of the vault: `https://name.vault.azure.net`. */
  readonly vaultOrigin: string
  readonly cloud: Cloud
  readonly tenantId: string
}

/** Where one of Microsoft's clouds logs in, and what its vaults ask tokens for. */
export interface Cloud {
  readonly loginOrigin: string
  /** Audiences of vaults and of managed HSMs. */
  readonly resources: readonly [string, ...string[]]
}

/** An application of Microsoft Entra with its secret. */
export interface ClientSecret {
  readonly clientId: string
  readonly clientSecret: string
}

const spec = 'spec.provider.azurekv'

/**
 * Source: https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud and
 * https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates
 */
const clouds: ReadonlyMap<string, Cloud> = new Map([
  [
    'PublicCloud',
    {
      loginOrigin: 'https://login.microsoftonline.com',
      resources: ['https://vault.azure.net', 'https://managedhsm.azure.net'],
    },
  ],
  [
    'USGovernmentCloud',
    {
      loginOrigin: 'https://login.microsoftonline.us',
      resources: ['https://vault.usgovcloudapi.net', 'https://managedhsm.usgovcloudapi.net'],
    },
  ],
  [
    'ChinaCloud',
    {
      loginOrigin: 'https://login.chinacloudapi.cn',
      resources: ['https://vault.azure.cn', 'https://managedhsm.azure.cn'],
    },
  ],
  [
    'GermanCloud',
    {
      loginOrigin: 'https://login.microsoftonline.de',
      resources: ['https://vault.microsoftazure.de', 'https://managedhsm.microsoftazure.de'],
    },
  ],
])

/**
 * Reads `spec.provider.azurekv`.
 *
 * @throws Fault InvalidSpec, in the peer's words where it has some; Unsupported for what is known and
 *   not built: other kinds of identity, certificates, Azure Stack.
 */
export function keyVaultConfig(config: unknown): KeyVaultConfig {
  const authType = stringOf(field(config, 'authType')) ?? 'ServicePrincipal'
  if (authType !== 'ServicePrincipal') {
    const which = ['ManagedIdentity', 'WorkloadIdentity'].includes(authType) ? authType : 'this'
    throw unsupported('authType', `authType ${which} is not built into Lockstep yet`)
  }
  const tenantId = stringOf(field(config, 'tenantId')) ?? ''
  if (tenantId === '') {
    throw new Fault('InvalidSpec', 'missing tenantID in store config', { at: `${spec}.tenantId` })
  }
  // It becomes part of a path.
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/.test(tenantId)) {
    throw new Fault('InvalidSpec', 'tenantId is neither an id nor a domain', {
      at: `${spec}.tenantId`,
    })
  }
  return { vaultOrigin: vaultOriginOf(config), cloud: cloudOf(config), tenantId }
}

/** The client id and secret that `authSecretRef` names. @throws Fault InvalidSpec, InvalidRef. */
export async function clientSecretOf(
  config: unknown,
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<ClientSecret> {
  const auth = field(config, 'authSecretRef')
  const where = `${spec}.authSecretRef`
  if (!isObject(auth)) {
    throw new Fault('InvalidSpec', 'missing secretRef in provider config', { at: where })
  }
  if (field(auth, 'clientCertificate') !== undefined) {
    throw unsupported(
      'authSecretRef.clientCertificate',
      'client certificates are not built into Lockstep yet',
    )
  }
  const read = async (name: RefName): Promise<string> => {
    const ref = secretKeyRef(field(auth, name))
    if (ref === undefined) {
      const message = 'missing accessKeyID/secretAccessKey in store config'
      throw new Fault('InvalidSpec', message, { at: `${where}.${name}` })
    }
    const text = textOf(await cluster.secretKey(ref, signal)).trim()
    if (text !== '') return text
    throw new Fault('InvalidRef', 'the referenced value is empty', { at: `${where}.${name}` })
  }
  return { clientId: await read('clientId'), clientSecret: await read('clientSecret') }
}

type RefName = keyof NonNullable<AzureKeyVaultProvider['authSecretRef']>

function vaultOriginOf(config: unknown): string {
  const text = stringOf(field(config, 'vaultUrl')) ?? ''
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isBare = url?.pathname === '/' && url.search === '' && url.hash === ''
  if (isBare && url.protocol === 'https:' && url.username === '' && url.password === '') {
    return url.origin
  }
  throw new Fault('InvalidSpec', 'vaultUrl is no https address of a vault', {
    at: `${spec}.vaultUrl`,
    hint: 'For example https://my-vault.vault.azure.net.',
  })
}

function cloudOf(config: unknown): Cloud {
  const name = stringOf(field(config, 'environmentType')) ?? 'PublicCloud'
  const cloud = clouds.get(name)
  if (cloud === undefined || at(config, 'customCloudConfig') !== undefined) {
    throw unsupported('environmentType', "clouds other than Microsoft's own are not built yet")
  }
  return cloud
}

function unsupported(where: string, message: string): Fault {
  return new Fault('Unsupported', message, {
    at: `${spec}.${where}`,
    hint: 'Use authType ServicePrincipal with clientId and clientSecret.',
  })
}
