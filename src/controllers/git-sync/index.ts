export {
  gitSyncControllers,
  type GitSyncController,
  type GitSyncDeps,
  type GitSyncOptions,
} from './controllers.ts'
export { confirmPrune } from '#api'
export { fieldManager } from './pass.ts'
export type { OpenMirror, Reach } from './mirrors.ts'
