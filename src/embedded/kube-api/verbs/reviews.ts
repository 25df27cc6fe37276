import { grantsOf } from '../auth/rbac.ts'
import { defaultAudience } from '../auth/tokens.ts'
import type { User } from '../auth/user.ts'
import { nowText, type Call } from '../core.ts'
import { badRequest, field, invalid, type ApiError, type FieldError } from '../errors.ts'
import type { Answer } from '../http/exchange.ts'
import type { Kind } from '../kinds/kind.ts'
import { afterUpdate } from '../managed/manager.ts'
import { get, isFielded, listAt, textAt, type Obj } from '../object.ts'
import { answerObject } from './answer.ts'
import { asObject, checkNamespace, decodeBody } from './decode.ts'
import { ownership, writeOptions } from './write.ts'

/** Kinds that are questions: created, answered, never stored. */
export const reviewKinds: Readonly<Record<string, (call: Call, review: Obj) => object>> = {
  'tokenreviews.authentication.k8s.io': tokenReview,
  'selfsubjectreviews.authentication.k8s.io': selfReview,
  'selfsubjectaccessreviews.authorization.k8s.io': (call, review) =>
    accessReview(call, review, call.user),
  'subjectaccessreviews.authorization.k8s.io': (call, review) =>
    accessReview(call, review, subjectOf(review)),
  'localsubjectaccessreviews.authorization.k8s.io': localReview,
  'selfsubjectrulesreviews.authorization.k8s.io': rulesReview,
}

/** POST of a question. */
export async function review(call: Call, kind: Kind): Promise<Answer> {
  const options = writeOptions(call, 'CreateOptions')
  const object = asObject(call, kind, await decodeBody(call, kind.kind))
  checkNamespace(object, kind.namespaced ? call.target.namespace : '')
  const answer = reviewKinds[kind.bucket]
  const isSelf = kind.bucket.startsWith('selfsubjectreviews')
  if (!isSelf) {
    object['spec'] ??= {}
    const entries = afterUpdate(undefined, object, options.writer, ownership(call.core, kind, ''), {
      spec: {},
      status: {},
    })
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

function accessReview(call: Call, review: Obj, user: User): object {
  const spec = review['spec']
  const resource = get(spec, 'resourceAttributes')
  const path = get(spec, 'nonResourceAttributes')
  const errors: FieldError[] = []
  if (resource !== undefined && path !== undefined) {
    const shown = { Path: textAt(path, 'path'), Verb: textAt(path, 'verb') }
    const why = 'cannot be specified in combination with resourceAttributes'
    errors.push(field.invalid('spec.nonResourceAttributes', shown, why))
  }
  if (resource === undefined && path === undefined) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
    errors.push(field.invalid('spec.resourceAttributes', null, why))
  }
  if (user.name === '' && user.groups.length === 0) {
    errors.push(field.invalid('spec.user', '', 'at least one of user or group must be specified'))
  }
  if (errors.length > 0) throw refused(...errors)
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

function localReview(call: Call, review: Obj): object {
  const namespace = textAt(review, 'spec', 'resourceAttributes', 'namespace')
  if (namespace !== call.target.namespace) {
    throw refused(
      field.invalid(
        'spec.resourceAttributes.namespace',
        namespace,
        'must match metadata.namespace',
      ),
    )
  }
  return accessReview(call, review, subjectOf(review))
}

function rulesReview(call: Call, review: Obj): object {
  const namespace = textAt(review, 'spec', 'namespace')
  if (namespace === '') throw badRequest('no namespace on request')
  const resourceRules: unknown[] = []
  const nonResourceRules: unknown[] = []
  for (const { rule } of grantsOf(call.core.store, call.user, namespace)) {
    if (listAt(rule, 'nonResourceURLs').length > 0) nonResourceRules.push(rule)
    else resourceRules.push(rule)
  }
  return { resourceRules, nonResourceRules, incomplete: false }
}
