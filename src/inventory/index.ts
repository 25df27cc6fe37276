export { applySet, lackingNamespaces } from './apply.ts'
export type {
  Applied,
  ApplyItem,
  ApplyOptions,
  ApplyResult,
  Proof,
  Proofs,
} from './apply-options.ts'
export {
  entryOf,
  parseEntry,
  sameEntries,
  sorted,
  subjectOf,
  unionOf,
  without,
  type EntryTarget,
  type InventoryEntry,
} from './entry.ts'
export { healthOf, type Health } from './health.ts'
export {
  isOwnedBy,
  isPruneDisabled,
  ownerLabels,
  ownerNameLabel,
  ownerNamespaceLabel,
  ownerOf,
} from './marks.ts'
export { stageOf, stagesOf } from './order.ts'
export {
  guardOf,
  isCrowd,
  prune,
  type Going,
  type Guarded,
  type Pruned,
  type PruneOptions,
} from './prune.ts'
export { markerOf } from './trial.ts'
