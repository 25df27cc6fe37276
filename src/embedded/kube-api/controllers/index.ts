import type { Core } from '../core.ts'
import { install } from '../install.ts'
import { startCleanup } from './cleanup.ts'
import { startDefinitions } from './definitions.ts'
import { startGarbage } from './garbage.ts'
import { startNamespaceFurniture } from './furniture.ts'
import { startNamespaces } from './namespaces.ts'
import { startRoles } from './roles.ts'

/** Starts everything that acts by itself. @returns how to stop it. */
export function startControllers(core: Core): () => void {
  const stops = [
    startDefinitions(core),
    startNamespaceFurniture(core),
    startGarbage(core),
    startNamespaces(core),
    startCleanup(core),
    startRoles(core),
  ]
  install(
    core,
    ['default', 'kube-system', 'kube-public', 'kube-node-lease'].map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    })),
  )
  return () => {
    for (const stop of stops) stop()
  }
}
