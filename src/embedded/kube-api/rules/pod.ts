/** What is checked of a Pod's spec, alone or in a template, as far as people get it wrong. */
import { field, type FieldError } from '../errors.ts'
import { get, isFielded, listAt, textAt } from '../object.ts'
import { labelFaults as nameFaults, subdomainFaults } from '../validate/qualified.ts'
import { containerFaults, oneOf, probeFaults } from './container.ts'
import { labelFaults } from './label-query.ts'

/** Faults of a Pod's spec. */
export function podFaults(spec: unknown, at: string): FieldError[] {
  const volumes = new Set(listAt(spec, 'volumes').map((one) => textAt(one, 'name')))
  const errors = volumeFaults(listAt(spec, 'volumes'), `${at}.volumes`)
  const seen = new Set<string>()
  const containers = listAt(spec, 'containers')
  if (containers.length === 0) errors.push(field.required(`${at}.containers`))
  for (const name of ['containers', 'initContainers']) {
    for (const [i, container] of listAt(spec, name).entries()) {
      const here = `${at}.${name}[${i}]`
      const own = textAt(container, 'name')
      const twin = own !== '' && seen.has(own) ? [field.duplicate(`${here}.name`, own)] : []
      const faults = containerFaults(container, here, volumes)
      seen.add(own)
      const ends = name === 'initContainers' && textAt(container, 'restartPolicy') !== 'Always'
      const probes = ends ? endingFaults(container, here) : probeFaults(container, here)
      errors.push(...faults, ...twin, ...probes)
    }
  }
  errors.push(
    ...oneOf(textAt(spec, 'restartPolicy'), `${at}.restartPolicy`, policies),
    ...oneOf(textAt(spec, 'dnsPolicy'), `${at}.dnsPolicy`, dnsPolicies),
    ...labelFaults(get(spec, 'nodeSelector'), `${at}.nodeSelector`),
  )
  const account = textAt(spec, 'serviceAccountName')
  for (const fault of account === '' ? [] : subdomainFaults(account)) {
    errors.push(field.invalid(`${at}.serviceAccountName`, account, fault))
  }
  return [...errors, ...tolerationFaults(listAt(spec, 'tolerations'), `${at}.tolerations`)]
}

// What a container that ends by itself cannot have.
function endingFaults(container: unknown, at: string): FieldError[] {
  const why = 'may not be set for init containers without restartPolicy=Always'
  return ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']
    .filter((name) => isFielded(get(container, name)))
    .map((name) => field.forbidden(`${at}.${name}`, why))
}

/** Faults of a Pod's spec in a template whose Pods are always started again. */
export function endlessPodFaults(spec: unknown, at: string): FieldError[] {
  const errors = podFaults(spec, at)
  errors.push(...oneOf(textAt(spec, 'restartPolicy'), `${at}.restartPolicy`, ['Always']))
  if (get(spec, 'activeDeadlineSeconds') !== undefined) {
    const why = 'activeDeadlineSeconds in ReplicaSet is not Supported'
    errors.push(field.forbidden(`${at}.activeDeadlineSeconds`, why))
  }
  return errors
}

/** What is odd about a Pod's spec, but taken. */
export function podWarnings(spec: unknown, at: string): string[] {
  const found: string[] = []
  for (const name of ['initContainers', 'containers']) {
    for (const [i, container] of listAt(spec, name).entries()) {
      const seen = new Set<string>()
      for (const [k, env] of listAt(container, 'env').entries()) {
        const own = textAt(env, 'name')
        if (seen.has(own)) {
          const what = `hides previous definition of "${own}", which may be dropped when using apply`
          found.push(`${at}.${name}[${i}].env[${k}]: ${what}`)
        }
        seen.add(own)
      }
    }
  }
  found.push(...portWarnings(spec, at))
  for (const [i, secret] of listAt(spec, 'imagePullSecrets').entries()) {
    const own = textAt(secret, 'name')
    if (own === '') found.push(`${at}.imagePullSecrets[${i}].name: invalid empty name ""`)
  }
  const grace = get(spec, 'terminationGracePeriodSeconds')
  if (typeof grace === 'number' && grace < 0) {
    const what = 'must be >= 0; negative values are invalid and will be treated as 1'
    found.push(`${at}.terminationGracePeriodSeconds: ${what}`)
  }
  return found
}

// One port of two containers, or twice of one.
function portWarnings(spec: unknown, at: string): string[] {
  const known = new Map<string, { readonly at: string; readonly host: string }[]>()
  const found: string[] = []
  for (const name of ['initContainers', 'containers']) {
    for (const [i, container] of listAt(spec, name).entries()) {
      for (const [k, port] of listAt(container, 'ports').entries()) {
        const here = `${at}.${name}[${i}].ports[${k}]`
        const hostPort = Number(get(port, 'hostPort') ?? 0)
        const host = `${textAt(port, 'hostIP')}/${hostPort}`
        const key = `${String(get(port, 'containerPort'))}/${textAt(port, 'protocol')}`
        const others = known.get(key) ?? []
        for (const other of others) {
          if (other.host === host) found.push(`${here}: duplicate port definition with ${other.at}`)
          else if (hostPort === 0 || other.host.endsWith('/0')) {
            found.push(`${here}: overlapping port definition with ${other.at}`)
          }
        }
        known.set(key, [...others, { at: here, host }])
      }
    }
  }
  return found
}

const policies = ['Always', 'OnFailure', 'Never']
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']

function volumeFaults(volumes: readonly unknown[], at: string): FieldError[] {
  const seen = new Set<string>()
  return volumes.flatMap((volume, i) => {
    const here = `${at}[${i}]`
    const name = textAt(volume, 'name')
    const errors: FieldError[] = []
    const sources = Object.keys(isFielded(volume) ? volume : {}).filter((key) => key !== 'name')
    for (const [k, source] of sources.entries()) {
      if (k > 0) {
        const why = 'may not specify more than 1 volume type'
        errors.push(field.forbidden(`${here}.${source}`, why))
      }
    }
    const held = { secret: 'secretName', configMap: 'name' } as const
    for (const [source, key] of Object.entries(held)) {
      if (sources[0] === source && textAt(volume, source, key) === '') {
        errors.push(field.required(`${here}.${source}.${key}`))
      }
    }
    if (name === '') errors.push(field.required(`${here}.name`))
    else {
      errors.push(...nameFaults(name).map((fault) => field.invalid(`${here}.name`, name, fault)))
      if (seen.has(name)) errors.push(field.duplicate(`${here}.name`, name))
    }
    seen.add(name)
    return errors
  })
}

function tolerationFaults(tolerations: readonly unknown[], at: string): FieldError[] {
  return tolerations.flatMap((one, i) => {
    const operator = textAt(one, 'operator')
    const errors: FieldError[] = []
    if (textAt(one, 'key') === '' && operator !== 'Exists') {
      const why =
        'operator must be Exists when `key` is empty, which means "match all values and all keys"'
      errors.push(field.invalid(`${at}[${i}].operator`, operator, why))
    }
    errors.push(...oneOf(operator, `${at}[${i}].operator`, ['Equal', 'Exists']))
    return errors
  })
}
