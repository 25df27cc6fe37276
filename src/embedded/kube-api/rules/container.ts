/** What is checked of the containers of a Pod, as far as people get it wrong. */
import { field, type FieldError } from '../errors.ts'
import { quantityNanos } from '../kinds/quantity.ts'
import { get, isFielded, listAt, scalarText, textAt } from '../object.ts'
import { labelFaults, subdomainFaults } from '../validate/qualified.ts'

type Faults = FieldError[]

const portRange = 'must be between 1 and 65535, inclusive'
const positive = 'must be greater than or equal to 0'

/** Whether a number can be a port. */
export function isPort(value: unknown): boolean {
  return typeof value !== 'number' || (value >= 1 && value <= 65_535)
}

/** Faults of one container, its probes aside. @param volumes Names of the Pod's volumes. */
export function containerFaults(
  container: unknown,
  at: string,
  volumes: ReadonlySet<string>,
): FieldError[] {
  const name = textAt(container, 'name')
  const image = textAt(container, 'image')
  return [
    ...(name === '' ? [field.required(`${at}.name`)] : []),
    ...(name === ''
      ? []
      : labelFaults(name).map((fault) => field.invalid(`${at}.name`, name, fault))),
    ...(image === '' ? [field.required(`${at}.image`)] : []),
    ...oneOf(textAt(container, 'terminationMessagePolicy'), `${at}.terminationMessagePolicy`, [
      'File',
      'FallbackToLogsOnError',
    ]),
    ...portFaults(listAt(container, 'ports'), `${at}.ports`),
    ...envFaults(listAt(container, 'env'), `${at}.env`),
    ...envFromFaults(listAt(container, 'envFrom'), `${at}.envFrom`),
    ...mountFaults(listAt(container, 'volumeMounts'), `${at}.volumeMounts`, volumes),
    ...oneOf(textAt(container, 'imagePullPolicy'), `${at}.imagePullPolicy`, [
      'Always',
      'IfNotPresent',
      'Never',
    ]),
    ...resourceFaults(get(container, 'resources'), `${at}.resources`),
  ]
}

/** A value that must be one of a few. */
export function oneOf(value: string, at: string, allowed: readonly string[]): FieldError[] {
  if (value === '' || allowed.includes(value)) return []
  return [field.notSupported(at, value, allowed)]
}

function portFaults(ports: readonly unknown[], at: string): FieldError[] {
  const seen = new Set<string>()
  return ports.flatMap((port, i) => {
    const here = `${at}[${i}]`
    const errors: Faults = []
    const name = textAt(port, 'name')
    if (name !== '') {
      const faults = portNameFaults(name).map((why) => field.invalid(`${here}.name`, name, why))
      errors.push(...faults)
      if (faults.length === 0 && seen.has(name)) errors.push(field.duplicate(`${here}.name`, name))
      seen.add(name)
    }
    const number = get(port, 'containerPort') ?? 0
    if (number === 0) errors.push(field.required(`${here}.containerPort`))
    else if (!isPort(number)) errors.push(field.invalid(`${here}.containerPort`, number, portRange))
    const host = get(port, 'hostPort')
    if (host !== undefined && !isPort(host)) {
      errors.push(field.invalid(`${here}.hostPort`, host, portRange))
    }
    errors.push(...oneOf(textAt(port, 'protocol'), `${here}.protocol`, ['SCTP', 'TCP', 'UDP']))
    return errors
  })
}

function portNameFaults(name: string): string[] {
  const faults: string[] = []
  if (name.length > 15) faults.push('must be no more than 15 characters')
  if (!/^[-a-z0-9]+$/.test(name)) {
    faults.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  }
  if (!/[a-z]/.test(name)) faults.push('must contain at least one letter (a-z)')
  if (name.includes('--')) faults.push('must not contain consecutive hyphens')
  if (/^-|-$/.test(name)) faults.push('must not begin or end with a hyphen')
  return faults
}

