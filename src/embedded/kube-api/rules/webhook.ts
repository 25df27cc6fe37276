/** Webhook configurations: kept and filled in as kube-apiserver does it; nobody is called. */
import { field, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import { get, isFielded, listAt, textAt, type Obj } from '../object.ts'
import { subdomainFaults } from '../validate/qualified.ts'
import { oneOf } from './container.ts'

function completeHooks(object: Obj, isMutating: boolean): void {
  for (const hook of listAt(object, 'webhooks')) {
    if (!isFielded(hook)) continue
    hook['failurePolicy'] ??= 'Fail'
    hook['matchPolicy'] ??= 'Equivalent'
    hook['namespaceSelector'] ??= {}
    hook['objectSelector'] ??= {}
    hook['timeoutSeconds'] ??= 10
    if (isMutating) hook['reinvocationPolicy'] ??= 'Never'
    for (const rule of listAt(hook, 'rules')) if (isFielded(rule)) rule['scope'] ??= '*'
    const service = get(hook, 'clientConfig', 'service')
    if (isFielded(service)) service['port'] ??= 443
  }
}

function hookFaults(object: Obj): FieldError[] {
  const seen = new Set<string>()
  return listAt(object, 'webhooks').flatMap((hook, i) => {
    const at = `webhooks[${i}]`
    const name = textAt(hook, 'name')
    const errors = [...nameFaults(name, `${at}.name`), ...versionFaults(hook, at)]
    errors.push(
      ...listAt(hook, 'rules').flatMap((rule, k) => ruleFaults(rule, `${at}.rules[${k}]`)),
    )
    errors.push(...oneOf(textAt(hook, 'failurePolicy'), `${at}.failurePolicy`, ['Fail', 'Ignore']))
    errors.push(...oneOf(textAt(hook, 'matchPolicy'), `${at}.matchPolicy`, ['Equivalent', 'Exact']))
    errors.push(...effectFaults(textAt(hook, 'sideEffects'), `${at}.sideEffects`))
    const seconds = get(hook, 'timeoutSeconds')
    if (typeof seconds === 'number' && (seconds < 1 || seconds > 30)) {
      const why = 'the timeout value must be between 1 and 30 seconds'
      errors.push(field.invalid(`${at}.timeoutSeconds`, seconds, why))
    }
    errors.push(...clientFaults(get(hook, 'clientConfig'), `${at}.clientConfig`))
    if (name !== '' && seen.has(name)) errors.push(field.duplicate(`${at}.name`, name))
    seen.add(name)
    return errors
  })
}

function nameFaults(name: string, at: string): FieldError[] {
  if (name === '') return [field.required(at)]
  const faults = subdomainFaults(name)
  if (faults.length > 0) return faults.map((why) => field.invalid(at, name, why))
  if (name.split('.').length >= 3) return []
  const why = 'should be a domain with at least three segments separated by dots'
  return [field.invalid(at, name, why)]
}

const effects = ['None', 'NoneOnDryRun']

function effectFaults(value: string, at: string): FieldError[] {
  if (value === '') return [field.required(at, `must specify one of ${effects.join(', ')}`)]
  return oneOf(value, at, effects)
}

function versionFaults(hook: unknown, at: string): FieldError[] {
  const versions = listAt(hook, 'admissionReviewVersions')
  if (versions.length > 0) return []
  const known = 'must specify one of v1, v1beta1'
  return [field.required(`${at}.admissionReviewVersions`, known)]
}

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']

function ruleFaults(rule: unknown, at: string): FieldError[] {
  const errors: FieldError[] = []
  const asked = listAt(rule, 'operations')
  if (asked.length === 0) errors.push(field.required(`${at}.operations`))
  for (const [i, one] of asked.entries()) {
    errors.push(...oneOf(String(one), `${at}.operations[${i}]`, operations))
  }
  const named = { apiGroups: 'API groups', apiVersions: 'API versions' } as const
  for (const [key, words] of Object.entries(named)) {
    const values = listAt(rule, key)
    if (values.length === 0) errors.push(field.required(`${at}.${key}`))
    if (values.length > 1 && values.includes('*')) {
      const why = `if '*' is present, must not specify other ${words}`
      errors.push(field.invalid(`${at}.${key}`, values, why))
    }
  }
  if (listAt(rule, 'resources').length === 0) errors.push(field.required(`${at}.resources`))
  return errors
}

function clientFaults(client: unknown, at: string): FieldError[] {
  const url = textAt(client, 'url')
  const service = get(client, 'service')
  if ((url === '') === (service === undefined)) {
    return [field.required(at, 'exactly one of url or service is required')]
  }
  if (url !== '') return urlFaults(url, `${at}.url`)
  return ['name', 'namespace'].flatMap((name) =>
    textAt(service, name) === ''
      ? [field.required(`${at}.service.${name}`, `service ${name} is required`)]
      : [],
  )
}

const form = '; desired format: https://host[/path]'

function urlFaults(url: string, at: string): FieldError[] {
  const scheme = /^([a-z][-+.a-z\d]*):\/\//i.exec(url)?.[1]?.toLowerCase() ?? ''
  if (scheme === 'https') return []
  return [field.invalid(at, scheme, `'https' is the only allowed URL scheme${form}`)]
}

function rulesFor(isMutating: boolean): Rules {
  return {
    complete: (object) => completeHooks(object, isMutating),
    validate: hookFaults,
    generation: true,
    needsVersion: true,
  }
}

/** Of the kinds of webhooks that judge, and of those that change. */
export const validatingRules: Rules = rulesFor(false)
export const mutatingRules: Rules = rulesFor(true)
