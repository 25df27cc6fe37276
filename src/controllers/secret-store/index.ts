export { clusterReader } from './cluster-reader.ts'
export {
  secretStoreControllers,
  type SecretStoreOptions,
  type SecretStoreParts,
} from './controller.ts'
