import { equalJson } from '#base'
import type { Core } from '../core.ts'
import { field, internal, invalid, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import {
  drop,
  get,
  isFielded,
  listAt,
  scalarText,
  textAt,
  type Fielded,
  type Obj,
} from '../object.ts'
import { labelFaults } from '../validate/qualified.ts'
import { isPort, oneOf } from './container.ts'
import { labelFaults as selectorFaults } from './label-query.ts'

function lackingPorts(spec: unknown): FieldError[] {
  const isFree = textAt(spec, 'clusterIP') === 'None' || textAt(spec, 'type') === 'ExternalName'
  return isFree || listAt(spec, 'ports').length > 0 ? [] : [field.required('spec.ports')]
}

function portFaults(spec: unknown): FieldError[] {
  const ports = listAt(spec, 'ports')
  const range = 'must be between 1 and 65535, inclusive'
  const names = new Set<string>()
  return ports.flatMap((one, i) => {
    const at = `spec.ports[${i}]`
    const [port, target] = [get(one, 'port'), get(one, 'targetPort')]
    const name = textAt(one, 'name')
    const faults = name === '' ? [] : labelFaults(name)
    const isAgain = name !== '' && faults.length === 0 && names.has(name)
    names.add(name)
    return [
      ...(ports.length > 1 && name === '' ? [field.required(`${at}.name`)] : []),
      ...faults.map((why) => field.invalid(`${at}.name`, name, why)),
      ...(isAgain ? [field.duplicate(`${at}.name`, name)] : []),
      ...(isPort(port) ? [] : [field.invalid(`${at}.port`, port, range)]),
      ...oneOf(textAt(one, 'protocol'), `${at}.protocol`, ['SCTP', 'TCP', 'UDP']),
      ...(isPort(target) ? [] : [field.invalid(`${at}.targetPort`, target, range)]),
      ...sameFaults(ports, i),
    ]
  })
}

// Two ports of one number and protocol; the real server shows what it compared, and no more.
function sameFaults(ports: readonly unknown[], i: number): FieldError[] {
  const one = ports[i]
  const isSame = ports.slice(0, i).some((other) => portKey(other) === portKey(one))
  if (!isSame) return []
  const shown = {
    Name: '',
    Protocol: textAt(one, 'protocol'),
    AppProtocol: null,
    Port: get(one, 'port'),
    TargetPort: 0,
    NodePort: 0,
  }
  return [field.duplicate(`spec.ports[${i}]`, shown)]
}

function typeFaults(spec: unknown): FieldError[] {
  const type = textAt(spec, 'type')
  const errors: FieldError[] = []
  if (['LoadBalancer', 'NodePort'].includes(type) && textAt(spec, 'clusterIP') === 'None') {
    const why = `may not be set to 'None' for ${type} services`
    errors.push(field.invalid('spec.clusterIPs[0]', 'None', why))
  }
  if (type === 'ExternalName') {
    if (textAt(spec, 'clusterIP') !== '') {
      errors.push(field.forbidden('spec.clusterIPs', 'may not be set for ExternalName services'))
    }
    if (textAt(spec, 'externalName') === '') errors.push(field.required('spec.externalName'))
  }
  return errors
}

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']

function otherFaults(spec: unknown): FieldError[] {
  return [
    ...selectorFaults(get(spec, 'selector'), 'spec.selector'),
    ...oneOf(textAt(spec, 'sessionAffinity'), 'spec.sessionAffinity', ['ClientIP', 'None']),
    ...addressFaults(spec),
    ...oneOf(textAt(spec, 'type'), 'spec.type', types),
  ]
}

const addressHelp = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
const isAddress = (text: string): boolean =>
  /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(text) ||
  /^[\da-f:]*:[\da-f:]*$/i.test(text)

function addressFaults(spec: unknown): FieldError[] {
  const given = listAt(spec, 'externalIPs').map((one) => scalarText(one))
  const errors = given.flatMap((ip, i) =>
    isAddress(ip) ? [] : [field.invalid(`spec.externalIPs[${i}]`, ip, addressHelp)],
  )
  const own = textAt(spec, 'clusterIP')
  if (own === '' || own === 'None' || isAddress(own)) return errors
  return [...errors, field.invalid('spec.clusterIPs[0]', own, addressHelp)]
}

function statusFaults(service: Obj): FieldError[] {
  const given = listAt(service, 'status', 'loadBalancer', 'ingress')
  if (given.length === 0 || textAt(service, 'spec', 'type') === 'LoadBalancer') return []
  const why = "may only be used when `spec.type` is 'LoadBalancer'"
  return [field.forbidden('status.loadBalancer.ingress', why)]
}

function warningsOf(service: Obj): string[] {
  const type = textAt(service, 'spec', 'type')
  const isExternal = type === 'ExternalName'
  const isHeadless = !isExternal && textAt(service, 'spec', 'clusterIP') === 'None'
  const hasOutside = listAt(service, 'spec', 'externalIPs').length > 0
  const found: string[] = []
  if (isHeadless && hasOutside) found.push('spec.externalIPs is ignored for headless services')
  if (isHeadless && textAt(service, 'spec', 'sessionAffinity') !== 'None') {
    found.push('spec.SessionAffinity is ignored for headless services')
  }
  if (hasOutside && !isHeadless && !isExternal) {
    found.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters')
  }
  if (isExternal && hasOutside) {
    found.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  }
  if (!isExternal && textAt(service, 'spec', 'externalName') !== '') {
    found.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  }
  return found
}

function addressChangeFaults(spec: unknown, held: unknown): FieldError[] {
  const was = get(held, 'clusterIP')
  const isExternal = textAt(spec, 'type') === 'ExternalName'
  if (was === undefined || was === get(spec, 'clusterIP') || isExternal) return []
  const shown = get(spec, 'clusterIPs')
  return [field.invalid('spec.clusterIPs[0]', shown, 'may not change once set')]
}

/** Services: addresses are given out in order, from a range of their own. */
export const serviceRules: Rules = {
  names: 'label',
  selectable: ['spec.clusterIP', 'spec.type'],
  validate: ({ spec }, before) => [
    ...(before === undefined ? [] : addressChangeFaults(spec, before['spec'])),
    ...lackingPorts(spec),
    ...typeFaults(spec),
    ...portFaults(spec),
    ...otherFaults(spec),
  ],
  warnings: warningsOf,
  validateUpdate: (service) => statusFaults(service),
  prepareCreate: (service, core) => {
    service['status'] = { loadBalancer: {} }
    allocate(service, core)
  },
  prepareUpdate: (service, before, core) => {
    const [spec, held] = [service['spec'] as Fielded, before['spec']]
    if (!isFielded(held)) return
    followAddress(spec, held)
    keepAllocated(spec, held)
    dropAllocated(spec, held)
    allocate(service, core)
  },
}

const addressed = (spec: Fielded): boolean => spec['type'] !== 'ExternalName'
const hasNodePorts = (spec: Fielded): boolean =>
  spec['type'] === 'NodePort' ||
  (spec['type'] === 'LoadBalancer' && spec['allocateLoadBalancerNodePorts'] !== false)

// Who changes the one address and not the list of them means both.
function followAddress(spec: Fielded, held: Fielded): void {
  const [first, ...others] = listAt(spec, 'clusterIPs')
  const own = textAt(spec, 'clusterIP')
  if (own === '' || own === first) return
  if (first === undefined) spec['clusterIPs'] = [own]
  else if (equalJson(spec['clusterIPs'], held['clusterIPs'])) spec['clusterIPs'] = [own, ...others]
}

const allocated = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']

// What the server once gave out stays with who leaves it out.
function keepAllocated(spec: Fielded, held: Fielded): void {
  if (addressed(spec) && addressed(held)) {
    for (const name of allocated) if (held[name] !== undefined) spec[name] ??= held[name]
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
    for (const name of [...allocated, 'internalTrafficPolicy']) if (isSame(name)) drop(spec, name)
  }
  if (hasNodePorts(held) && !hasNodePorts(spec)) {
    for (const port of listAt(spec, 'ports')) if (isFielded(port)) drop(port, 'nodePort')
  }
  const isOutside = (of: Fielded): boolean =>
    ['NodePort', 'LoadBalancer'].includes(textAt(of, 'type')) ||
    (textAt(of, 'type') === 'ClusterIP' && listAt(of, 'externalIPs').length > 0)
  if (isOutside(held) && !isOutside(spec) && isSame('externalTrafficPolicy')) {
    drop(spec, 'externalTrafficPolicy')
  }
  const isBalanced = textAt(spec, 'type') === 'LoadBalancer'
  if (!isBalanced && isSame('allocateLoadBalancerNodePorts')) {
    drop(spec, 'allocateLoadBalancerNodePorts')
  }
}

const otherFamily = (family: unknown): FieldError =>
  field.invalid('spec.ipFamilies[1]', family, 'not configured on this cluster')

// Addresses and ports come in order, from ranges of their own.
function allocate(service: Obj, core: Core): void {
  const spec = service['spec'] as Fielded
  if (!addressed(spec)) return
  // Who finds the Pods of such a Service by himself may find them under both.
  const selector = spec['selector']
  const isOpen =
    textAt(spec, 'clusterIP') === 'None' &&
    Object.keys(isFielded(selector) ? selector : {}).length === 0
  if (!isOpen && spec['ipFamilyPolicy'] === 'RequireDualStack') {
    const why = 'this cluster is not configured for dual-stack services'
    const wrong = field.invalid('spec.ipFamilyPolicy', 'RequireDualStack', why)
    const second = listAt(spec, 'ipFamilies')[1]
    const wrongs = second === undefined ? [wrong] : [wrong, otherFamily(second)]
    throw invalid({ group: '', kind: 'Service' }, service.metadata.name ?? '', wrongs)
  }
  spec['ipFamilyPolicy'] ??= isOpen ? 'RequireDualStack' : 'SingleStack'
  spec['ipFamilies'] ??= isOpen ? ['IPv4', 'IPv6'] : ['IPv4']
  if (spec['clusterIP'] === undefined) {
    const [first] = listAt(spec, 'clusterIPs')
    const number = core.store.revision % 65_000
    spec['clusterIP'] = first ?? `10.96.${Math.floor(number / 250)}.${(number % 250) + 1}`
  }
  spec['clusterIPs'] ??= [spec['clusterIP']]
  if (!hasNodePorts(spec)) return
  allocateNodePorts(spec, core)
}

const firstNodePort = 30_000
const nodePorts = 2_768

// From the number that comes next, the first that no Service has.
function allocateNodePorts(spec: Fielded, core: Core): void {
  const lacking = listAt(spec, 'ports').filter(isFielded).filter(isWithoutNodePort)
  if (lacking.length === 0) return
  const used = new Set(nodePortsOf(spec))
  for (const [, { object }] of core.store.entries('services')) {
    for (const number of nodePortsOf(object['spec'])) used.add(number)
  }
  for (const [i, port] of lacking.entries()) {
    let number = (core.store.revision + i) % nodePorts
    for (let tried = 0; used.has(firstNodePort + number); tried++) {
      if (tried === nodePorts) throw internal('failed to allocate a nodePort: range is full')
      number = (number + 1) % nodePorts
    }
    port['nodePort'] = firstNodePort + number
    used.add(firstNodePort + number)
  }
}

// Go's zero says that nothing is asked for.
const isWithoutNodePort = (port: Fielded): boolean => (port['nodePort'] ?? 0) === 0

function nodePortsOf(spec: unknown): unknown[] {
  return listAt(spec, 'ports').map((port) => get(port, 'nodePort'))
}
