export { isNewer } from './cache.ts'
export {
  settled,
  type Controller,
  type ControllerOptions,
  type Lane,
  type Next,
} from './controller.ts'
export { createController, type ControllerParts } from './create-controller.ts'
export { createEventRecorder, type EventRecorderOptions } from './create-event-recorder.ts'
export { createInformer, createMetadataInformer, type InformerOptions } from './create-informer.ts'
export { serveHealth, type HealthOptions } from './health.ts'
export type { EventNote, EventRecorder } from './event-recorder.ts'
export type { Cache, Change, Informer } from './informer.ts'
export { createFence, runWithLease, type Fence, type LeaseOptions } from './lease.ts'
export {
  createMetrics,
  type ControllerMetrics,
  type Counter,
  type Gauge,
  type Histogram,
  type Labels,
  type Metrics,
} from './metrics.ts'
export { nextDueMs } from './refresh.ts'
export { runAll, type Runnable, type RunningController } from './run-all.ts'
export {
  hasForeignDataManager,
  keepSecretMetadata,
  withoutManagedFields,
  type SecretMetadata,
} from './secret-metadata.ts'
export {
  createStatusWriter,
  setCondition,
  type StatusWriter,
  type StatusWriterOptions,
} from './status-writer.ts'
export {
  createWorkQueue,
  type Handed,
  type WorkQueue,
  type WorkQueueOptions,
} from './work-queue.ts'
