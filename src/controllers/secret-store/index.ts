export { clusterReader } from './cluster-reader.ts'
export {
  secretStoreControllers,
  type RunningController,
  type SecretStoreOptions,
  type SecretStoreParts,
} from './controller.ts'