const sources = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef']
const fields =
  /^(?:metadata\.(?:name|namespace|uid|(?:labels|annotations)(?:\['[^']+'\])?)|spec\.(?:nodeName|serviceAccountName)|status\.(?:hostIPs?|podIPs?))$/

function envFaults(env: readonly unknown[], at: string): FieldError[] {
  return env.flatMap((one, i) => {
    const here = `${at}[${i}]`
    const name = textAt(one, 'name')
    const errors: Faults = []
    if (name === '') errors.push(field.required(`${here}.name`))
    else if (!/^[\x20-\x3c\x3e-\x7e]+$/.test(name)) {
      const why =
        "a valid environment variable name must consist only of printable ASCII characters other than '='"
      errors.push(field.invalid(`${here}.name`, name, why))
    }
    const from = get(one, 'valueFrom')
    if (isFielded(from)) errors.push(...valueFromFaults(one, from, `${here}.valueFrom`))
    return errors
  })
}

function valueFromFaults(env: unknown, from: unknown, at: string): FieldError[] {
  const given = sources.filter((name) => get(from, name) !== undefined)
  if (given.length === 0) {
    const why =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
    return [field.invalid(at, '', why)]
  }
  const errors: Faults = []
  for (const name of ['configMapKeyRef', 'secretKeyRef']) {
    const ref = get(from, name)
    if (ref === undefined) continue
    const held = textAt(ref, 'name')
    errors.push(
      ...subdomainFaults(held).map((why) => field.invalid(`${at}.${name}.name`, held, why)),
    )
    if (textAt(ref, 'key') === '') errors.push(field.required(`${at}.${name}.key`))
  }
  const path = textAt(from, 'fieldRef', 'fieldPath')
  if (get(from, 'fieldRef') !== undefined && !fields.test(path)) {
    const why = `error converting fieldPath: field label not supported: ${path}`
    errors.push(
      path === ''
        ? field.required(`${at}.fieldRef.fieldPath`)
        : field.invalid(`${at}.fieldRef.fieldPath`, path, why),
    )
  }
  if (textAt(env, 'value') !== '') {
    errors.push(field.invalid(at, '', 'may not be specified when `value` is not empty'))
  }
  if (given.length > 1) {
    errors.push(field.invalid(at, '', 'may not have more than one field specified at a time'))
  }
  return errors
}

function envFromFaults(list: readonly unknown[], at: string): FieldError[] {
  return list.flatMap((one, i) => {
    const given = ['configMapRef', 'secretRef'].filter((name) => get(one, name) !== undefined)
    if (given.length === 0) {
      return [field.invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`')]
    }
    if (given.length > 1) {
      return [field.invalid(at, '', 'may not have more than one field specified at a time')]
    }
    return given
      .filter((name) => textAt(one, name, 'name') === '')
      .map((name) => field.required(`${at}[${i}].${name}.name`))
  })
}

function mountFaults(
  mounts: readonly unknown[],
  at: string,
  volumes: ReadonlySet<string>,
): FieldError[] {
  const seen = new Set<string>()
  return mounts.flatMap((mount, i) => {
    const here = `${at}[${i}]`
    const errors: Faults = []
    const name = textAt(mount, 'name')
    if (name === '') errors.push(field.required(`${here}.name`))
    else if (!volumes.has(name)) errors.push(field.notFound(`${here}.name`, name))
    const path = textAt(mount, 'mountPath')
    if (path === '') errors.push(field.required(`${here}.mountPath`))
    else if (seen.has(path)) {
      errors.push(field.invalid(`${here}.mountPath`, path, 'must be unique'))
    }
    seen.add(path)
    return errors
  })
}

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe']
const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc']
const counts = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
]

/** Faults of the probes of a container that does not end by itself. */
export function probeFaults(container: unknown, at: string): FieldError[] {
  return probes.flatMap((name) => {
    const probe = get(container, name)
    return isFielded(probe) ? oneProbeFaults(probe, `${at}.${name}`) : []
  })
}

function oneProbeFaults(probe: unknown, at: string): FieldError[] {
  const errors: Faults = []
  const given = handlers.filter((name) => get(probe, name) !== undefined)
  for (const [i, name] of given.entries()) {
    if (i > 0) {
      const why = 'may not specify more than 1 handler type'
      errors.push(field.forbidden(`${at}.${name}`, why))
      continue
    }
    if (name === 'exec' && listAt(probe, 'exec', 'command').length === 0) {
      errors.push(field.required(`${at}.exec.command`))
    }
    const port = get(probe, name, 'port')
    if (name !== 'exec' && !isPort(port)) {
      errors.push(field.invalid(`${at}.${name}.port`, port, portRange))
    }
  }
  if (given.length === 0) errors.push(field.required(at, 'must specify a handler type'))
  for (const name of counts) {
    const value = get(probe, name)
    if (typeof value === 'number' && value < 0) {
      errors.push(field.invalid(`${at}.${name}`, value, positive))
    }
  }
  return errors
}

const standard = /^(?:cpu|memory|ephemeral-storage|hugepages-.+)$/

function resourceFaults(resources: unknown, at: string): FieldError[] {
  const [limits, requests] = [get(resources, 'limits'), get(resources, 'requests')]
  const errors: Faults = []
  for (const [part, amounts] of [
    ['limits', limits],
    ['requests', requests],
  ] as const) {
    for (const [name, amount] of Object.entries(isFielded(amounts) ? amounts : {})) {
      const here = `${at}.${part}[${name}]`
      if (!name.includes('/') && !standard.test(name)) {
        errors.push(
          field.invalid(here, name, 'must be a standard resource type or fully qualified'),
          field.invalid(here, name, 'must be a standard resource for containers'),
        )
      }
      const text = scalarText(amount)
      if (text.startsWith('-')) errors.push(field.invalid(here, text, positive))
    }
  }
  for (const [name, amount] of Object.entries(isFielded(requests) ? requests : {})) {
    const [asked, most] = [scalarText(amount), textAt(limits, name)]
    if (most === '' || (quantityNanos(asked) ?? 0n) <= (quantityNanos(most) ?? 0n)) continue
    const why = `must be less than or equal to ${name} limit of ${most}`
    errors.push(field.invalid(`${at}.requests`, asked, why))
  }
  return errors
}
