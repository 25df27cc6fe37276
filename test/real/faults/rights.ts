/** The rights of `deploy/overlays/all-in-one`, given to a group of users in place of the ServiceAccount. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import type { AnyObject } from '#api'

export const replicas = 'lockstep-replicas'

/** Roles and bindings as they are shipped, bound to {@link replicas}. */
export function rights(): readonly AnyObject[] {
  const shared = readdirSync('deploy/shared').map((name) => join('deploy/shared', name))
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: replicas }]
  return [...shared, 'deploy/overlays/all-in-one/lockstep.yaml']
    .flatMap((path) => parseAllDocuments(readFileSync(path, 'utf8')))
    .map((document) => document.toJS() as AnyObject)
    .filter(({ apiVersion }) => apiVersion === 'rbac.authorization.k8s.io/v1')
    .map((object) => (object.kind.endsWith('Binding') ? { ...object, subjects } : object))
}
