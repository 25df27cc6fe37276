export {
  externalSecretController,
  type ExternalSecretOptions,
  type ExternalSecretParts,
} from './controller.ts'
