export {
  externalSecretController,
  type ExternalSecretOptions,
  type ExternalSecretParts,
  type RunningController,
} from './controller.ts'
