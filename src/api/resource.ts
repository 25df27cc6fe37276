import type { AnyObject, KubeObject } from './object.ts'
import type {
  ConfigMap,
  CoreEvent,
  Deployment,
  Lease,
  Namespace,
  Secret,
  ServiceAccount,
} from './core.ts'

/**
 * A kind as the API server serves it. `T` is the shape of its objects and exists for the type
 * checker alone.
 */
export interface Resource<T extends KubeObject = AnyObject> {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  /** Lower-case plural, as in the path. */
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
  /** Never set; carries T. */
  readonly shape?: T
}

/** `group/version`, or `version` for the core group. */
export function apiVersionOf(resource: Resource<KubeObject>): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
}

/** Group and version of an `apiVersion`. */
export function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/')
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

/** Declares a kind. */
export function resource<T extends KubeObject = AnyObject>(
  apiVersion: string,
  kind: string,
  plural: string,
  scope: 'namespaced' | 'cluster' = 'namespaced',
): Resource<T> {
  return { ...parseApiVersion(apiVersion), plural, kind, namespaced: scope === 'namespaced' }
}

export const secrets: Resource<Secret> = resource('v1', 'Secret', 'secrets')
export const configMaps: Resource<ConfigMap> = resource('v1', 'ConfigMap', 'configmaps')
export const namespaces: Resource<Namespace> = resource('v1', 'Namespace', 'namespaces', 'cluster')
export const serviceAccounts: Resource<ServiceAccount> = resource(
  'v1',
  'ServiceAccount',
  'serviceaccounts',
)
export const coreEvents: Resource<CoreEvent> = resource('v1', 'Event', 'events')
export const deployments: Resource<Deployment> = resource('apps/v1', 'Deployment', 'deployments')
export const leases: Resource<Lease> = resource('coordination.k8s.io/v1', 'Lease', 'leases')
