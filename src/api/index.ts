export {
  confirmAbsence,
  confirmCommand,
  confirmPrune,
  heldMessage,
  parseHeld,
  type HeldAbsence,
  type NamedStore,
} from './confirmation.ts'
export type * from './core.ts'
export * from './generated/index.ts'
export type * from './object.ts'
export { controllerOf, isDeleting, keyOf, keyText, parseKey } from './object.ts'
export {
  apiVersionOf,
  configMaps,
  coreEvents,
  deployments,
  leases,
  namespaces,
  parseApiVersion,
  resource,
  secrets,
  serviceAccounts,
  type Resource,
} from './resource.ts'
