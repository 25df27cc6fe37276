export { isLocalAddress } from './address.ts'
export { createClusterReader, secretKeyOf, type ClusterSource } from './cluster-reader.ts'
export { OpenFault } from './open-fault.ts'
export {
  createPlanner,
  type PlannerMetrics,
  type PlannerOptions,
  type PlannerStats,
  type ReadPlanner,
} from './plan.ts'
export type * from './provider.ts'
export { isReferent, storeView, type RetrySettings, type StoreView } from './store-view.ts'
export { JsonNumber, marshalByteMap, marshalJson, parseKeepingNumbers } from './json-value.ts'
export { nameMatcher } from './names.ts'
export { rawMembers, rawString } from './raw-json.ts'
export { readBody, retryAfterMs } from './answer.ts'
export { trustedCertificates } from './certificates.ts'
export { credentialText, secretKeyRef, serviceAccountRef } from './config.ts'
export { Session, type Login, type SessionOptions } from './session.ts'
export {
  generate,
  type GenerateEnv,
  type Generator,
  type GeneratorKind,
} from './generators/generate.ts'
