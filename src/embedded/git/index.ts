export type { NewFile } from './fast-import.ts'
export {
  createGitServer,
  type CommitOptions,
  type GitServer,
  type GitServerMood,
  type GitServerOptions,
} from './git-server.ts'
export { memoryMirror, MemoryRepository, type MemoryMirrorOptions } from './memory-mirror.ts'
