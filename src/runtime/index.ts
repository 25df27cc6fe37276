export {
  settled,
  type Controller,
  type ControllerOptions,
  type Lane,
  type Next,
} from './controller.ts'
export type { EventNote, EventRecorder } from './event-recorder.ts'
export type { Cache, Change, Informer } from './informer.ts'
