import type { Kind } from '../kinds/kind.ts'
import { noRules, type Rules } from '../kinds/rules.ts'
import { definitionRules } from './definition.ts'
import { deploymentRules, podRules, templateRules } from './deployment.ts'
import { eventRules } from './event.ts'
import { leaseRules } from './lease.ts'
import { namespaceRules } from './namespace.ts'
import { accessRules, bindingRules, roleRules } from './rbac.ts'
import { configMapRules, secretRules } from './secret.ts'
import { serviceRules } from './service.ts'

const rules: Readonly<Record<string, Rules>> = {
  secrets: secretRules,
  configmaps: configMapRules,
  namespaces: namespaceRules,
  events: eventRules,
  services: serviceRules,
  pods: podRules,
  'deployments.apps': deploymentRules,
  'statefulsets.apps': templateRules,
  'daemonsets.apps': templateRules,
  'replicasets.apps': templateRules,
  'customresourcedefinitions.apiextensions.k8s.io': definitionRules,
  'roles.rbac.authorization.k8s.io': roleRules,
  'clusterroles.rbac.authorization.k8s.io': roleRules,
  'rolebindings.rbac.authorization.k8s.io': bindingRules,
  'clusterrolebindings.rbac.authorization.k8s.io': bindingRules,
  serviceaccounts: accessRules,
  'leases.coordination.k8s.io': leaseRules,
}

/** The rules of a kind. */
export function rulesOf(kind: Kind): Rules {
  if (kind.custom !== undefined || !Object.hasOwn(rules, kind.bucket)) return noRules
  return rules[kind.bucket] ?? noRules
}

/** What Go has in an object of the kind before anything is set: structs that are never absent. */
const bornWith: Readonly<Record<string, object>> = {
  events: {
    involvedObject: {},
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
    regarding: {},
    deprecatedSource: {},
    deprecatedFirstTimestamp: null,
    deprecatedLastTimestamp: null,
  },
  'roles.rbac.authorization.k8s.io': { rules: null },
  'clusterroles.rbac.authorization.k8s.io': { rules: null },
  namespaces: { spec: {}, status: {} },
  'deployments.apps': {
    spec: { strategy: {}, template: { metadata: {}, spec: { containers: null } } },
    status: {},
  },
  'customresourcedefinitions.apiextensions.k8s.io': {
    spec: { names: {}, scope: '', group: '', versions: null },
    status: {},
  },
  services: { spec: {}, status: { loadBalancer: {} } },
  pods: { spec: { containers: null }, status: {} },
  'rolebindings.rbac.authorization.k8s.io': { roleRef: {} },
  'clusterrolebindings.rbac.authorization.k8s.io': { roleRef: {} },
  'leases.coordination.k8s.io': { spec: {} },
}

/** An object of the kind with nothing in it, to compare a new one with. */
export function newborn(kind: Kind): object {
  return (
    (kind.custom === undefined && Object.hasOwn(bornWith, kind.bucket)
      ? bornWith[kind.bucket]
      : undefined) ?? {}
  )
}
