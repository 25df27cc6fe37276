import { field, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import { equalJson } from '#base'
import type { Core } from '../core.ts'
import { drop, get, isFielded, listAt, textAt, type Fielded } from '../object.ts'

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
  selectable: ['spec.clusterIP', 'spec.type'],
  validate: (service) => [...portFaults(service['spec']), ...nameFaults(service['spec'])],
  validateUpdate: (service, before) => {
    const [is, was] = [get(service, 'spec', 'clusterIP'), get(before, 'spec', 'clusterIP')]
    const isExternal = textAt(service, 'spec', 'type') === 'ExternalName'
    if (was === undefined || is === was || isExternal) return []
    const shown = get(service, 'spec', 'clusterIPs')
    return [field.invalid('spec.clusterIPs[0]', shown, 'may not change once set')]
  },
  prepareCreate: (service, core) => {
    service['status'] = { loadBalancer: {} }
    allocate(service['spec'] as Fielded, core)
  },
  prepareUpdate: (service, before, core) => {
    const [spec, held] = [service['spec'] as Fielded, before['spec']]
    if (!isFielded(held)) return
    keepAllocated(spec, held)
    dropAllocated(spec, held)
    allocate(spec, core)
  },
}

const addressed = (spec: Fielded): boolean => spec['type'] !== 'ExternalName'
const hasNodePorts = (spec: Fielded): boolean =>
  spec['type'] === 'NodePort' ||
  (spec['type'] === 'LoadBalancer' && spec['allocateLoadBalancerNodePorts'] !== false)

// What the server once gave out stays with who leaves it out.
function keepAllocated(spec: Fielded, held: Fielded): void {
  if (addressed(spec) && addressed(held)) {
    for (const name of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'])
      if (held[name] !== undefined) spec[name] ??= held[name]
  }
  if (!hasNodePorts(spec) || !hasNodePorts(held)) return
  const before = new Map(
    listAt(held, 'ports').map((port) => [portKey(port), get(port, 'nodePort')]),
  )
  for (const port of listAt(spec, 'ports')) {
    const number = before.get(portKey(port))
    if (isFielded(port) && number !== undefined) port['nodePort'] ??= number
  }
}

const portKey = (port: unknown): string =>
  `${textAt(port, 'protocol')}/${String(get(port, 'port'))}`

// A type that has no use for what was given out gives it back, unless its author changes it himself.
function dropAllocated(spec: Fielded, held: Fielded): void {
  const isSame = (name: string): boolean => equalJson(spec[name] ?? null, held[name] ?? null)
  if (addressed(held) && !addressed(spec)) {
    for (const name of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'])
      if (isSame(name)) drop(spec, name)
    for (const name of ['internalTrafficPolicy']) if (isSame(name)) drop(spec, name)
  }
  if (hasNodePorts(held) && !hasNodePorts(spec)) {
    for (const port of listAt(spec, 'ports')) if (isFielded(port)) drop(port, 'nodePort')
  }
  const isOutside = (of: Fielded): boolean =>
    ['NodePort', 'LoadBalancer'].includes(textAt(of, 'type'))
  if (isOutside(held) && !isOutside(spec) && isSame('externalTrafficPolicy')) {
    drop(spec, 'externalTrafficPolicy')
  }
  const isBalanced = textAt(spec, 'type') === 'LoadBalancer'
  if (!isBalanced && isSame('allocateLoadBalancerNodePorts')) {
    drop(spec, 'allocateLoadBalancerNodePorts')
  }
}

// Addresses and ports come in order, from ranges of their own.
function allocate(spec: Fielded, core: Core): void {
  if (!addressed(spec)) return
  spec['ipFamilies'] ??= ['IPv4']
  spec['ipFamilyPolicy'] ??= 'SingleStack'
  if (spec['clusterIP'] === undefined) {
    const [first] = listAt(spec, 'clusterIPs')
    const number = core.store.revision % 65_000
    spec['clusterIP'] = first ?? `10.96.${Math.floor(number / 250)}.${(number % 250) + 1}`
  }
  spec['clusterIPs'] ??= [spec['clusterIP']]
  if (!hasNodePorts(spec)) return
  for (const [i, port] of listAt(spec, 'ports').entries()) {
    if (isFielded(port)) port['nodePort'] ??= 30_000 + ((core.store.revision + i) % 2_768)
  }
}
