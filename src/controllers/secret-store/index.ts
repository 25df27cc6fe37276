export { clusterReader } from './cluster-reader.ts'
export {
  secretStoreControllers,
  type SecretStoreOptions,
  type SecretStoreParts,
  type StoreController,
} from './controller.ts'
