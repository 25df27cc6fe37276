import type { ProviderLoader } from '#provider'

/** All providers, by their key under `spec.provider`. Nothing is imported before a store asks. */
export const providers: Readonly<Record<string, ProviderLoader>> = {
  aws: async () => (await import('./aws.ts')).aws,
  azurekv: async () => (await import('./azurekv.ts')).azurekv,
  fake: async () => (await import('./fake.ts')).fake,
  kubernetes: async () => (await import('./kubernetes.ts')).kubernetes,
  vault: async () => (await import('./vault.ts')).vault,
}

/** What an operator's administrator sets for all stores of a provider. */
export interface ProviderSettings {
  /** In place of AWS' own endpoint of Secrets Manager: an origin, as `http://127.0.0.1:4566`. */
  readonly awsEndpoint?: string
}

/** The same under these settings. */
export function providersWith({
  awsEndpoint: endpoint,
}: ProviderSettings): Readonly<Record<string, ProviderLoader>> {
  if (endpoint === undefined) return providers
  return { ...providers, aws: async () => (await import('./aws.ts')).createAws({ endpoint }) }
}

/**
 * The same with everything imported now: for a simulation, where an import is a wait that no clock ends.
 */
export async function loadProviders(): Promise<Readonly<Record<string, ProviderLoader>>> {
  const entries = await Promise.all(
    Object.entries(providers).map(async ([name, load]) => {
      const kind = await load()
      return [name, () => Promise.resolve(kind)] as const
    }),
  )
  return Object.fromEntries(entries)
}
