export {
  applySet,
  markerOf,
  type Applied,
  type ApplyItem,
  type ApplyOptions,
  type ApplyResult,
  type Proof,
  type Proofs,
} from './apply.ts'
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
export { guardOf, prune, type Guarded, type Pruned, type PruneOptions } from './prune.ts'
