/** Requests for certificates: who asked is told by the server, and what was decided stays. */
import { equalJson, fromBase64, textOf } from '#base'
import { field, forbidden, type FieldError } from '../errors.ts'
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
import { nowText, type Call, type Core } from '../core.ts'
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

function requestFaults(request: Obj, before?: Obj): FieldError[] {
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
  const issued = certificateOf(request)
  if (
    issued !== '' &&
    (before === undefined || issued !== certificateOf(before)) &&
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

const certificateOf = (request: Obj): string => textAt(request, 'status', 'certificate')

function conditionFaults(request: Obj): FieldError[] {
  const conditions = listAt(request, 'status', 'conditions')
  const types = conditions.map((one) => textAt(one, 'type'))
  return conditions.flatMap((one, i) => {
    const at = `status.conditions[${i}]`
    const errors: FieldError[] = []
    const type = textAt(one, 'type')
    const status = textAt(one, 'status')
    if (type === '') errors.push(field.required(`${at}.type`))
    if (status === '') errors.push(field.required(`${at}.status`))
    else {
      const isFinal = ['Approved', 'Denied', 'Failed'].includes(type)
      const allowed = isFinal ? ['True'] : ['False', 'True', 'Unknown']
      errors.push(...oneOf(status, `${at}.status`, allowed))
    }
    if (decisions.includes(type)) {
      const other = conditions.find(
        (held) => decisions.includes(textAt(held, 'type')) && textAt(held, 'type') !== type,
      )
      if (other !== undefined && i > conditions.indexOf(other)) {
        const both = 'Approved and Denied conditions are mutually exclusive'
        errors.push(field.invalid('status.conditions', type, both))
      }
    }
    if (types.indexOf(type) < i) errors.push(field.duplicate(`${at}.type`, type))
    return errors
  })
}

const instances = (request: Obj, type: string): readonly unknown[] =>
  listAt(request, 'status', 'conditions').filter((one) => textAt(one, 'type') === type)

// What was decided, and what went wrong, is not taken back; to decide and to sign have a path each.
function changeFaults(next: Obj, before: Obj, subresource: string): FieldError[] {
  const at = 'status.conditions'
  const count = (request: Obj, type: string): number => instances(request, type).length
  const changed = (type: string, what: 'add' | 'remove'): FieldError =>
    field.forbidden(at, `updates may not ${what} a condition of type ${JSON.stringify(type)}`)
  const lost = ['Approved', 'Denied', 'Failed']
    .filter((type) => count(next, type) < count(before, type))
    .map((type) => changed(type, 'remove'))
  const decided = decisions
    .filter((type) => subresource !== 'approval' && count(next, type) > count(before, type))
    .map((type) => changed(type, 'add'))
  const held = certificateOf(before)
  if (held === '' || certificateOf(next) === held) return [...lost, ...decided]
  const why = 'updates may not modify existing certificate content'
  return [...lost, ...decided, field.forbidden('status.certificate', why)]
}

// Whoever signs leaves the decision as it is.
function keepDecisions(request: Obj, before: Obj): void {
  const status = request['status']
  if (!isFielded(status)) return
  const kept = decisions.filter(
    (type) => instances(request, type).length === instances(before, type).length,
  )
  const held = new Map(kept.map((type) => [type, [...instances(before, type)]]))
  const conditions = listAt(status, 'conditions')
  if (conditions.length === 0) return
  status['conditions'] = conditions.map((one) => {
    const own = held.get(textAt(one, 'type'))?.shift()
    return own === undefined ? one : copy(own)
  })
}

// Whoever decides changes conditions and nothing else of the status.
function keepBesideConditions(request: Obj, before: Obj): void {
  const conditions = get(request, 'status', 'conditions')
  const held = before['status']
  const status: Fielded = isFielded(held) ? copy(held) : {}
  if (conditions === undefined) drop(status, 'conditions')
  else put(status, 'conditions', conditions)
  request['status'] = status
}

/** The one right that a path needs beyond that of writing there. */
const rights: Readonly<Record<string, 'approve' | 'sign'>> = { approval: 'approve', status: 'sign' }

function assertMaySay(next: Obj, before: Obj, { core, kind, target, user }: Call): void {
  const verb = Object.hasOwn(rights, target.subresource) ? rights[target.subresource] : undefined
  if (verb === undefined) return
  const conditions = (request: Obj): readonly unknown[] => listAt(request, 'status', 'conditions')
  const isSame =
    certificateOf(next) === certificateOf(before) && equalJson(conditions(next), conditions(before))
  if (verb === 'sign' && isSame) return
  const signer = textAt(before, 'spec', 'signerName')
  // The right to all signers of a domain is the right to each of them.
  const isAllowed = [signer, `${signer.split('/')[0] ?? ''}/*`].some((name) => {
    const what = { group: kind.group, version: '*', resource: 'signers', subresource: '' }
    const asked = { ...what, user, verb, namespace: '', name, path: '' }
    return core.authorizer.decide(asked).allowed
  })
  if (isAllowed) return
  const why = `user not permitted to ${verb} requests with signerName ${JSON.stringify(signer)}`
  throw forbidden(kind, before.metadata.name ?? '', why)
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
  prepareUpdate: (request, before, core, subresource) => {
    // What was asked for stays.
    request['spec'] = copy(before['spec'])
    if (subresource === '') return
    if (subresource === 'status') keepDecisions(request, before)
    stampConditions(request, before, core)
    if (subresource === 'approval') keepBesideConditions(request, before)
  },
  validate: requestFaults,
  validateUpdate: changeFaults,
  admitUpdate: assertMaySay,
  reset: {
    '': [['spec'], ['status']],
    status: [['spec'], ['status', 'conditions']],
    approval: [['spec'], ['status', 'certificate']],
  },
  selectable: ['spec.signerName'],
}
