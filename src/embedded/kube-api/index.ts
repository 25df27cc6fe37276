export { createKubeApi, type KubeApi, type KubeApiOptions } from './kube-api.ts'
export { Faults, type FaultKind } from './faults/faults.ts'
export { planOf, refusals } from './faults/plan.ts'
export type {
  Break,
  CallFault,
  CallMatch,
  CallSeen,
  EventFault,
  EventSeen,
  FaultPlan,
  FaultRule,
  PlannedAnswer,
} from './faults/plan.ts'
export type { LogEvent } from './storage/store.ts'
export type { User } from './auth/user.ts'
export type { ProxyRequest, ServiceProxy } from './service-proxy.ts'
