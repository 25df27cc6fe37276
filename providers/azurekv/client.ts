import { Fault, type Env, type Pool } from '#base'
import { Session } from '#provider'
import type { SecretProperties } from '@azure/keyvault-secrets'
import type { ClientSecret, KeyVaultConfig } from './config.ts'
import { keyVaultFault, SecretAbsent } from './faults.ts'
import { logIn } from './login.ts'
import { keyVaultTransport } from './transport.ts'

/** One version of a secret. */
export interface VaultSecret {
  readonly value: string
  readonly version: string
  readonly tags: ReadonlyMap<string, string>
}

export interface ListedSecret {
  readonly name: string
  readonly isEnabled: boolean
  readonly tags: ReadonlyMap<string, string>
}

/** The calls of a vault that are made here. */
export interface KeyVaultClient {
  /** Null: the vault says that there is none. @throws Fault */
  secret(
    name: string,
    version: string | undefined,
    signal: AbortSignal,
  ): Promise<VaultSecret | null>
  /** All secrets of the vault, page by page. @throws Fault when a page is missing. */
  secrets(signal: AbortSignal): AsyncIterable<readonly ListedSecret[]>
  /** Logs in, unless that was done. @throws Fault */
  open(signal: AbortSignal): Promise<void>
}

/** A page has 25 secrets. More pages than this are a circle. */
const mostPages = 4_000

/** A token for the SDK to put into a header that the transport replaces. It never leaves here. */
const placeholder = { token: 'session', expiresOnTimestamp: 8_640_000_000_000_000 }

/**
 * The official SDK's client over our own transport and with our own login. The SDK answers the vault's
 * challenge, checks what it asks for, reads pages and versions; it is loaded here, when the first store
 * of the kind is opened.
 */
export async function createKeyVaultClient(options: {
  readonly env: Env
  readonly pool: Pool
  readonly config: KeyVaultConfig
  readonly client: ClientSecret
  readonly onLogin?: () => void
}): Promise<KeyVaultClient> {
  const { env, pool, config, client, onLogin } = options
  const { resources } = config.cloud
  const resource = resources.find((each) => isOf(config.vaultOrigin, each)) ?? resources[0]
  const scope = `${resource}/.default`
  const session = new Session({
    env,
    login: (signal) => logIn(env, pool, config, client, scope, signal),
    ...(onLogin === undefined ? {} : { onLogin }),
  })
  const sdk = await import('@azure/keyvault-secrets').catch(notInstalled)
  const secrets = new sdk.SecretClient(
    config.vaultOrigin,
    { getToken: (scopes) => Promise.resolve(tokenFor(scopes, scope)) },
    {
      httpClient: keyVaultTransport(env, pool, config.vaultOrigin, session),
      // Retries are the planner's and the controller loop's.
      retryOptions: { maxRetries: 0 },
    },
  )
  return {
    open: (signal) => session.open(signal),
    secret: async (name, version, abortSignal) => {
      let answered = false
      const onResponse = (): void => {
        answered = true
      }
      try {
        const wanted = version === undefined ? {} : { version }
        const { value, properties } = await secrets.getSecret(name, {
          ...wanted,
          abortSignal,
          onResponse,
        })
        if (typeof value !== 'string') throw noValue()
        return { value, version: properties.version ?? '', tags: tagsOf(properties) }
      } catch (thrown) {
        abortSignal.throwIfAborted()
        if (thrown instanceof SecretAbsent) return null
        throw keyVaultFault(thrown, answered)
      }
    },
    secrets: async function* (abortSignal) {
      let pages = 0
      try {
        for await (const page of secrets.listPropertiesOfSecrets({ abortSignal }).byPage()) {
          abortSignal.throwIfAborted()
          if (++pages > mostPages) throw endless()
          yield page.map(listed)
        }
      } catch (thrown) {
        abortSignal.throwIfAborted()
        throw keyVaultFault(thrown instanceof SecretAbsent ? endless() : thrown, true)
      }
    },
  }
}

/** Whether a vault's host lies in the domain of a resource. */
function isOf(vaultOrigin: string, resource: string): boolean {
  return new URL(vaultOrigin).hostname.endsWith(`.${new URL(resource).hostname}`)
}

/** @throws Fault Forbidden when the vault asks for a token that would open something else. */
function tokenFor(scopes: string | string[], scope: string): typeof placeholder {
  const asked = typeof scopes === 'string' ? [scopes] : scopes
  if (asked.length === 1 && asked[0] === scope) return placeholder
  throw new Fault('Forbidden', 'the vault asks for a token of something that is no vault', {
    at: 'spec.provider.azurekv.vaultUrl',
    retry: { kind: 'backoff' },
  })
}

function listed(properties: SecretProperties): ListedSecret {
  return {
    name: properties.name,
    // A list that does not say must not become a shorter one: the read will tell.
    isEnabled: properties.enabled !== false,
    tags: tagsOf(properties),
  }
}

function tagsOf(properties: SecretProperties): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(properties.tags ?? {}).filter(([, value]) => typeof value === 'string'),
  )
}

function noValue(): Fault {
  return new Fault('InvalidAnswer', 'the vault answered a secret without a value')
}

function endless(): Fault {
  return new Fault('InvalidAnswer', 'the vault did not list its secrets to an end')
}

/** It is an optional dependency. @throws Fault Unsupported when it was left out. */
function notInstalled(thrown: unknown): never {
  const code = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined
  if (code !== 'ERR_MODULE_NOT_FOUND') throw thrown
  throw new Fault('Unsupported', 'the Azure SDK is not installed', {
    hint: 'Install @azure/keyvault-secrets, an optional dependency.',
  })
}
