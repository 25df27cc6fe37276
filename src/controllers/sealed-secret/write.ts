import { secrets, type SealedSecret, type Secret } from '#api'
import { equalJson, Fault, faultOf } from '#base'
import type { Client } from '#kube'
import { StepFailed } from './step.ts'
import { changedTarget, isSameTarget, newTarget, refuseForeign } from './target.ts'
import type { Content } from './unseal.ts'

/** The original's field manager: after a take-over it must not keep keys for ever. */
export const fieldManager = 'controller'

/** How often it is looked at anew when somebody else writes at the same moment. */
const attempts = 4

/**
 * Makes the Secret what was unsealed: created where proved absent, else replaced in the version
 * that was read.
 *
 * @returns Whether anything was written.
 * @throws StepFailed
 */
export async function writeTarget(
  sealed: SealedSecret,
  content: Content,
  client: Client,
  signal: AbortSignal,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await writeOnce(sealed, content, client, signal)
    } catch (thrown) {
      signal.throwIfAborted()
      const { reason } = faultOf(thrown)
      const wasQuicker = reason === 'Conflict' || reason === 'AlreadyExists'
      if (!wasQuicker || attempt === attempts) throw thrown
    }
  }
}

async function writeOnce(
  sealed: SealedSecret,
  content: Content,
  client: Client,
  signal: AbortSignal,
): Promise<boolean> {
  const { name, namespace = '' } = sealed.metadata
  const existing = await client.get(secrets, { namespace, name }, { signal })
  if (existing === null) {
    const created = await client.create(secrets, newTarget(sealed, content), {
      fieldManager,
      signal,
    })
    // Without owner and without `managed` it could never be followed: said at once, as the original does.
    refuseForeign(sealed, created)
    return true
  }
  const wanted = changedTarget(sealed, content, existing)
  if (isSameTarget(existing, wanted)) return false
  refuseFrozen(existing, wanted)
  await client.update(secrets, wanted, { fieldManager, signal })
  return true
}

function refuseFrozen(existing: Secret, wanted: Secret): void {
  if (existing.immutable !== true || equalJson(existing.data ?? {}, wanted.data ?? {})) return
  const text = `Secret "${wanted.metadata.name}" is invalid: data: Forbidden: field is immutable when \`immutable\` is set`
  const hint = 'Delete the Secret; it is made anew at once.'
  throw new StepFailed('immutable', new Fault('InvalidSpec', text, { hint }))
}
