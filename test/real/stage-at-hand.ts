/** What the real tests are played on, as far as it can be told before anything is started. */
import { components, find } from '../../scripts/components/index.ts'

/** A kubeconfig that is lent: `LOCKSTEP_TEST_KUBECONFIG`, or `KUBECONFIG` with `USE_EXISTING_CLUSTER`. */
export function lentKubeconfig(): string | undefined {
  const named = process.env['LOCKSTEP_TEST_KUBECONFIG'] ?? ''
  if (named !== '') return named
  if (process.env['USE_EXISTING_CLUSTER'] !== 'true') return undefined
  const path = process.env['KUBECONFIG'] ?? ''
  if (path === '') throw new Error('USE_EXISTING_CLUSTER needs KUBECONFIG')
  return path
}

// Without the last, nothing is collected and no namespace ends: stories would fail for want of it.
const needed: readonly string[] = ['etcd', 'kube-apiserver', 'kube-controller-manager']

/** Components without which nothing at all can be played; none on a cluster that is lent. */
export const missingPlane: readonly string[] =
  lentKubeconfig() === undefined
    ? components
        .filter((component) => needed.includes(component.name))
        .filter((component) => find(component).kind !== 'program')
        .map(({ name }) => name)
    : []
