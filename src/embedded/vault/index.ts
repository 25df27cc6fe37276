export type { ReviewedToken, ReviewerServer, TokenReviewer } from './kubernetes-login.ts'
export type { Data, StringMap } from './kv.ts'
export {
  createVault,
  type AuthMountOptions,
  type EmbeddedVault,
  type PutOptions,
  type TokenOptions,
  type VaultCounts,
  type VaultOptions,
} from './vault.ts'
