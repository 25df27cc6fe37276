import { grantsOf, listed, masters, RoleMissing } from '../auth/rbac.ts'
import { defaultAudience } from '../auth/tokens.ts'
import type { User } from '../auth/user.ts'
import { nowText, type Call } from '../core.ts'
import {
  badRequest,
  field,
  invalid,
  noSuchResource,
  type ApiError,
  type FieldError,
} from '../errors.ts'
import type { Answer } from '../http/exchange.ts'
import type { Kind } from '../kinds/kind.ts'
import { afterUpdate } from '../managed/manager.ts'
import { drop, get, isFielded, listAt, textAt, type Obj } from '../object.ts'
import { qualifiedFaults } from '../validate/qualified.ts'
import { answerObject } from './answer.ts'
import { newborn } from '../rules/index.ts'
import { asObject, checkNamespace, decodeBody } from './decode.ts'
import { ownership, writeOptions } from './write.ts'

/** Kinds that are questions: created, answered, never stored. */
export const reviewKinds: Readonly<Record<string, (call: Call, review: Obj) => object>> = {
  'tokenreviews.authentication.k8s.io': tokenReview,
  'selfsubjectreviews.authentication.k8s.io': selfReview,
  'selfsubjectaccessreviews.authorization.k8s.io': (call, review) =>
    accessReview(call, review, call.user, 'self'),
  'subjectaccessreviews.authorization.k8s.io': (call, review) =>
    accessReview(call, review, subjectOf(review), 'anywhere'),
  'localsubjectaccessreviews.authorization.k8s.io': (call, review) =>
    accessReview(call, review, subjectOf(review), 'local'),
  'selfsubjectrulesreviews.authorization.k8s.io': rulesReview,
}

/** POST of a question. */
export async function review(call: Call, kind: Kind): Promise<Answer> {
  if (kind.namespaced && call.target.namespace === '') throw noSuchResource()
  const options = writeOptions(call, 'CreateOptions')
  const object = asObject(call, kind, await decodeBody(call, kind.kind))
  checkNamespace(object, kind.namespaced ? call.target.namespace : '')
  const answer = reviewKinds[kind.bucket]
  const isSelf = kind.bucket.startsWith('selfsubjectreviews')
  if (!isSelf) {
    object['spec'] ??= {}
    const entries = afterUpdate(
      undefined,
      object,
      options.writer,
      ownership(call.core, kind, ''),
      newborn(kind),
    )
    if (entries.length > 0) object.metadata.managedFields = entries
  }
  const status = answer?.(call, object) ?? {}
  return answerObject(call, kind, { ...object, status }, 201)
}

function tokenReview(call: Call, review: Obj): object {
  const token = textAt(review, 'spec', 'token')
  if (token === '') throw badRequest('token is required for TokenReview in authentication')
  const asked = listAt(review, 'spec', 'audiences') as readonly string[]
  const audiences = asked.length === 0 ? [defaultAudience] : asked
  const found = call.core.tokens.review(token, audiences)
  if (found.kind === 'known') {
    return { authenticated: true, user: userInfo(found.user), audiences: found.audiences }
  }
  const static_ = call.core.authenticator.byToken(token)
  if (static_ !== undefined) {
    return { authenticated: true, user: userInfo(static_), audiences: [defaultAudience] }
  }
  const error =
    found.kind === 'refused' ? `[invalid bearer token, ${found.why}]` : 'invalid bearer token'
  return { user: {}, error }
}

function userInfo(user: User): object {
  return {
    username: user.name,
    ...(user.uid === undefined ? {} : { uid: user.uid }),
    groups: user.groups,
    ...(user.extra === undefined ? {} : { extra: user.extra }),
  }
}

function selfReview(call: Call, review: Obj): object {
  review.metadata = { creationTimestamp: nowText(call.core) }
  return { userInfo: userInfo(call.user) }
}

function subjectOf(review: Obj): User {
  const spec = review['spec']
  const extra = get(spec, 'extra')
  return {
    name: textAt(spec, 'user'),
    groups: listAt(spec, 'groups') as readonly string[],
    ...(isFielded(extra) ? { extra: extra as Record<string, readonly string[]> } : {}),
  }
}

// These errors name no kind.
function refused(...errors: Parameters<typeof invalid>[2]): ApiError {
  const error = invalid({ group: 'authorization.k8s.io', kind: '' }, '', errors)
  if (error.details?.kind === '') delete error.details.kind
  return error
}

type Scope = 'self' | 'anywhere' | 'local'

