/** Ingresses: what people get wrong in them. */
import { field, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import { get, isFielded, listAt, textAt, type Obj } from '../object.ts'
import { labelFaults, subdomainFaults } from '../validate/qualified.ts'
import { isPort } from './container.ts'

const classAnnotation = 'kubernetes.io/ingress.class'
const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix']

function ingressFaults(ingress: Obj, before?: Obj): FieldError[] {
  const spec = ingress['spec']
  const rules = listAt(spec, 'rules')
  const backend = get(spec, 'defaultBackend')
  const errors: FieldError[] = []
  const given = ingress.metadata.annotations?.[classAnnotation] ?? ''
  const own = textAt(spec, 'ingressClassName')
  if (before === undefined && given !== '' && own !== '' && given !== own) {
    const why = 'must match `ingressClassName` when both are specified'
    errors.push(field.invalid(`annotations.${classAnnotation}`, given, why))
  }
  if (rules.length === 0 && backend === undefined) {
    const shown = isFielded(spec) && Object.keys(spec).length > 0 ? spec : null
    const why = 'either `defaultBackend` or `rules` must be specified'
    errors.push(field.invalid('spec', shown, why))
  }
  if (backend !== undefined) errors.push(...backendFaults(backend, 'spec.defaultBackend'))
  for (const [i, rule] of rules.entries()) errors.push(...ruleFaults(rule, `spec.rules[${i}]`))
  for (const [i, tls] of listAt(spec, 'tls').entries()) {
    for (const [k, host] of listAt(tls, 'hosts').entries()) {
      errors.push(...hostFaults(String(host), `spec.tls[${i}].hosts[${k}]`))
    }
  }
  for (const why of own === '' ? [] : subdomainFaults(own)) {
    errors.push(field.invalid('spec.ingressClassName', own, why))
  }
  return errors
}

function ruleFaults(rule: unknown, at: string): FieldError[] {
  const host = textAt(rule, 'host')
  const errors: FieldError[] = []
  if (host !== '' && /^\d+\.\d+\.\d+\.\d+$|:/.test(host)) {
    const why = 'must be a DNS name, not an IP address'
    errors.push(field.invalid(`${at}.host`, host, why))
  } else if (host !== '') errors.push(...hostFaults(host, `${at}.host`))
  if (get(rule, 'http') === undefined) return errors
  const paths = listAt(rule, 'http', 'paths')
  if (paths.length === 0) errors.push(field.required(`${at}.http.paths`))
  for (const [i, path] of paths.entries()) {
    errors.push(...pathFaults(path, `${at}.http.paths[${i}]`))
  }
  return errors
}

const wildcardHelp =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

function hostFaults(host: string, at: string): FieldError[] {
  if (!host.includes('*')) {
    return subdomainFaults(host).map((why) => field.invalid(at, host, why))
  }
  const isGood = host.startsWith('*.') && subdomainFaults(host.slice(2)).length === 0
  return isGood ? [] : [field.invalid(at, host, wildcardHelp)]
}

function pathFaults(path: unknown, at: string): FieldError[] {
  const type = textAt(path, 'pathType')
  const text = textAt(path, 'path')
  const errors: FieldError[] = []
  if (type === '') errors.push(field.required(`${at}.pathType`, 'pathType must be specified'))
  else if (!pathTypes.includes(type)) {
    errors.push(field.notSupported(`${at}.pathType`, type, pathTypes))
  } else if (type !== 'ImplementationSpecific' || text !== '') {
    errors.push(...pathTextFaults(text, type, `${at}.path`))
  }
  return [...errors, ...backendFaults(get(path, 'backend'), `${at}.backend`)]
}

function pathTextFaults(text: string, type: string, at: string): FieldError[] {
  if (!text.startsWith('/')) return [field.invalid(at, text, 'must be an absolute path')]
  if (type === 'ImplementationSpecific') return []
  const parts = ['//', '/./', '/../', '%2f', '%2F'].filter((one) => text.includes(one))
  const ends = ['/..', '/.'].filter((one) => text.endsWith(one))
  return [
    ...parts.map((one) => field.invalid(at, text, `must not contain '${one}'`)),
    ...ends.map((one) => field.invalid(at, text, `cannot end with '${one}'`)),
  ]
}

function backendFaults(backend: unknown, at: string): FieldError[] {
  const service = get(backend, 'service')
  const resource = get(backend, 'resource')
  if (service !== undefined && resource !== undefined) {
    return [field.invalid(at, '', 'cannot set both resource and service backends')]
  }
  if (resource !== undefined) return []
  if (service === undefined) {
    return [field.invalid(at, '', 'resource or service backend is required')]
  }
  return serviceFaults(service, at)
}

function serviceFaults(service: unknown, at: string): FieldError[] {
  const name = textAt(service, 'name')
  const port = textAt(service, 'port', 'name')
  const number = get(service, 'port', 'number') ?? 0
  const errors: FieldError[] = []
  if (name === '') errors.push(field.required(`${at}.service.name`))
  for (const why of name === '' ? [] : labelFaults(name)) {
    errors.push(field.invalid(`${at}.service.name`, name, why))
  }
  if (port !== '' && number !== 0) {
    errors.push(field.invalid(at, '', 'cannot set both port name & port number'))
  } else if (port === '' && number === 0) {
    errors.push(field.required(at, 'port name or number is required'))
  } else if (number !== 0 && !isPort(number)) {
    const why = 'must be between 1 and 65535, inclusive'
    errors.push(field.invalid(`${at}.service.port.number`, number, why))
  }
  return errors
}

export const ingressRules: Rules = { generation: true, validate: ingressFaults }
