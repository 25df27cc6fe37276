export {
  sealedSecretController,
  type SealedSecretController,
  type SealedSecretParts,
} from './controller.ts'
export type { SealedSecretOptions } from './options.ts'
export type { Render } from './unseal.ts'
