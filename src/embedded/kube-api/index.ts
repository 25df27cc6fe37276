export { createKubeApi, type KubeApi, type KubeApiOptions } from './kube-api.ts'
export type { LogEvent } from './storage/store.ts'
export type { User } from './auth/user.ts'
export type { ProxyRequest, ServiceProxy } from './service-proxy.ts'
