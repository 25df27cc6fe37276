export {
  sealedSecretController,
  type SealedSecretController,
  type SealedSecretParts,
} from './controller.ts'
export type { SealedSecretOptions } from './options.ts'
