import { field, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import { get, isFielded, listAt, textAt, type Fielded } from '../object.ts'

function portFaults(spec: unknown): FieldError[] {
  const ports = listAt(spec, 'ports')
  const isHeadless = textAt(spec, 'clusterIP') === 'None'
  if (ports.length === 0 && !isHeadless && textAt(spec, 'type') !== 'ExternalName') {
    return [field.required('spec.ports')]
  }
  const range = 'must be between 1 and 65535, inclusive'
  const isPort = (value: unknown): boolean =>
    typeof value !== 'number' || (value >= 1 && value <= 65_535)
  return ports.flatMap((one, i) => {
    const at = `spec.ports[${i}]`
    const [port, target] = [get(one, 'port'), get(one, 'targetPort')]
    return [
      ...(ports.length > 1 && textAt(one, 'name') === '' ? [field.required(`${at}.name`)] : []),
      ...(isPort(port) ? [] : [field.invalid(`${at}.port`, port, range)]),
      ...(isPort(target) ? [] : [field.invalid(`${at}.targetPort`, target, range)]),
    ]
  })
}

function nameFaults(spec: unknown): FieldError[] {
  const isExternal = textAt(spec, 'type') === 'ExternalName'
  return isExternal && textAt(spec, 'externalName') === ''
    ? [field.required('spec.externalName')]
    : []
}

/** Services: addresses are given out in order, from a range of their own. */
export const serviceRules: Rules = {
  names: 'label',
  validate: (service) => [...portFaults(service['spec']), ...nameFaults(service['spec'])],
  validateUpdate: (service, before) => {
    const [is, was] = [get(service, 'spec', 'clusterIP'), get(before, 'spec', 'clusterIP')]
    const isExternal = textAt(service, 'spec', 'type') === 'ExternalName'
    if (was === undefined || is === was || isExternal) return []
    const shown = get(service, 'spec', 'clusterIPs')
    return [field.invalid('spec.clusterIPs[0]', shown, 'may not change once set')]
  },
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
