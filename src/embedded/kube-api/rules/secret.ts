import { base64, fromBase64, textOf, utf8 } from '#base'
import { equalJson } from '#base'
import { badRequest, field, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import { whyNotBase64 } from '../patch/restore.ts'
import { scalarText, drop, get, isFielded, put, textAt, type Fielded, type Obj } from '../object.ts'

const limitBytes = 1_048_576

// Data as the server keeps it: base64 without line breaks, stringData folded in.
function foldData(object: Obj): void {
  const held = object['data']
  const data: Fielded = {}
  for (const key of isFielded(held) ? Object.keys(held) : []) {
    const value = get(held, key)
    put(data, key, inOneForm(typeof value === 'string' ? value : ''))
  }
  const text = object['stringData']
  for (const key of isFielded(text) ? Object.keys(text) : []) {
    put(data, key, base64(utf8(scalarText(get(text, key)))))
  }
  if (Object.keys(data).length > 0) object['data'] = data
  else drop(object, 'data')
  drop(object, 'stringData')
}

// Base64 as Go writes it. What Node writes just so need not be looked at letter by letter.
function inOneForm(text: string): string {
  if (Buffer.from(text, 'base64').toString('base64') === text) return text
  const bytes = fromBase64(text)
  if (bytes !== undefined) return base64(bytes)
  const why = whyNotBase64(text) ?? ''
  throw badRequest(`Secret in version "v1" cannot be handled as a Secret: ${why}`)
}

const keysOfType: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
}

function validate(secret: Obj): FieldError[] {
  const errors: FieldError[] = dataKeyFaults(secret, 'data')
  let size = 0
  for (const value of Object.values(fieldedOf(secret['data']))) {
    const text = scalarText(value)
    size += (text.length * 3) / 4 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0)
  }
  if (size > limitBytes) errors.push(field.tooLong('data', limitBytes))
  errors.push(...typeFaults(secret))
  return errors
}

function fieldedOf(value: unknown): Fielded {
  return isFielded(value) ? value : {}
}

/** Faults of the keys of Secrets and ConfigMaps. */
export function dataKeyFaults(object: Obj, part: string): FieldError[] {
  const errors: FieldError[] = []
  for (const key of Object.keys(fieldedOf(object[part])).sort()) {
    const at = `${part}[${key}]`
    if (key.length > 253) errors.push(field.invalid(at, key, 'must be no more than 253 characters'))
    if (!/^[-._a-zA-Z0-9]+$/.test(key)) {
      errors.push(
        field.invalid(
          at,
          key,
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
        ),
      )
    } else if (key === '.') errors.push(field.invalid(at, key, "must not be '.'"))
    else if (key === '..') errors.push(field.invalid(at, key, "must not be '..'"))
    else if (key.startsWith('..')) errors.push(field.invalid(at, key, "must not start with '..'"))
  }
  return errors
}

function typeFaults(secret: Obj): FieldError[] {
  const type = textAt(secret, 'type')
  const data = secret['data']
  if (type === 'kubernetes.io/basic-auth') {
    const hasOne = get(data, 'username') !== undefined || get(data, 'password') !== undefined
    return hasOne ? [] : [field.required('data[username]'), field.required('data[password]')]
  }
  if (type === 'kubernetes.io/service-account-token') {
    const name = secret.metadata.annotations?.['kubernetes.io/service-account.name'] ?? ''
    return name === ''
      ? [field.required('metadata.annotations[kubernetes.io/service-account.name]')]
      : []
  }
  const errors: FieldError[] = []
  const keys = Object.hasOwn(keysOfType, type) ? keysOfType[type] : undefined
  for (const key of keys ?? []) {
    const value = get(data, key)
    const isVoid =
      type === 'kubernetes.io/ssh-auth' ? value === undefined || value === '' : value === undefined
    if (isVoid) errors.push(field.required(`data[${key}]`))
    // What stands there is not told, not even its first letter, as the real server would.
    else if (key.startsWith('.docker')) {
      const why = whyNoConfig(scalarText(value))
      if (why !== undefined) {
        errors.push(field.invalid(`data[${key}]`, '<secret contents redacted>', why))
      }
    }
  }
  return errors
}

function whyNoConfig(data: string): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(textOf(fromBase64(data) ?? new Uint8Array()))
  } catch {
    return 'unexpected end of JSON input'
  }
  if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined
  const is = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  return `json: cannot unmarshal ${is} into Go value of type map[string]interface {}`
}

const immutableHelp = 'field is immutable when `immutable` is set'

/** Faults of a change to something immutable. */
export function immutableFaults(next: Obj, before: Obj, parts: readonly string[]): FieldError[] {
  if (before['immutable'] !== true) return []
  const errors: FieldError[] = []
  if (next['immutable'] !== true) errors.push(field.forbidden('immutable', immutableHelp))
  for (const part of parts) {
    if (!equalJson(next[part] ?? {}, before[part] ?? {})) {
      errors.push(field.forbidden(part, immutableHelp))
    }
  }
  return errors
}

function changeFaults(next: Obj, before: Obj): FieldError[] {
  const errors: FieldError[] = []
  if (next['type'] !== before['type']) {
    errors.push(field.invalid('type', next['type'], 'field is immutable'))
  }
  return [...errors, ...immutableFaults(next, before, ['data'])]
}

export const secretRules: Rules = {
  complete: (object) => {
    foldData(object)
    if (object['type'] === undefined || object['type'] === '') object['type'] = 'Opaque'
  },
  validate: (secret, before) => [
    ...(before === undefined ? [] : changeFaults(secret, before)),
    ...validate(secret),
  ],
  warnings: (secret) => {
    if (textAt(secret, 'type') !== 'kubernetes.io/tls') return []
    const cert = textOf(fromBase64(textAt(secret, 'data', 'tls.crt')) ?? new Uint8Array())
    return cert.includes('-----BEGIN')
      ? []
      : ['tls: failed to find any PEM data in certificate input']
  },
  selectable: ['type'],
}

function sharedKeyFaults(object: Obj): FieldError[] {
  const binary = fieldedOf(object['binaryData'])
  return Object.keys(fieldedOf(object['data']))
    .sort()
    .filter((key) => Object.hasOwn(binary, key))
    .map((key) => field.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'))
}

export const configMapRules: Rules = {
  complete: (object) => {
    for (const value of Object.values(fieldedOf(object['binaryData']))) {
      const why = whyNotBase64(scalarText(value))
      if (why === undefined) continue
      throw badRequest(`ConfigMap in version "v1" cannot be handled as a ConfigMap: ${why}`)
    }
  },
  validate: (object, before) => {
    const errors = [
      ...(before === undefined ? [] : immutableFaults(object, before, ['data', 'binaryData'])),
      ...dataKeyFaults(object, 'data'),
      ...sharedKeyFaults(object),
      ...dataKeyFaults(object, 'binaryData'),
    ]
    let size = 0
    for (const part of ['data', 'binaryData']) {
      for (const value of Object.values(fieldedOf(object[part])))
        size += utf8(scalarText(value)).length
    }
    if (size > limitBytes) errors.push(field.tooLong('[]', limitBytes))
    return errors
  },
}
