import type { ProviderLoader } from '#provider'

/** All providers, by their key under `spec.provider`. Nothing is imported before a store asks. */
export const providers: Readonly<Record<string, ProviderLoader>> = {
  fake: async () => (await import('./fake.ts')).fake,
  kubernetes: async () => (await import('./kubernetes.ts')).kubernetes,
  vault: async () => (await import('./vault.ts')).vault,
}
