import type { Rules } from '../kinds/rules.ts'
import { isFielded, type Fielded } from '../object.ts'

/** Services: addresses are given out in order, from a range of their own. */
export const serviceRules: Rules = {
  names: 'label1035',
  complete: (service) => {
    const spec: Fielded = isFielded(service['spec']) ? { ...service['spec'] } : {}
    service['spec'] = spec
    spec['type'] ??= 'ClusterIP'
    spec['sessionAffinity'] ??= 'None'
    if (spec['type'] !== 'ExternalName') {
      spec['ipFamilies'] ??= ['IPv4']
      spec['ipFamilyPolicy'] ??= 'SingleStack'
      spec['internalTrafficPolicy'] ??= 'Cluster'
    }
    if (Array.isArray(spec['ports'])) {
      spec['ports'] = spec['ports'].map((port: unknown) =>
        isFielded(port)
          ? {
              ...port,
              protocol: port['protocol'] ?? 'TCP',
              targetPort: port['targetPort'] ?? port['port'],
            }
          : port,
      )
    }
    service['status'] ??= { loadBalancer: {} }
  },
  prepareCreate: (service, core) => {
    const spec = service['spec'] as Fielded
    service['status'] = { loadBalancer: {} }
    if (spec['type'] === 'ExternalName' || spec['clusterIP'] !== undefined) {
      if (spec['clusterIP'] !== undefined) spec['clusterIPs'] ??= [spec['clusterIP']]
      return
    }
    const number = core.store.revision % 65_000
    const address = `10.96.${Math.floor(number / 250)}.${(number % 250) + 1}`
    spec['clusterIP'] = address
    spec['clusterIPs'] = [address]
  },
  prepareUpdate: (service, before) => {
    const [spec, held] = [service['spec'] as Fielded, before['spec']]
    if (!isFielded(held)) return
    for (const name of ['clusterIP', 'clusterIPs'])
      if (held[name] !== undefined) spec[name] ??= held[name]
  },
}
