/**
 * Whether a SealedSecret has to be opened at all. Looks at metadata only: an opened value costs an
 * RSA private operation, and a restart with thousands of objects must cost none.
 */
import { controllerOf, type Condition, type SealedSecret } from '#api'
import { equalJson, isObject, stringMapOf } from '#base'
import type { SecretMetadata } from '#runtime'
import { isSet, marks, scopeOf } from '#seal'

/** What is known without opening anything. */
export interface Seen {
  readonly sealed: SealedSecret
  /** Metadata of the Secret of its name, if there is one. */
  readonly secret: SecretMetadata | undefined
}

/** Why to unseal; drift is what others did to a Secret that was right. */
export interface Due {
  readonly reason: string
  readonly isDrift: boolean
}

/** One reason to unseal, or undefined when this check is content. */
type Check = (seen: Seen) => Due | undefined

const due = (reason: string): Due => ({ reason, isDrift: false })
const drift = (reason: string): Due => ({ reason, isDrift: true })

const checks: readonly Check[] = [
  ({ sealed }) => (syncedOf(sealed)?.status === 'True' ? undefined : due('not synced')),
  ({ sealed }) =>
    sealed.status?.observedGeneration === sealed.metadata.generation ? undefined : due('changed'),
  ({ secret }) => (secret === undefined ? due('the Secret is missing') : undefined),
  (seen) => (isOurs(seen) ? undefined : due('the Secret has no owner to know it by')),
  ({ secret }) => (secret?.foreignDataManagers === true ? drift('others wrote data') : undefined),
  (seen) => (hasTemplateMetadata(seen) ? undefined : drift('labels or annotations differ')),
]

/** The first reason to unseal; undefined: everything is as it was left. */
export function whyUnseal(seen: Seen): Due | undefined {
  for (const check of checks) {
    const why = check(seen)
    if (why !== undefined) return why
  }
  return undefined
}

/** Its conditions; whatever else a definition without a schema let stand there counts as none. */
export function conditionsOf(sealed: SealedSecret): readonly Condition[] {
  const given: unknown = sealed.status?.conditions
  return Array.isArray(given) ? (given as readonly unknown[]).filter(isCondition) : []
}

function isCondition(value: unknown): value is Condition {
  return isObject(value) && typeof value['type'] === 'string'
}

/** The condition of Sealed Secrets. */
export function syncedOf(sealed: SealedSecret): Condition | undefined {
  return conditionsOf(sealed).find(({ type }) => type === 'Synced')
}

/** Whether the Secret's controlling owner is this very object. */
export function isOurs({ sealed, secret }: Seen): boolean {
  const owner = secret === undefined ? undefined : controllerOf(secret)
  return owner !== undefined && owner.uid === sealed.metadata.uid
}

// Labels and annotations that others add are left alone until the next write: many tools mark the
// Secrets they have seen, and to take their marks away at once would be a fight without end.
function hasTemplateMetadata({ sealed, secret }: Seen): boolean {
  const wanted = sealed.spec?.template?.metadata
  return (
    holds(secret?.metadata.labels, stringMapOf(wanted?.labels)) &&
    holds(secret?.metadata.annotations, stringMapOf(wanted?.annotations))
  )
}

function holds(
  map: Readonly<Record<string, string>> = {},
  wanted: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(wanted).every(
    ([key, value]) => Object.hasOwn(map, key) && map[key] === value,
  )
}

/** Whether a change of the SealedSecret itself is one to look at. */
export function sealedWakes(before: SealedSecret, now: SealedSecret): boolean {
  return (
    before.metadata.generation !== now.metadata.generation ||
    before.metadata.uid !== now.metadata.uid ||
    scopeOf(before.metadata.annotations) !== scopeOf(now.metadata.annotations)
  )
}

/** What happened to the Secret of a SealedSecret's name. */
export type SecretChange =
  | { readonly kind: 'present'; readonly before?: SecretMetadata; readonly now: SecretMetadata }
  | { readonly kind: 'deleted'; readonly before: SecretMetadata }

/**
 * Whether a change of a Secret wakes its SealedSecret: an owned or managed one is gone, an owned
 * one was tampered with, or what stood in the way has changed. A Secret that was only patched and
 * is deleted stays away.
 */
export function secretWakes(sealed: SealedSecret, change: SecretChange): boolean {
  const before = change.before === undefined ? undefined : { sealed, secret: change.before }
  if (change.kind === 'deleted') {
    const { annotations } = change.before.metadata
    return (
      isOurs({ sealed, secret: change.before }) ||
      isSet(annotations, marks.managed) ||
      isStuck(sealed)
    )
  }
  const now = { sealed, secret: change.now }
  if (isStuck(sealed)) {
    return (
      before === undefined ||
      !equalJson(change.before?.metadata.annotations, change.now.metadata.annotations)
    )
  }
  if (!isOurs(now)) return before !== undefined && isOurs(before)
  return whyUnseal(now) !== undefined
}

function isStuck(sealed: SealedSecret): boolean {
  return syncedOf(sealed)?.status === 'False'
}