function reviewFaults(call: Call, review: Obj, user: User, scope: Scope): FieldError[] {
  const spec = review['spec']
  const resource = get(spec, 'resourceAttributes')
  const path = get(spec, 'nonResourceAttributes')
  const shownPath = { Path: textAt(path, 'path'), Verb: textAt(path, 'verb') }
  const pathAt = 'spec.nonResourceAttributes'
  const errors: FieldError[] = []
  if (resource !== undefined && path !== undefined) {
    const why = 'cannot be specified in combination with resourceAttributes'
    errors.push(field.invalid(pathAt, shownPath, why))
  }
  if (resource === undefined && path === undefined) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
    errors.push(field.invalid('spec.resourceAttributes', null, why))
  }
  if (scope !== 'self' && user.name === '' && user.groups.length === 0) {
    errors.push(field.invalid('spec.user', '', 'at least one of user or group must be specified'))
  }
  for (const part of ['fieldSelector', 'labelSelector']) {
    const at = `spec.resourceAttributes.${part}`
    errors.push(...selectorFaults(get(resource, part), at, part === 'labelSelector'))
  }
  errors.push(...metadataFaults(review, scope))
  if (scope !== 'local') return errors
  const namespace = textAt(resource, 'namespace')
  if (resource !== undefined && namespace !== call.target.namespace) {
    const why = 'must match metadata.namespace'
    errors.push(field.invalid('spec.resourceAttributes.namespace', namespace, why))
  }
  if (path !== undefined) {
    errors.push(field.invalid(pathAt, shownPath, 'disallowed on this kind of request'))
  }
  return errors
}

function metadataFaults({ metadata }: Obj, scope: Scope): FieldError[] {
  const given = Object.keys(metadata).filter(
    (key) => key !== 'managedFields' && (scope !== 'local' || key !== 'namespace'),
  )
  if (given.length === 0) return []
  const why = scope === 'local' ? 'must be empty except for namespace' : 'must be empty'
  return [field.invalid('metadata', metadata, why)]
}

function selectorFaults(selector: unknown, at: string, isOfLabels: boolean): FieldError[] {
  if (selector === undefined) return []
  const raw = textAt(selector, 'rawSelector')
  const requirements = listAt(selector, 'requirements')
  const errors: FieldError[] = []
  if (raw !== '' && requirements.length > 0) {
    const why = 'may not specified at the same time as requirements'
    errors.push(field.invalid(`${at}.rawSelector`, raw, why))
  }
  if (raw === '' && requirements.length === 0) {
    const why = `when ${at} is specified, requirements or rawSelector is required`
    errors.push(field.required(`${at}.requirements`, why))
  }
  for (const [i, one] of requirements.entries()) {
    errors.push(...requirementFaults(one, `${at}.requirements[${i}]`, isOfLabels))
  }
  return errors
}

function requirementFaults(one: unknown, at: string, isOfLabels: boolean): FieldError[] {
  const errors: FieldError[] = []
  const operator = textAt(one, 'operator')
  const values = listAt(one, 'values')
  const key = textAt(one, 'key')
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0) {
    const why = "must be specified when `operator` is 'In' or 'NotIn'"
    errors.push(field.required(`${at}.values`, why))
  }
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) {
    const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
    errors.push(field.forbidden(`${at}.values`, why))
  }
  if (isOfLabels) {
    const faults = qualifiedFaults(key)
    if (key === '') faults.push(...qualifiedFaults('-'))
    errors.push(...faults.map((fault) => field.invalid(`${at}.key`, key, fault)))
  } else if (key === '') errors.push(field.required(`${at}.key`, 'must be specified'))
  return errors
}

function accessReview(call: Call, review: Obj, user: User, scope: Scope): object {
  const errors = reviewFaults(call, review, user, scope)
  if (errors.length > 0) throw refused(...errors)
  const spec = review['spec']
  const resource = get(spec, 'resourceAttributes')
  const path = get(spec, 'nonResourceAttributes')
  const about = resource ?? path
  const decision = call.core.authorizer.decide({
    user,
    verb: textAt(about, 'verb'),
    group: textAt(about, 'group'),
    version: textAt(about, 'version'),
    resource: textAt(about, 'resource'),
    subresource: textAt(about, 'subresource'),
    namespace: textAt(about, 'namespace'),
    name: textAt(about, 'name'),
    path: textAt(path, 'path'),
  })
  return {
    allowed: decision.allowed,
    ...(decision.reason === '' ? {} : { reason: decision.reason }),
  }
}

function rulesReview(call: Call, review: Obj): object {
  const namespace = textAt(review, 'spec', 'namespace')
  if (namespace === '') throw badRequest('no namespace on request')
  const resourceRules: unknown[] = []
  const nonResourceRules: unknown[] = []
  const missing: string[] = []
  for (const grant of grantsOf(call.core.store, call.user, namespace)) {
    if (grant instanceof RoleMissing) missing.push(grant.message)
    else if (listAt(grant.rule, 'nonResourceURLs').length > 0) nonResourceRules.push(grant.rule)
    else resourceRules.push(grant.rule)
  }
  // Whoever may do all by the group alone is given it by the first roles, too.
  if (call.user.groups.includes(masters) && resourceRules.length === 0) {
    resourceRules.push({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] })
    nonResourceRules.push({ verbs: ['*'], nonResourceURLs: ['*'] })
  }
  // What was asked is not said again.
  review['spec'] = {}
  drop(review.metadata, 'managedFields')
  return {
    resourceRules,
    nonResourceRules,
    incomplete: false,
    ...(missing.length === 0 ? {} : { evaluationError: listed(missing) }),
  }
}
