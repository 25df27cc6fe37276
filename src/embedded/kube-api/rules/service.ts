import { equalJson } from '#base'
import type { Core } from '../core.ts'
import { field, internal, type FieldError } from '../errors.ts'
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

function portFaults(spec: unknown): FieldError[] {
  const ports = listAt(spec, 'ports')
  const isHeadless = textAt(spec, 'clusterIP') === 'None'
  if (ports.length === 0 && !isHeadless && textAt(spec, 'type') !== 'ExternalName') {
    return [field.required('spec.ports')]
  }
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
  const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
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
  return [
    ...errors,
    ...selectorFaults(get(spec, 'selector'), 'spec.selector'),
    ...oneOf(textAt(spec, 'sessionAffinity'), 'spec.sessionAffinity', ['ClientIP', 'None']),
    ...addressFaults(spec),
    ...oneOf(type, 'spec.type', types),
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
  const found: string[] = []
  if (isExternal && listAt(service, 'spec', 'externalIPs').length > 0) {
    found.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  }
  if (!isExternal && textAt(service, 'spec', 'externalName') !== '') {
    found.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  }
  return found
}

/** Services: addresses are given out in order, from a range of their own. */
export const serviceRules: Rules = {
  names: 'label',
  selectable: ['spec.clusterIP', 'spec.type'],
  validate: (service) => [...portFaults(service['spec']), ...typeFaults(service['spec'])],
  warnings: warningsOf,
  validateUpdate: (service, before) => {
    const [is, was] = [get(service, 'spec', 'clusterIP'), get(before, 'spec', 'clusterIP')]
    const isExternal = textAt(service, 'spec', 'type') === 'ExternalName'
    const errors = statusFaults(service)
    if (was === undefined || is === was || isExternal) return errors
    const shown = get(service, 'spec', 'clusterIPs')
    return [...errors, field.invalid('spec.clusterIPs[0]', shown, 'may not change once set')]
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
