export { gitMirror, type GitMirrorOptions } from './git-mirror.ts'
export type {
  CommitInfo,
  Difference,
  EntryKind,
  GitCredential,
  HttpCredential,
  Mirror,
  RemoteRef,
  RemoteRefs,
  SshCredential,
  TreeEntry,
} from './mirror.ts'
export { diffTrees, folderAt, parseCommit, parseTree, pathSteps } from './objects.ts'
export { branchRef, checkRefName, isObjectId, tagRef } from './ref-name.ts'
export { shownUrl } from './remote.ts'
export { isEncryptedKey } from './ssh-agent.ts'
export {
  commitOfRevision,
  fetchRevision,
  isEmptyRepository,
  resolveRevision,
  type PickTag,
  type Revision,
  type WantedRef,
} from './revision.ts'
