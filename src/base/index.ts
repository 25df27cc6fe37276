export { backoffMs, type BackoffOptions } from './backoff.ts'
export { base64, concatBytes, fromBase64, hex, textIfUtf8, textOf, utf8 } from './bytes.ts'
export type * from './env/env.ts'
export { defineTask } from './env/task.ts'
export {
  Fault,
  faultOf,
  outcomeOf,
  type FaultOptions,
  type FaultReason,
  type Outcome,
  type Retry,
} from './fault.ts'
export {
  at,
  BigNumber,
  equalJson,
  field,
  isObject,
  parseJson,
  stringifyJson,
  stringMapOf,
  stringOf,
  type Json,
  type JsonObject,
} from './json.ts'
export { limits } from './limits.ts'
export { equalBytes, Sensitive } from './sensitive.ts'
export { microTimeText, parseTime, timeText } from './time.ts'
