/** What the Secret is to be: fresh, over one of ours, or merged into one of somebody else's. */
import {
  controllerOf,
  type NewObject,
  type ObjectMeta,
  type OwnerReference,
  type SealedSecret,
  type Secret,
} from '#api'
import { equalJson, Fault, stringMapOf } from '#base'
import { isSet, marks } from '#seal'
import { StepFailed } from './step.ts'
import type { Content } from './unseal.ts'

/** The Secret as it would be made where there is none. */
export function newTarget(sealed: SealedSecret, content: Content): NewObject<Secret> {
  const template = sealed.spec.template
  const { name, namespace } = sealed.metadata
  const labels = stringMapOf(template?.metadata?.labels)
  const annotations = stringMapOf(template?.metadata?.annotations)
  const finalizers = textsOf(template?.metadata?.finalizers)
  const type = typeOf(sealed, content)
  const target: NewObject<Secret> = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(isEmpty(labels) ? {} : { labels }),
      ...(isEmpty(annotations) ? {} : { annotations }),
      ...(finalizers.length === 0 ? {} : { finalizers }),
      ...(isSet(annotations, marks.skipOwnerReferences)
        ? {}
        : { ownerReferences: [ownerOf(sealed)] }),
    },
    data: content.data,
    ...(type === undefined ? {} : { type }),
    ...(template?.immutable === undefined ? {} : { immutable: template.immutable }),
  }
  refuseForbidden(target)
  return target
}

function textsOf(value: unknown): readonly string[] {
  const entries: readonly unknown[] = Array.isArray(value) ? value : []
  return entries.filter((entry) => typeof entry === 'string')
}

function typeOf(sealed: SealedSecret, content: Content): string | undefined {
  const type = content.type ?? sealed.spec.template?.type
  return type === '' ? undefined : type
}

function ownerOf(sealed: SealedSecret): OwnerReference {
  const { name, uid = '' } = sealed.metadata
  return { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', name, uid, controller: true }
}

/**
 * The present Secret made what it should be.
 *
 * @throws StepFailed `unmanaged` when it is neither owned by this object nor annotated as managed
 * or patch: such a Secret is never touched.
 */
export function changedTarget(sealed: SealedSecret, content: Content, existing: Secret): Secret {
  refuseForeign(sealed, existing)
  const wanted = newTarget(sealed, content)
  return isSet(existing.metadata.annotations, marks.patch)
    ? patched(existing, wanted)
    : replaced(existing, wanted)
}

/** See {@link changedTarget}. */
export function refuseForeign(sealed: SealedSecret, existing: Secret): void {
  const { annotations } = existing.metadata
  if (controllerOf(existing)?.uid === sealed.metadata.uid) return
  if (isSet(annotations, marks.managed) || isSet(annotations, marks.patch)) return
  const message = `Resource "${existing.metadata.name}" already exists and is not managed by SealedSecret`
  throw new StepFailed(
    'unmanaged',
    new Fault('Forbidden', message, {
      hint: `Delete the Secret, or annotate it with ${marks.managed}: "true" to hand it over.`,
    }),
  )
}

// `immutable` and finalizers are given at creation only, as with the original.
function replaced(existing: Secret, wanted: NewObject<Secret>): Secret {
  const { labels: _l, annotations: _a, ownerReferences: _o, ...kept } = existing.metadata
  const metadata: ObjectMeta = {
    ...kept,
    ...(wanted.metadata.labels === undefined ? {} : { labels: wanted.metadata.labels }),
    ...(wanted.metadata.annotations === undefined
      ? {}
      : { annotations: wanted.metadata.annotations }),
    ...(wanted.metadata.ownerReferences === undefined
      ? {}
      : { ownerReferences: wanted.metadata.ownerReferences }),
  }
  return withType({ ...existing, metadata, data: wanted.data ?? {} }, wanted.type)
}

function patched(existing: Secret, wanted: NewObject<Secret>): Secret {
  const { metadata } = existing
  const labels = { ...metadata.labels, ...wanted.metadata.labels }
  const annotations = { ...metadata.annotations, ...wanted.metadata.annotations }
  const owners = isSet(metadata.annotations, marks.managed)
    ? wanted.metadata.ownerReferences
    : undefined
  return withType(
    {
      ...existing,
      metadata: {
        ...metadata,
        ...(isEmpty(labels) ? {} : { labels }),
        ...(isEmpty(annotations) ? {} : { annotations }),
        ...(owners === undefined ? {} : { ownerReferences: owners }),
      },
      data: { ...existing.data, ...wanted.data },
    },
    wanted.type,
  )
}

function withType(secret: Secret, type: string | undefined): Secret {
  return type === undefined ? secret : { ...secret, type }
}

/** Whether writing would change nothing. */
export function isSameTarget(a: Secret, b: Secret): boolean {
  return (
    equalJson(a.data ?? {}, b.data ?? {}) &&
    a.type === b.type &&
    equalJson(a.metadata.labels ?? {}, b.metadata.labels ?? {}) &&
    equalJson(a.metadata.annotations ?? {}, b.metadata.annotations ?? {}) &&
    equalJson(a.metadata.ownerReferences ?? [], b.metadata.ownerReferences ?? [])
  )
}

function isEmpty(map: Readonly<Record<string, string>>): boolean {
  return Object.keys(map).length === 0
}

/** Types that the API server itself gives power to: such a Secret is a credential of the cluster. */
const forbiddenTypes: ReadonlySet<string> = new Set([
  'kubernetes.io/service-account-token',
  'bootstrap.kubernetes.io/token',
])

/** Labels that would make the Secret a key to everything that is sealed. */
const forbiddenLabels: readonly string[] = [marks.sealingKey, 'lockstep.dev/sealing-key']

function refuseForbidden(secret: NewObject<Secret>): void {
  const { type, metadata } = secret
  if (type !== undefined && forbiddenTypes.has(type)) {
    throw refusal(`a Secret of type ${type} is not allowed`, 'spec.template.type')
  }
  const label = forbiddenLabels.find((name) => Object.hasOwn(metadata.labels ?? {}, name))
  if (label !== undefined) {
    throw refusal(
      `a Secret with the label ${label} is not allowed`,
      'spec.template.metadata.labels',
    )
  }
}

function refusal(message: string, at: string): StepFailed {
  const hint = 'Such Secrets hand out rights in the cluster; make it by hand.'
  return new StepFailed('unseal', new Fault('Forbidden', message, { at, hint }))
}
