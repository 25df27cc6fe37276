/** Requests for certificates: who asked is told by the server, and what was decided stays. */
import { fromBase64, textOf } from '#base'
import { field, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import {
  copy,
  drop,
  get,
  isFielded,
  listAt,
  put,
  textAt,
  type Fielded,
  type Obj,
} from '../object.ts'
import type { User } from '../auth/user.ts'
import { nowText, type Core } from '../core.ts'
import { oneOf } from './container.ts'

const usages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
]

function signedBy(request: Obj, user: User): void {
  const spec: Fielded = isFielded(request['spec']) ? request['spec'] : {}
  request['spec'] = spec
  for (const name of ['username', 'uid', 'groups', 'extra']) drop(spec, name)
  put(spec, 'username', user.name)
  if (user.uid !== undefined) put(spec, 'uid', user.uid)
  put(spec, 'groups', [...user.groups])
  if (user.extra !== undefined) put(spec, 'extra', copy(user.extra))
}

function requestFaults(request: Obj): FieldError[] {
  const spec = request['spec']
  const errors: FieldError[] = []
  const pem = textAt(spec, 'request')
  const held = textOf(fromBase64(pem) ?? new Uint8Array())
  if (!held.includes('-----BEGIN CERTIFICATE REQUEST-----') || !held.includes('-----END ')) {
    const why = 'PEM block type must be CERTIFICATE REQUEST'
    errors.push(field.invalid('spec.request', pem === '' ? null : pem, why))
  }
  const asked = listAt(spec, 'usages')
  if (asked.length === 0) errors.push(field.required('spec.usages'))
  for (const [i, one] of asked.entries()) {
    errors.push(...oneOf(String(one), `spec.usages[${i}]`, usages))
  }
  errors.push(...signerFaults(textAt(spec, 'signerName')))
  const seconds = get(spec, 'expirationSeconds')
  if (typeof seconds === 'number' && seconds < 600) {
    const why = 'may not specify a duration less than 600 seconds (10 minutes)'
    errors.push(field.invalid('spec.expirationSeconds', seconds, why))
  }
  const issued = textAt(request, 'status', 'certificate')
  if (
    issued !== '' &&
    !textOf(fromBase64(issued) ?? new Uint8Array()).includes('CERTIFICATE-----')
  ) {
    const why = 'must contain at least one CERTIFICATE PEM block'
    errors.push(field.invalid('status.certificate', '<certificate data>', why))
  }
  return [...errors, ...conditionFaults(request)]
}

function signerFaults(signer: string): FieldError[] {
  if (signer === '') return [field.required('spec.signerName')]
  const isPath = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+\/.+$/.test(
    signer,
  )
  const why = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
  return isPath ? [] : [field.invalid('spec.signerName', signer, why)]
}

const decisions = ['Approved', 'Denied']

function conditionFaults(request: Obj): FieldError[] {
  const conditions = listAt(request, 'status', 'conditions')
  return conditions.flatMap((one, i) => {
    const at = `status.conditions[${i}]`
    const errors: FieldError[] = []
    const type = textAt(one, 'type')
    const status = textAt(one, 'status')
    if (type === '') errors.push(field.required(`${at}.type`))
    if (status === '') errors.push(field.required(`${at}.status`))
    else if (type === 'Approved' || type === 'Denied' || type === 'Failed') {
      errors.push(...oneOf(status, `${at}.status`, ['True']))
    }
    if (decisions.includes(type)) {
      const other = conditions.find(
        (held) => decisions.includes(textAt(held, 'type')) && textAt(held, 'type') !== type,
      )
      if (other !== undefined && i > conditions.indexOf(other)) {
        const both = 'Approved and Denied conditions are mutually exclusive'
        errors.push(field.invalid(`${at}.type`, type, both))
      }
    }
    return errors
  })
}

// What was decided, and what went wrong, is not taken back.
function lostFaults(next: Obj, before: Obj): FieldError[] {
  const types = (request: Obj): string[] =>
    listAt(request, 'status', 'conditions').map((one) => textAt(one, 'type'))
  return ['Approved', 'Denied', 'Failed']
    .filter((type) => types(before).includes(type) && !types(next).includes(type))
    .map((type) =>
      field.forbidden(
        'status.conditions',
        `updates may not remove a condition of type ${JSON.stringify(type)}`,
      ),
    )
}

function stampConditions(request: Obj, before: Obj, core: Core): void {
  const held = listAt(before, 'status', 'conditions')
  for (const one of listAt(request, 'status', 'conditions')) {
    if (!isFielded(one)) continue
    const same = held.find((old) => textAt(old, 'type') === textAt(one, 'type'))
    one['lastUpdateTime'] ??= nowText(core)
    one['lastTransitionTime'] ??=
      same !== undefined && textAt(same, 'status') === textAt(one, 'status')
        ? (get(same, 'lastTransitionTime') ?? nowText(core))
        : nowText(core)
  }
}

export const certificateRequestRules: Rules = {
  assertAllowed: (request, before, { user }) => {
    if (before === undefined) signedBy(request, user)
  },
  prepareUpdate: (request, before, core) => {
    // What was asked for stays.
    request['spec'] = copy(before['spec'])
    stampConditions(request, before, core)
  },
  validate: requestFaults,
  validateUpdate: lostFaults,
  selectable: ['spec.signerName'],
}
