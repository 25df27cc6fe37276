import type { Kind } from '../kinds/kind.ts'
import type { Obj } from '../object.ts'
import { present } from '../kinds/strict.ts'
import { noRules, type Rules } from '../kinds/rules.ts'
import { definitionRules } from './definition.ts'
import { certificateRequestRules } from './certificate-request.ts'
import {
  driverRules,
  ingressClassRules,
  priorityClassRules,
  runtimeClassRules,
  storageClassRules,
} from './classes.ts'
import { completeTyped } from './defaults.ts'
import { deploymentRules } from './deployment.ts'
import { eventRules } from './event.ts'
import { ingressRules } from './ingress.ts'
import { leaseRules } from './lease.ts'
import { namespaceRules } from './namespace.ts'
import { nodeRules, volumeRules } from './node.ts'
import { accountRules, bindingRules, roleRules } from './rbac.ts'
import { configMapRules, secretRules } from './secret.ts'
import { serviceRules } from './service.ts'
import { mutatingRules, validatingRules } from './webhook.ts'
import {
  budgetRules,
  claimRules,
  countedRules,
  cronJobRules,
  daemonRules,
  jobRules,
  podRules,
  replicaRules,
  templateRules,
} from './workload.ts'

const rules: Readonly<Record<string, Rules>> = {
  secrets: secretRules,
  configmaps: configMapRules,
  namespaces: namespaceRules,
  events: eventRules,
  services: serviceRules,
  pods: podRules,
  'deployments.apps': deploymentRules,
  'statefulsets.apps': templateRules,
  'daemonsets.apps': daemonRules,
  'replicasets.apps': templateRules,
  replicationcontrollers: replicaRules,
  nodes: nodeRules,
  persistentvolumes: volumeRules,
  podtemplates: countedRules,
  'jobs.batch': jobRules,
  'cronjobs.batch': cronJobRules,
  persistentvolumeclaims: claimRules,
  'ingresses.networking.k8s.io': ingressRules,
  'ingressclasses.networking.k8s.io': ingressClassRules,
  'storageclasses.storage.k8s.io': storageClassRules,
  'csidrivers.storage.k8s.io': driverRules,
  'priorityclasses.scheduling.k8s.io': priorityClassRules,
  'runtimeclasses.node.k8s.io': runtimeClassRules,
  'certificatesigningrequests.certificates.k8s.io': certificateRequestRules,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': validatingRules,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': mutatingRules,
  'validatingadmissionpolicies.admissionregistration.k8s.io': countedRules,
  'mutatingadmissionpolicies.admissionregistration.k8s.io': countedRules,
  'flowschemas.flowcontrol.apiserver.k8s.io': countedRules,
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': countedRules,
  'networkpolicies.networking.k8s.io': countedRules,
  'poddisruptionbudgets.policy': budgetRules,
  'endpointslices.discovery.k8s.io': countedRules,
  'customresourcedefinitions.apiextensions.k8s.io': definitionRules,
  'roles.rbac.authorization.k8s.io': roleRules,
  'clusterroles.rbac.authorization.k8s.io': roleRules,
  'rolebindings.rbac.authorization.k8s.io': bindingRules,
  'clusterrolebindings.rbac.authorization.k8s.io': bindingRules,
  serviceaccounts: accountRules,
  'leases.coordination.k8s.io': leaseRules,
}

/** The rules of a kind. */
export function rulesOf(kind: Kind): Rules {
  if (kind.custom !== undefined || !Object.hasOwn(rules, kind.bucket)) return noRules
  return rules[kind.bucket] ?? noRules
}

/** Fills in, in place, what the author of a built-in object left out. */
export function complete(kind: Kind, object: Obj): void {
  if (kind.custom !== undefined) return
  rulesOf(kind).complete?.(object)
  completeTyped(object, kind.shape())
}

/** What Go has in a new object, for kinds whose Go types the shapes do not tell of. */
const bornWith: Readonly<Record<string, object>> = {
  'customresourcedefinitions.apiextensions.k8s.io': {
    spec: { names: {}, scope: '', group: '', versions: null },
    status: {},
  },
}

const born = new Map<string, object>()

/** An object of the kind with nothing in it, to compare a new one with: what Go never leaves out. */
export function newborn(kind: Kind): object {
  if (kind.custom !== undefined) return {}
  let found = born.get(kind.shapeName)
  if (found === undefined) {
    found = bornWith[kind.bucket] ?? present(kind.shape())
    born.set(kind.shapeName, found)
  }
  return found
}
