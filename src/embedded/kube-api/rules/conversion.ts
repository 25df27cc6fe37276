import { field, type FieldError } from '../errors.ts'
import { get, isFielded, listAt, textAt } from '../object.ts'
import { subdomainFaults } from '../validate/qualified.ts'

const strategies = ['None', 'Webhook']

/** What is wrong with how a definition's objects become those of another version. */
export function conversionFaults(conversion: unknown): FieldError[] {
  if (!isFielded(conversion)) return []
  const at = 'spec.conversion'
  const strategy = textAt(conversion, 'strategy')
  const client = get(conversion, 'webhook', 'clientConfig')
  const reviews = listAt(conversion, 'webhook', 'conversionReviewVersions')
  if (strategy === 'Webhook') {
    return [...clientFaults(client, `${at}.webhookClientConfig`), ...reviewFaults(reviews, at)]
  }
  const errors: FieldError[] = []
  if (strategy === '') errors.push(field.required(`${at}.strategy`))
  else if (!strategies.includes(strategy)) {
    errors.push(field.notSupported(`${at}.strategy`, strategy, strategies))
  }
  const why = 'should not be set when strategy is not set to Webhook'
  if (client !== undefined) errors.push(field.forbidden(`${at}.webhookClientConfig`, why))
  if (reviews.length > 0) errors.push(field.forbidden(`${at}.conversionReviewVersions`, why))
  return errors
}

function clientFaults(client: unknown, at: string): FieldError[] {
  if (!isFielded(client)) {
    return [field.required(at, 'required when strategy is set to Webhook')]
  }
  const { url, service } = client
  if ((url === undefined) === (service === undefined)) {
    return [field.required(at, 'exactly one of url or service is required')]
  }
  if (typeof url === 'string') return urlFaults(url, `${at}.url`)
  return serviceFaults(service, `${at}.service`)
}

const form = '; desired format: https://host[/path]'

function urlFaults(text: string, at: string): FieldError[] {
  const errors: FieldError[] = []
  const [, scheme = '', rest = ''] = /^(?:([A-Za-z][-+.A-Za-z0-9]*):)?(.*)$/s.exec(text) ?? []
  const [, host = ''] = /^\/\/([^/?#]*)/.exec(rest) ?? []
  const at_ = host.lastIndexOf('@')
  if (scheme.toLowerCase() !== 'https') {
    const why = `'https' is the only allowed URL scheme${form}`
    errors.push(field.invalid(at, scheme.toLowerCase(), why))
  }
  if (host.slice(at_ + 1) === '') {
    errors.push(field.invalid(at, '', `host must be specified${form}`))
  }
  if (at_ !== -1) {
    const why = 'user information is not permitted in the URL'
    errors.push(field.invalid(at, host.slice(0, at_), why))
  }
  const fragment = rest.split('#')[1] ?? ''
  if (fragment !== '') {
    errors.push(field.invalid(at, fragment, 'fragments are not permitted in the URL'))
  }
  const query = (rest.split('#')[0] ?? '').split('?').slice(1).join('?')
  if (query !== '') {
    errors.push(field.invalid(at, query, 'query parameters are not permitted in the URL'))
  }
  return errors
}

function serviceFaults(service: unknown, at: string): FieldError[] {
  const errors: FieldError[] = []
  // The real server mixes the two up, too: what is missing is named by the other.
  if (textAt(service, 'namespace') === '') errors.push(field.required(`${at}.name`))
  if (textAt(service, 'name') === '') errors.push(field.required(`${at}.namespace`))
  const port = get(service, 'port')
  if (typeof port === 'number' && (port < 1 || port > 65_535)) {
    const why = 'port is not valid: must be between 1 and 65535, inclusive'
    errors.push(field.invalid(`${at}.port`, port, why))
  }
  return [...errors, ...pathFaults(textAt(service, 'path'), `${at}.path`)]
}

function pathFaults(path: string, at: string): FieldError[] {
  if (path === '' || path === '/') return []
  const wrong = (why: string): FieldError => field.invalid(at, path, why)
  if (path === '//') return [wrong('segment[0] may not be empty')]
  const errors = path.startsWith('/') ? [] : [wrong("must start with a '/'")]
  const steps = path.slice(1).replace(/\/$/, '').split('/')
  for (const [i, step] of steps.entries()) {
    const faults = step === '' ? [] : subdomainFaults(step)
    if (step === '') errors.push(wrong(`segment[${i}] may not be empty`))
    errors.push(...faults.map((fault) => wrong(`segment[${i}]: ${fault}`)))
  }
  return errors
}

const label1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const label1035Help =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"

function reviewFaults(versions: readonly unknown[], parent: string): FieldError[] {
  const at = `${parent}.conversionReviewVersions`
  if (versions.length === 0) return [field.required(at)]
  const errors: FieldError[] = []
  for (const [i, version] of versions.entries()) {
    if (versions.indexOf(version) < i) {
      errors.push(field.invalid(`${at}[${i}]`, version, 'duplicate version'))
    } else if (!label1035.test(String(version))) {
      errors.push(field.invalid(`${at}[${i}]`, version, label1035Help))
    }
  }
  if (!versions.includes('v1') && !versions.includes('v1beta1')) {
    const why = 'must include at least one of v1, v1beta1'
    errors.push(field.invalid(at, versions, why))
  }
  return errors
}
