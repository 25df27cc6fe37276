import type { NewObject, Secret } from '#api'
import { Fault } from '#base'
import { StepFailed } from './step.ts'

/** Types that the API server itself gives power to: a Secret of that type is a credential of the cluster. */
const forbiddenTypes: ReadonlySet<string> = new Set([
  'kubernetes.io/service-account-token',
  'bootstrap.kubernetes.io/token',
])

/** Labels that make a Secret a key to everything that is sealed. */
const forbiddenLabels: readonly string[] = [
  'sealedsecrets.bitnami.com/sealed-secrets-key',
  'lockstep.dev/sealing-key',
]

/**
 * Refuses a target that would hand out rights in the cluster; looked at after templates are rendered,
 * and at the Secret that is there as well.
 *
 * @throws StepFailed `write` with a Fault Forbidden that names the field, never a value.
 */
export function refuseForbidden(secret: Secret | NewObject<Secret>): void {
  const { type } = secret
  if (type !== undefined && forbiddenTypes.has(type)) {
    throw refusal(`a target of type ${type} is not allowed`, 'spec.target.template.type')
  }
  const { labels } = secret.metadata
  const label = forbiddenLabels.find((name) => Object.hasOwn(labels ?? {}, name))
  if (label !== undefined) {
    throw refusal(
      `a target with the label ${label} is not allowed`,
      'spec.target.template.metadata',
    )
  }
}

function refusal(message: string, at: string): StepFailed {
  const hint = 'Choose another target; such Secrets hand out rights in the cluster.'
  return new StepFailed('write', new Fault('Forbidden', message, { at, hint }))
}
